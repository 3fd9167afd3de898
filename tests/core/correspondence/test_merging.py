"""Letters from a text with fields: whom they concern, what they say, made in pieces, stopped and gone on with."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope
from core.clock import now, today
from core.correspondence import making
from core.correspondence.kinds import LetterKind
from core.correspondence.making import any_to_make, make_letters
from core.correspondence.merging import last_text, pause_letters, resume_letters, sample_letter, start_letters
from core.correspondence.models import Letter, LetterBatch, LetterBatchState
from core.correspondence.sending import ask_sending, discard_batch, send_batch
from core.correspondence.templates import KINDS, LetterText, MergedLetter, SetLetter, shipped_text
from core.db import transaction
from core.documents.pdfs import check_pdf
from core.documents.storage import kept_file
from core.errors import InvalidFormError, InvalidInputError, NotPermittedError
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Tenancy
from tests.cast import make_charge, make_entry
from tests.core.announcements.cast import ALL, Resident, resident
from tests.core.correspondence.cast import clerk
from tests.core.documents.readers import text_of

CONFIRMATION = LetterText(
    LetterKind.BALANCE_CONFIRMATION, "Potwierdzenie salda", "Saldo {{ saldo }} umowy {{ umowa }}."
)


def words(content: bytes) -> str:
    return " ".join(text_of(content).split())


def shipped(kind: LetterKind) -> LetterText:
    return LetterText(kind, "Pismo", shipped_text(kind))


def owe(session: Session, one: Resident, amount: str) -> None:
    make_entry(
        session, one.tenancy, f"{today() - timedelta(days=60)}", debit=amount, due_on=f"{today() - timedelta(days=30)}"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_texts_have_known_fields_and_become_clean_documents(session: Session, kind: LetterKind) -> None:
    anna, scope = resident(session, "Zażółć Gęślą"), clerk(session)
    owe(session, anna, "1234.50")
    make_charge(session, anna.tenancy, rate="10.00", quantity="40")
    make_charge(session, anna.tenancy, rate="12.00", quantity="40", valid_from=f"{today() + timedelta(days=40)}")
    sample = sample_letter(session, scope, text=shipped(kind), audience=ALL)
    assert check_pdf(sample.pdf) == 1
    told = words(sample.pdf)
    assert "Zażółć Gęślą" in told
    assert "{{" not in told
    assert anna.tenancy.tenancy_no in told
    assert (sample.letters, sample.tenancies) == (1, 1)
    expected = {
        LetterKind.CHARGE_CHANGE: ("400,00 zł na 480,00 zł", "Czynsz najmu: 400,00 zł → 480,00 zł"),
        LetterKind.BALANCE_CONFIRMATION: ("do wpłaty 1 234,50 zł",),
        LetterKind.REMINDER: ("po terminie płatności jest 1 234,50 zł",),
    }[kind]
    for part in expected:
        assert part in told.replace("\u00a0", " ")


def test_reminder_goes_to_who_is_overdue_only(session: Session) -> None:
    anna, jan, scope = resident(session), resident(session, "Jan"), clerk(session)
    owe(session, anna, "10.00")
    make_entry(session, jan.tenancy, f"{today()}", debit="10.00", due_on=f"{today() + timedelta(days=9)}")
    batch = start_letters(session, scope, text=shipped(LetterKind.REMINDER), audience=ALL)
    assert session.scalars(select(Letter.tenant_id).where(Letter.batch_id == batch)).all() == [anna.tenant.id]
    make_entry(session, anna.tenancy, f"{today()}", credit="10.00")
    with pytest.raises(InvalidInputError, match="zaległości"):
        start_letters(session, scope, text=shipped(LetterKind.REMINDER), audience=ALL)


def test_change_of_charges_goes_to_who_has_one_only(session: Session) -> None:
    anna, jan, ewa, scope = resident(session), resident(session, "Jan"), resident(session, "Ewa"), clerk(session)
    for one, rate in ((anna, "9.50"), (jan, "9.12")):
        make_charge(session, one.tenancy)
        make_charge(session, one.tenancy, rate=rate, valid_from=f"{today() + timedelta(days=40)}")
    make_charge(session, ewa.tenancy)
    batch = start_letters(session, scope, text=shipped(LetterKind.CHARGE_CHANGE), audience=ALL)
    assert session.scalars(select(Letter.tenant_id).where(Letter.batch_id == batch)).all() == [anna.tenant.id]


def test_letters_stay_within_the_employees_districts(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    own = clerk(session, anna.district)
    batch = start_letters(session, own, text=CONFIRMATION, audience=ALL)
    assert session.scalars(select(Letter.tenant_id).where(Letter.batch_id == batch)).all() == [anna.tenant.id]
    with pytest.raises(NotPermittedError):
        start_letters(session, own, text=CONFIRMATION, audience=Audience(AudienceKind.DISTRICT, (jan.district.id,)))


@pytest.mark.parametrize(
    ("title", "body", "word"),
    [("", "Treść", "tytuł"), ("T", "", "treść"), ("T", "{{ hasło }} {{saldo}}", "hasło"), ("T", "x" * 6001, "6000"),
     ("T", "{{ nowa_oplata }}", "tylko w piśmie o zmianie opłat"), ("T" * 151, "Treść", "150"),
     ("Saldo {{ najemca }}", "Treść", "W tytule"), ("T", "Panie {{ najemca", "klamry"),
     ("T", "{{ {{ umowa }} }}", "klamry"), ("T", "# \n- ", "Wpisz treść")],
)  # fmt: skip
def test_text_that_cannot_be_filled_is_refused(session: Session, title: str, body: str, word: str) -> None:
    resident(session)
    text = LetterText(LetterKind.BALANCE_CONFIRMATION, title, body)
    with pytest.raises(InvalidFormError, match=word):
        sample_letter(session, clerk(session), text=text, audience=ALL)


def test_what_stands_in_a_name_or_a_text_is_set_as_it_is(session: Session) -> None:
    resident(session, "{{ saldo }} <b>Jan</b>")
    text = LetterText(LetterKind.BALANCE_CONFIRMATION, "T", "Szanowny {{ najemca }}, {% raw %}")
    sample = sample_letter(session, clerk(session), text=text, audience=ALL)
    assert "Szanowny {{ saldo }} <b>Jan</b>, {% raw %}" in words(sample.pdf)


def test_audience_has_to_be_chosen(session: Session) -> None:
    with pytest.raises(InvalidInputError, match="do kogo"):
        sample_letter(session, clerk(session), text=CONFIRMATION, audience=Audience(AudienceKind.BUILDING))


@pytest.fixture
def editor(database: str) -> EmployeeScope:
    with Session(db.engine(), expire_on_commit=False) as session:
        for name in ("Anna", "Jan", "Ewa"):
            resident(session, name)
        scope = clerk(session)
        session.commit()
    return scope


def started(scope: EmployeeScope) -> int:
    with transaction() as session:
        return start_letters(session, scope, text=CONFIRMATION, audience=ALL)


def state(batch_id: int) -> tuple[LetterBatchState, int]:
    with transaction() as session:
        batch = session.get_one(LetterBatch, batch_id)
        return LetterBatchState(batch.state), batch.made


def test_letters_are_made_looked_at_and_sent(editor: EmployeeScope) -> None:
    batch = started(editor)
    assert any_to_make()
    with transaction() as session, pytest.raises(InvalidInputError):
        ask_sending(session, editor, batch_id=batch)
    assert make_letters() == 3
    assert state(batch) == (LetterBatchState.CHECKED, 3)
    assert not any_to_make()
    with transaction() as session:
        letters = session.scalars(select(Letter).order_by(Letter.id)).all()
        for nth, one in enumerate(letters, start=1):
            assert one.letter_no == f"IOK/{batch}/{nth}/{today().year}"
            content = kept_file(one.sha256 or "").read_bytes()
            assert one.letter_no in words(content)
            assert (one.size, one.pages) == (len(content), 1)
        assert len({one.sha256 for one in letters}) == 3
        send_batch(session, editor, batch_id=batch, token=ask_sending(session, editor, batch_id=batch).token)
        assert session.scalar(select(func.count()).where(Letter.visible_at.is_not(None))) == 3
        assert last_text(session, editor, kind=LetterKind.BALANCE_CONFIRMATION) == CONFIRMATION
        assert last_text(session, editor, kind=LetterKind.REMINDER) is None


def test_making_is_paused_between_pieces_and_goes_on_where_it_was(
    editor: EmployeeScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "PIECE", 1)
    batch = started(editor)
    seen: list[str] = []

    def pausing(letter: MergedLetter) -> SetLetter:
        seen.append(letter.letter_no)
        if len(seen) == 2:
            with transaction() as session:
                pause_letters(session, editor, batch_id=batch)
        return SetLetter(letter.letter_no.encode(), 1)

    monkeypatch.setattr(making, "set_letter", pausing)
    assert make_letters(processes=0) == 1, "the piece that was under way is not entered"
    assert state(batch) == (LetterBatchState.PAUSED, 1)
    assert make_letters(processes=0) == 0
    with transaction() as session:
        resume_letters(session, editor, batch_id=batch)
        with pytest.raises(InvalidInputError):
            resume_letters(session, editor, batch_id=batch)
    assert make_letters(processes=0) == 2
    assert state(batch) == (LetterBatchState.CHECKED, 3)


def test_discarded_while_it_is_made_leaves_nothing(editor: EmployeeScope, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = started(editor)

    def discarding(letter: MergedLetter) -> SetLetter:
        if letter.letter_no.startswith(f"IOK/{batch}/2/"):
            with transaction() as session:
                discard_batch(session, editor, batch_id=batch)
        return SetLetter(letter.letter_no.encode(), 1)

    monkeypatch.setattr(making, "set_letter", discarding)
    assert make_letters(processes=0) == 0
    assert state(batch) == (LetterBatchState.DISCARDED, 0)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_program_that_died_is_followed_by_another_after_its_lease(
    editor: EmployeeScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = started(editor)

    def dying(letter: MergedLetter) -> SetLetter:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "set_letter", dying)
    with pytest.raises(KeyboardInterrupt):
        make_letters(processes=0)
    monkeypatch.undo()
    assert make_letters() == 0, "somebody may still be at it"
    with freeze_time(now() + making.LEASE + timedelta(seconds=1)):
        assert make_letters() == 3
    assert state(batch) == (LetterBatchState.CHECKED, 3)


def test_many_letters_are_made_by_several_processes(editor: EmployeeScope) -> None:
    batch = started(editor)
    assert make_letters(processes=2) == 3
    assert state(batch) == (LetterBatchState.CHECKED, 3)


def test_balance_is_that_of_the_day_of_the_start(editor: EmployeeScope) -> None:
    batch = started(editor)
    with transaction() as session:
        session.execute(update(LetterBatch).values(as_of=today() - timedelta(days=90)))
        tenancy = session.scalars(select(Letter.tenancy_id).where(Letter.batch_id == batch)).first()
        make_entry(session, session.get_one(Tenancy, tenancy), f"{today()}", debit="5.00")
    make_letters()
    with transaction() as session:
        first = session.scalars(select(Letter).order_by(Letter.id)).first()
        assert first is not None
        assert "konto rozliczone" in words(kept_file(first.sha256 or "").read_bytes())
