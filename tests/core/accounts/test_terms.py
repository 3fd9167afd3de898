"""The texts that ship: the terms of this landlord, in force from the first day and never again by themselves."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts import terms as terms_module
from core.accounts.models import TermsVersion
from core.accounts.terms import SHIPPED, current_terms, personal_data_text, publish_shipped_terms, publish_terms
from core.audit.models import Actor, AuditEvent
from core.landlord import in_landlords_name, landlord


@pytest.fixture
def other_landlord(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "NAME": "Gmina Przykładów",
        "PHONE": "12 345 67 89",
        "EMAIL": "lokale@gmina.example",
        "ADDRESS": "Rynek 1, 30-001 Przykładów",
        "DATA_PROTECTION_EMAIL": "ochrona@gmina.example",
    }.items():
        monkeypatch.setenv(f"IOK_LANDLORD_{name}", value)
    landlord.cache_clear()


@pytest.fixture(autouse=True)
def _forget_landlord() -> Iterator[None]:
    yield
    landlord.cache_clear()


def test_first_terms_are_those_that_ship_in_the_landlords_name(session: Session, other_landlord: None) -> None:
    published = publish_shipped_terms(session)

    assert published is not None
    assert published == current_terms(session)
    assert published.version == "1.0"
    for told in ("Gmina Przykładów", "Rynek 1, 30-001 Przykładów", "12 345 67 89", "mailto:lokale@gmina.example"):
        assert told in published.text
    assert "$" not in published.text
    assert session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "terms_published")).all() == ["system"]


def test_what_the_office_published_stays_in_force(session: Session) -> None:
    own = publish_terms(session, version="0.9", text="Nasz regulamin", actor=Actor.CONSOLE)

    assert publish_shipped_terms(session) is None
    assert current_terms(session) == own


def test_shipped_terms_are_published_once(session: Session) -> None:
    publish_shipped_terms(session)

    assert publish_shipped_terms(session) is None
    assert session.scalar(select(func.count()).select_from(TermsVersion)) == 1


def test_the_newest_version_that_ships_is_taken(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("terms")
    for version in ("1.9", "1.10", "1.2"):
        (folder / f"{version}.md").write_text(f"Regulamin {version}, $name", encoding="utf-8")
    (folder / "personal-data.md").write_text("Dane", encoding="utf-8")
    monkeypatch.setattr(terms_module, "SHIPPED", folder)

    published = publish_shipped_terms(session)

    assert published is not None
    assert (published.version, published.text) == ("1.10", f"Regulamin 1.10, {landlord().name}")


def test_personal_data_names_controller_officer_and_authority(other_landlord: None) -> None:
    text = personal_data_text()

    for told in ("Gmina Przykładów", "ochrona@gmina.example", "Prezesa Urzędu Ochrony Danych Osobowych", "art. 13"):
        assert told in text
    assert "$" not in text


def test_an_unknown_placeholder_is_a_bug() -> None:
    with pytest.raises(KeyError):
        in_landlords_name("Telefon: $telephone")


def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_LANDLORD_PORTAL_OPENED", "jutro")
    landlord.cache_clear()

    with pytest.raises(ValueError, match="IOK_LANDLORD_PORTAL_OPENED"):
        landlord()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("free of charge", "bezpłatn"),
        ("form and signed paper", "wydrukować, podpisać i złożyć osobiście"),
        ("fourteen days", "W ciągu 14 dni od złożenia"),
        ("sixty days without paper", "60 dni"),
        ("own password", "od 8 do 15 znaków"),
        ("recovery link", "działa 15 minut i tylko raz"),
        ("short lock", "Pięć błędnych haseł blokuje logowanie na 15 minut"),
        ("hard lock", "Dziesięć błędnych haseł w ciągu 24 godzin"),
        ("session", "po 15 minutach bezczynności, a najpóźniej po 8 godzinach"),
        ("balances inform", "charakter informacyjny"),
        ("letters are copies", "kopiami do wiadomości"),
        ("complaints", "## § 10. Reklamacje"),
        ("changes", "## § 12. Zmiany regulaminu"),
    ],
)
def test_terms_say_what_the_portal_does(rule: str, words: str) -> None:
    assert words in (SHIPPED / "1.0.md").read_text(encoding="utf-8"), rule


def test_sections_of_the_terms_are_numbered_without_a_gap() -> None:
    text = (SHIPPED / "1.0.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^## § (\d+)\. ", text, flags=re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
