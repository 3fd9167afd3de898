"""A parcel is handed in: every file is a letter of somebody, a letter that waits, or named with what is wrong."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope
from core.correspondence.desk import LetterFilter, batch_file, letters_of_batch
from core.correspondence.kinds import LetterKind
from core.correspondence.matching import Doubt
from core.correspondence.models import Letter, LetterBatch, LetterBatchState
from core.correspondence.own import own_letters
from core.correspondence.sending import ask_sending, discard_batch, send_batch
from core.db import transaction
from core.documents.storage import kept_file
from core.errors import DomainError, InvalidFormError, InvalidInputError
from core.imports.findings import UnusableFileError
from tests.core.announcements.cast import Resident, resident
from tests.core.correspondence.cast import DATED, DEFAULTS, clerk, hand_in, handed, pdf, zipped

HEADING = "plik;nr_kontrahenta;nr_umowy;rodzaj;numer;data;tytul\n"


@pytest.fixture
def anna(database: str) -> Resident:
    with Session(db.engine(), expire_on_commit=False) as session:
        made = resident(session, "Anna")
        session.commit()
    return made


@pytest.fixture
def jan(database: str) -> Resident:
    with Session(db.engine(), expire_on_commit=False) as session:
        made = resident(session, "Jan", code="POLESIE")
        session.commit()
    return made


@pytest.fixture
def editor(database: str) -> EmployeeScope:
    with transaction() as session:
        return clerk(session)


def letters(scope: EmployeeScope, batch_id: int, only: LetterFilter = LetterFilter.ALL) -> list[tuple[str, str]]:
    with transaction() as session:
        found, _ = letters_of_batch(session, scope, batch_id=batch_id, only=only)
    return [(one.file_name, one.tenant or str(one.doubt)) for one in found]


def test_number_in_the_name_finds_the_tenant(anna: Resident, jan: Resident, editor: EmployeeScope) -> None:
    parcel = zipped(
        {
            f"{anna.tenant.tenant_no}.pdf": pdf("Anna"),
            f"{jan.tenancy.tenancy_no.replace('/', '_')}.pdf": pdf("Jan"),
            "nieznany-123.pdf": pdf("ktoś"),
            "opis.txt": b"x",
        }
    )
    batch = hand_in(editor, parcel)
    assert letters(editor, batch) == [
        ("nieznany-123.pdf", "no_number"),
        (f"{anna.tenant.tenant_no}.pdf", "Anna"),
        (f"{jan.tenancy.tenancy_no.replace('/', '_')}.pdf", "Jan"),
    ]
    with transaction() as session:
        file = batch_file(session, editor, batch_id=batch)
        kept = session.scalars(select(Letter).where(Letter.tenant_id == jan.tenant.id)).one()
        assert (kept.tenancy_id, kept.title, kept.dated, kept.kind) == (
            jan.tenancy.id, DEFAULTS.title, DATED, LetterKind.CHARGE_CHANGE,
        )  # fmt: skip
        assert kept_file(kept.sha256 or "").read_bytes() == pdf("Jan")
    assert [(one.file_name, one.reason) for one in file.refusals] == [
        ("opis.txt", "To nie jest plik PDF. Zapisz dokument jako PDF.")
    ]
    assert (file.line.counts.letters, file.line.counts.matched, file.line.counts.without_account) == (3, 2, 2)
    with transaction() as session:
        assert own_letters(session, anna.scope) == [], "nobody sees it before it is sent"


def test_manifest_says_whose_and_what_each_letter_is(anna: Resident, jan: Resident, editor: EmployeeScope) -> None:
    manifest = (
        f"{HEADING}"
        f"1.pdf;{anna.tenant.tenant_no};;Wezwanie do ZAPŁATY;W/1;2026-11-02;Wezwanie\n"
        f"Pismo DRUGIE.pdf;;{jan.tenancy.tenancy_no};;;;\n"
        f"3.pdf;{anna.tenant.tenant_no};{jan.tenancy.tenancy_no};;;;\n"
        "4.pdf;999999;;;;;\n"
        "5.pdf;999998;;;;;\n"
    ).encode("cp1250")
    parcel = zipped(
        {
            "wykaz.csv": manifest,
            "pisma/1.pdf": pdf("1"),
            "pisma/pismo drugie.pdf": pdf("2"),
            "3.pdf": pdf("3"),
            "4.pdf": pdf("4"),
            f"{anna.tenant.tenant_no}.pdf": pdf("6"),
        }
    )
    batch = hand_in(editor, parcel)
    assert sorted(letters(editor, batch)) == [
        ("1.pdf", "Anna"),
        ("3.pdf", str(Doubt.CONTRADICTION)),
        ("4.pdf", str(Doubt.UNKNOWN_TENANT)),
        (f"{anna.tenant.tenant_no}.pdf", str(Doubt.NOT_LISTED)),
        ("pismo drugie.pdf", "Jan"),
    ]
    with transaction() as session:
        first = session.scalars(select(Letter).where(Letter.file_name == "1.pdf")).one()
        assert (first.kind, first.letter_no, first.dated, first.title) == (
            LetterKind.DEMAND, "W/1", date(2026, 11, 2), "Wezwanie",
        )  # fmt: skip
        second = session.scalars(select(Letter).where(Letter.file_name == "pismo drugie.pdf")).one()
        assert (second.kind, second.dated, second.title) == (DEFAULTS.kind, DEFAULTS.dated, DEFAULTS.title)
        (missing,) = batch_file(session, editor, batch_id=batch).refusals
    assert missing.file_name == "5.pdf"
    assert "wiersz 6" in missing.reason


def test_wrong_manifest_changes_nothing_and_names_every_line(anna: Resident, editor: EmployeeScope) -> None:
    number = anna.tenant.tenant_no
    manifest = f"{HEADING}1.pdf;{number};;;;31.02.2026;\n1.pdf;{number};;;;;\n2.pdf;{number};;bzdura;;;\n3.pdf;;;;;;\n"
    with pytest.raises(InvalidFormError) as refused:
        hand_in(editor, zipped({"1.pdf": pdf("1"), "w.csv": manifest.encode()}))
    told = " ".join(message for _, message in refused.value.errors)
    assert "wiersz 2, kolumna data" in told
    assert "wiersz 3: Plik „1.pdf” jest w wykazie drugi raz" in told
    assert "bzdura" in told
    assert "wiersz 5: Podaj nr_kontrahenta" in told
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(LetterBatch)) == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"a;b\n1;2\n", UnusableFileError), (b"plik;tytul\n1.pdf;x\n", InvalidInputError), (b"", UnusableFileError),
     (b"PK\x03\x04", UnusableFileError)],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(editor: EmployeeScope, content: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error):
        hand_in(editor, zipped({"1.pdf": pdf("1"), "w.csv": content}))


def with_script() -> bytes:
    with pikepdf.open(io.BytesIO(pdf("skrypt"))) as whole:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        whole.Root.OpenAction = whole.make_indirect(action)
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("make", "word"), [(with_script, "skrypty"), (lambda: b"GIF89a", "nie jest plik PDF")])
def test_bad_pdf_is_named_and_the_others_are_taken(
    anna: Resident, editor: EmployeeScope, make: Callable[[], bytes], word: str
) -> None:
    batch = hand_in(editor, zipped({f"{anna.tenant.tenant_no}.pdf": pdf("dobre"), "zle.pdf": make()}))
    with transaction() as session:
        file = batch_file(session, editor, batch_id=batch)
    assert [(one.file_name, word in one.reason) for one in file.refusals] == [("zle.pdf", True)]
    assert file.line.counts.letters == 1
    with pytest.raises(InvalidInputError, match=word):
        hand_in(editor, handed("zle.pdf", make()))


def test_same_letter_twice_is_kept_once(anna: Resident, jan: Resident, editor: EmployeeScope) -> None:
    number = anna.tenant.tenant_no
    files = {f"{number}.pdf": pdf("A"), f"kopia {number}.pdf": pdf("A"), "x.pdf": pdf("X"), "y.pdf": pdf("X")}
    first = hand_in(editor, zipped(files))
    with transaction() as session:
        assert batch_file(session, editor, batch_id=first).repeated == 2
    again = hand_in(editor, zipped(files))
    assert len(letters(editor, again)) == 2, "what was only looked at stops nobody"
    for batch in (first, again):
        with transaction() as session:
            token = ask_sending(session, editor, batch_id=batch).token
            send_batch(session, editor, batch_id=batch, token=token)
    with transaction() as session:
        assert len(own_letters(session, anna.scope)) == 1
        assert batch_file(session, editor, batch_id=again).repeated == 3
    with pytest.raises(InvalidInputError, match="już są w portalu"):
        hand_in(editor, zipped(files))
    circular = hand_in(editor, handed(f"{jan.tenant.tenant_no}.pdf", pdf("A")))
    assert letters(editor, circular) == [(f"{jan.tenant.tenant_no}.pdf", "Jan")], "the same file, another tenant"


def test_employee_of_a_district_matches_only_its_tenants(anna: Resident, jan: Resident) -> None:
    with transaction() as session:
        own = clerk(session, anna.district)
    batch = hand_in(
        own, handed(f"{anna.tenant.tenant_no}.pdf", pdf("A")), handed(f"{jan.tenant.tenant_no}.pdf", pdf("J"))
    )
    assert [whose for _, whose in letters(own, batch)] == ["no_number", "Anna"]


def test_discarded_batch_leaves_no_letter(anna: Resident, editor: EmployeeScope) -> None:
    batch = hand_in(editor, handed(f"{anna.tenant.tenant_no}.pdf", pdf("A")))
    with transaction() as session:
        discard_batch(session, editor, batch_id=batch)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 0
        assert session.scalars(select(LetterBatch.state)).one() == LetterBatchState.DISCARDED
        with pytest.raises(InvalidInputError):
            ask_sending(session, editor, batch_id=batch)


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_title_is_needed_and_short(editor: EmployeeScope, title: str) -> None:
    with pytest.raises(InvalidFormError):
        hand_in(editor, handed("1.pdf", pdf()), defaults=replace(DEFAULTS, title=title))


def test_parcel_without_a_letter_and_with_two_lists_is_refused(editor: EmployeeScope) -> None:
    with pytest.raises(InvalidInputError, match="żadnego pliku PDF"):
        hand_in(editor, zipped({"a.txt": b"x"}))
    with pytest.raises(InvalidInputError, match="dwa wykazy"):
        hand_in(editor, zipped({"1.pdf": pdf(), "a.csv": b"x", "b.csv": b"x"}))
