"""What charges and documents are, in plain words: those that ship, those of the office, and the way back."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.audit.models import AuditEvent
from core.demo.charges import monthly_charge
from core.demo.city import DemoBuilding, DemoPremises
from core.demo.streets import Street
from core.errors import InvalidFormError, NotFoundError, NotPermittedError
from core.ledger.document_types import DOCUMENT_TYPES
from core.plain_words.editing import WordsChangedError, WordsLine, reset_words, words_list, write_words
from core.plain_words.models import LONGEST_NAME, LONGEST_TEXT, Described, EditedWords
from core.plain_words.reading import LONGEST_KEY, key_of, plain_words, shipped_words
from tests.cast import make_charge, make_tenancy, make_tenant, sign_in_employee

RENT = "Czynsz najmu"


def editor(session: Session) -> EmployeeScope:
    return sign_in_employee(session, Role.EDITOR)


def write(
    session: Session, name: str, wording: str, *, before: str = "", kind: Described = Described.COMPONENT
) -> None:
    write_words(session, editor(session), described=kind, name=name, wording=wording, before=before)


def line(session: Session, name: str) -> WordsLine:
    return next(one for one in words_list(session, editor(session)) if one.name == name)


def events(session: Session) -> list[tuple[str, str]]:
    found = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "edited_words").order_by(AuditEvent.id))
    return [(one.action, json.loads(one.details)["before"]) for one in found]


def test_every_document_type_is_described_by_what_ships() -> None:
    assert {words.name for (kind, _), words in shipped_words().items() if kind is Described.DOCUMENT_TYPE} == {
        *DOCUMENT_TYPES
    }


@pytest.mark.parametrize("kind", ["mieszkalny", "użytkowy", "garaż"])
def test_every_component_of_the_demo_city_is_described(kind: str) -> None:
    building = DemoBuilding(
        "B1", Street("Kwiatowa", "Bałuty", "91-3", "BALUTY"), "1", "90-001", "A", heated=True, lift=True
    )
    charged = [one.name for one in monthly_charge(DemoPremises("B1/1", building, "1", kind, 4830, 2, 3), 2, 2026)]
    described = {key for of, key in shipped_words() if of is Described.COMPONENT}
    assert charged
    assert [name for name in charged if key_of(name) not in described] == []


def test_texts_that_ship_could_have_been_written_by_the_office() -> None:
    for words in shipped_words().values():
        assert "\n" not in words.text
        assert 40 < len(words.text) <= LONGEST_TEXT
        assert len(words.name) <= LONGEST_NAME


@pytest.mark.parametrize(
    "written",
    [
        "woda i ścieki - zaliczka",
        "WODA I ŚCIEKI – ZALICZKA",
        "Woda i  ścieki—zaliczka",
        "Woda i scieki zaliczka",
        "Zaliczka: woda i ścieki",
    ],
)
def test_component_is_known_however_it_is_written(session: Session, written: str) -> None:
    assert plain_words(session).of_component(written) == plain_words(session).of_component("Woda i ścieki – zaliczka")


def test_what_nobody_described_has_no_words(session: Session) -> None:
    words = plain_words(session)
    assert words.of_component("Opłata za balkon") is None
    assert words.of_component("– –") is None
    assert words.of_document("XYZ") is None


def test_key_of_the_longest_name_fits_its_column() -> None:
    assert len(key_of("\ufdfa" * LONGEST_NAME)) == LONGEST_KEY


def test_text_of_the_office_stands_before_the_one_that_ships(session: Session) -> None:
    shipped = line(session, RENT).shipped
    write(session, RENT, "Tyle płacisz za lokal.", before=shipped)

    assert plain_words(session).of_component(RENT) == "Tyle płacisz za lokal."
    assert (line(session, RENT).text, line(session, RENT).shipped) == ("Tyle płacisz za lokal.", shipped)
    assert line(session, RENT).edited
    assert events(session) == [("words_written", shipped)]


def test_document_type_is_described_anew(session: Session) -> None:
    before = plain_words(session).of_document("NAL") or ""
    write(session, "NAL", "Rachunek za miesiąc.", before=before, kind=Described.DOCUMENT_TYPE)

    assert plain_words(session).of_document("NAL") == "Rachunek za miesiąc."
    assert plain_words(session).of_component("NAL") is None


def test_second_text_takes_the_place_of_the_first(session: Session) -> None:
    write(session, "Balkon", "Pierwszy tekst.")
    write(session, "balkon", "Drugi tekst.", before="Pierwszy tekst.")

    assert plain_words(session).of_component("Balkon") == "Drugi tekst."
    assert len(session.scalars(select(EditedWords)).all()) == 1
    assert events(session) == [("words_written", ""), ("words_written", "Pierwszy tekst.")]


def test_text_that_somebody_changed_meanwhile_is_not_written_over(session: Session) -> None:
    write(session, "Balkon", "Tekst Ewy.")
    with pytest.raises(WordsChangedError):
        write(session, "Balkon", "Tekst Adama.")
    assert plain_words(session).of_component("Balkon") == "Tekst Ewy."


def test_text_goes_back_to_what_ships(session: Session) -> None:
    shipped = line(session, RENT).shipped
    write(session, RENT, "Inny tekst.", before=shipped)
    reset_words(session, editor(session), described=Described.COMPONENT, name=RENT)

    assert plain_words(session).of_component(RENT) == shipped
    assert not line(session, RENT).edited
    assert events(session)[-1] == ("words_reset", "Inny tekst.")


def test_what_only_the_office_described_goes_back_to_nothing(session: Session) -> None:
    write(session, "Balkon", "Za balkon.")
    reset_words(session, editor(session), described=Described.COMPONENT, name="Balkon")
    assert plain_words(session).of_component("Balkon") is None


def test_nothing_to_go_back_from_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError):
        reset_words(session, editor(session), described=Described.COMPONENT, name=RENT)


@pytest.mark.parametrize(
    ("kind", "name", "wording", "fields"),
    [
        (Described.COMPONENT, "", "Tekst.", ["name"]),
        (Described.COMPONENT, "–", "Tekst.", ["name"]),
        (Described.COMPONENT, "x" * (LONGEST_NAME + 1), "Tekst.", ["name"]),
        (Described.COMPONENT, "Balkon", "", ["wording"]),
        (Described.COMPONENT, "Balkon", " - ", ["wording"]),
        (Described.COMPONENT, "Balkon", "x" * (LONGEST_TEXT + 1), ["wording"]),
        (Described.DOCUMENT_TYPE, "XYZ", "", ["name", "wording"]),
    ],
)
def test_text_that_cannot_be_is_refused_field_by_field(
    session: Session, kind: Described, name: str, wording: str, fields: list[str]
) -> None:
    with pytest.raises(InvalidFormError) as refused:
        write(session, name, wording, kind=kind)
    assert [field for field, _ in refused.value.errors] == fields


def test_longest_text_fits_the_table_and_the_audit_log(session: Session) -> None:
    longest = '"' * (LONGEST_TEXT - 1) + "a"
    write(session, "Balkon", longest)
    write(session, "Balkon", "Krótko.", before=longest)
    assert events(session)[-1] == ("words_written", longest)


def test_list_has_what_is_charged_and_not_described(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    for name in ("Opłata za balkon", "Woda i ścieki - zaliczka"):
        make_charge(session, tenancy, name, valid_from="2026-01-01")

    lines = words_list(session, editor(session))

    names = [one.name for one in lines]
    assert names[: len(DOCUMENT_TYPES)] == list(DOCUMENT_TYPES)
    assert line(session, "Opłata za balkon").text == ""
    assert "Woda i ścieki - zaliczka" not in names  # the same as the one that ships
    assert len(names) == len(set(names))


def test_only_who_writes_to_tenants_writes_these(session: Session) -> None:
    clerk = sign_in_employee(session, Role.CLERK)
    with pytest.raises(NotPermittedError):
        words_list(session, clerk)
    with pytest.raises(NotPermittedError):
        write_words(session, clerk, described=Described.COMPONENT, name="Balkon", wording="Tekst.", before="")
    with pytest.raises(NotPermittedError):
        reset_words(session, clerk, described=Described.COMPONENT, name=RENT)
