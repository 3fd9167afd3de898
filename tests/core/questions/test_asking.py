"""A tenant asks about their own things only, within limits, and nothing is written to what is closed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit.models import AuditEvent
from core.correspondence.matching import Match
from core.correspondence.own import open_letter, own_letters
from core.documents.attachments import Attachment, checked_attachment
from core.errors import InvalidInputError, NotFoundError
from core.ledger.models import LedgerEntry
from core.meters.models import MeterReading
from core.questions.answering import answer_question
from core.questions.asking import ThreadClosedError, close_own, reply
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind, ThreadState
from core.questions.own import own_question_attachment, own_thread, own_threads
from core.questions.subjects import Subject, own_subject, subject_named, subject_word
from core.questions.writing import MESSAGES_A_DAY, THREADS_A_DAY, TooManyQuestionsError
from tests.cast import make_entry, make_meter, make_reading, sign_in_tenant
from tests.core.announcements.cast import Resident
from tests.core.correspondence.cast import clerk as sender
from tests.core.correspondence.cast import paper, pdf, sent
from tests.core.questions.cast import GENERAL, ask, at_home, clerk

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with freeze_time(NOW):
        yield


def letter_of(session: Session, one: Resident, words: str = "Zmiana", *, opened: bool = True) -> int:
    """A letter that was sent to them, opened unless said otherwise."""
    sent(session, sender(session), paper(words, Match(one.tenant.id, one.tenancy.id), title="Zmiana opłat"))
    letter_id = own_letters(session, one.scope)[0].letter_id
    if opened:
        open_letter(session, one.scope, letter_id=letter_id)
    return letter_id


def thread_of(session: Session, thread_id: int) -> QuestionThread:
    session.expire_all()
    return session.get_one(QuestionThread, thread_id)


def test_question_gets_a_number_and_waits_for_the_office(session: Session) -> None:
    anna = at_home(session)
    first, second = ask(session, anna.scope), ask(session, anna.scope, title="Inny temat")
    thread = thread_of(session, first)
    assert (thread.number, thread_of(session, second).number) == ("P/000001/2026", "P/000002/2026")
    assert (thread.state, thread.waits_since, thread.tenancy_id) == (ThreadState.OPEN, NOW, None)
    opened = own_thread(session, anna.scope, thread_id=first)
    assert (opened.head.title, [one.body for one in opened.messages]) == (
        "Klucz do suszarni",
        ["Kogo poprosić o klucz?"],
    )
    assert session.scalars(select(AuditEvent.action).where(AuditEvent.object_kind == "question_thread")).all() == [
        "question_asked",
        "question_asked",
    ]


def test_numbers_begin_anew_with_the_year(session: Session) -> None:
    ask(session, at_home(session).scope)
    with freeze_time(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):  # it is next year in Poland
        thread_id = ask(session, at_home(session, "Jan").scope)
    assert thread_of(session, thread_id).number == "P/000001/2027"


def test_letter_line_and_reading_give_the_title_and_the_tenancy(session: Session) -> None:
    anna = at_home(session)
    entry = make_entry(session, anna.tenancy, "2026-10-01", debit="120.50", description="Czynsz <b>")
    reading = make_reading(session, make_meter(session, anna.premises), "2026-06-01", "10.5")
    titles = {}
    for subject in (
        Subject(SubjectKind.LETTER, letter_of(session, anna)),
        Subject(SubjectKind.ENTRY, entry.id),
        Subject(SubjectKind.READING, reading.id),
    ):
        thread = thread_of(session, ask(session, anna.scope, subject=subject, title="nieważny"))
        assert thread.tenancy_id == anna.tenancy.id
        assert own_thread(session, anna.scope, thread_id=thread.id).subject == subject
        titles[subject.kind] = thread.title.replace("\u00a0", " ")
    assert titles[SubjectKind.LETTER] == "Zmiana opłat, pismo z 20.11.2026"
    assert titles[SubjectKind.ENTRY] == "Naliczenie z 01.10.2026, 120,50 zł: Czynsz <b>"
    assert titles[SubjectKind.READING].startswith("Odczyt z 01.06.2026: 10,50 m³, licznik W")


def test_what_is_a_neighbours_is_not_there(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan")
    entry = make_entry(session, jan.tenancy, "2026-10-01", debit="1")
    meter = make_meter(session, jan.premises)
    subjects = [
        Subject(SubjectKind.LETTER, letter_of(session, jan)),
        Subject(SubjectKind.ENTRY, entry.id),
        Subject(SubjectKind.READING, make_reading(session, meter, "2026-06-01", "10").id),
        *(Subject(kind, 999_999) for kind in SubjectKind if kind is not SubjectKind.GENERAL),
        Subject(SubjectKind.ENTRY),
    ]
    for subject in subjects:
        with pytest.raises(NotFoundError):
            ask(session, anna.scope, subject=subject)
        with pytest.raises(NotFoundError):
            own_subject(session, anna.scope, subject=subject)
    assert session.scalar(select(func.count()).select_from(QuestionThread)) == 0


def test_reading_of_the_tenant_before_is_not_there(session: Session) -> None:
    anna = at_home(session)  # since 2025
    meter = make_meter(session, anna.premises)
    for read_on, mine in (("2024-12-31", False), ("2025-01-01", True)):
        subject = Subject(SubjectKind.READING, make_reading(session, meter, read_on, "10").id)
        if mine:
            ask(session, anna.scope, subject=subject)
        else:
            with pytest.raises(NotFoundError):
                ask(session, anna.scope, subject=subject)


def test_unopened_letter_is_opened_first(session: Session) -> None:
    anna = at_home(session)
    subject = Subject(SubjectKind.LETTER, letter_of(session, anna, opened=False))
    with pytest.raises(InvalidInputError, match="Najpierw otwórz to pismo"):
        ask(session, anna.scope, subject=subject)


@pytest.mark.parametrize(
    "written",
    ["", "nowe?", "pismo-", "pismo-x", "pismo--1", "operacja-1 OR 1=1", "odczyt-" + "9" * 16, "<b>-1", "pismo-١"],
)
def test_address_that_names_nothing_is_not_found(written: str) -> None:
    with pytest.raises(NotFoundError):
        subject_named(written)


@pytest.mark.parametrize("kind", [kind for kind in SubjectKind if kind is not SubjectKind.GENERAL])
def test_address_names_its_subject(kind: SubjectKind) -> None:
    subject = Subject(kind, 123)
    assert subject_named(subject_word(subject)) == subject
    assert subject_word(GENERAL) == ""


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [
        ("", "Dzień dobry", "title"),
        ("\x00 \u202e", "Dzień dobry", "title"),
        ("t" * 121, "Dzień dobry", "title"),
        ("Temat", "", "body"),
        ("Temat", "\n\n \n", "body"),
        ("Temat", "abcd", "body"),
        ("Temat", "a\x00\x00\x00b", "body"),
        ("Temat", "a" * 4001, "body"),
        ("Temat", "\x00" * 1_000_000, "body"),
    ],
)
def test_too_short_and_too_long_is_refused(session: Session, title: str, body: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        ask(session, at_home(session).scope, title=title, body=body)
    assert refused.value.field == field
    assert session.scalar(select(func.count()).select_from(QuestionThread)) == 0


def test_text_keeps_its_lines_and_marks_and_loses_hidden_signs(session: Session) -> None:
    anna = at_home(session)
    body = "<script>alert(1)</script>\r\n\r\n**ważne**\x00\u202e\t[x](http://y)  \n"
    thread_id = ask(session, anna.scope, title=" <b>Klucz</b>\n# nagłówek\x07 ", body=body)
    opened = own_thread(session, anna.scope, thread_id=thread_id)
    assert opened.head.title == "<b>Klucz</b> # nagłówek"
    assert opened.messages[0].body == "<script>alert(1)</script>\n\n**ważne** [x](http://y)"


def test_day_takes_ten_questions_and_the_next_day_ten_more(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan")
    for _ in range(THREADS_A_DAY):
        ask(session, anna.scope)
    with pytest.raises(TooManyQuestionsError, match="10 nowych pytań"):
        ask(session, anna.scope)
    ask(session, jan.scope)
    with freeze_time(NOW + timedelta(days=1, seconds=1)):
        again = sign_in_tenant(session, anna.tenant, account_id=anna.scope.account_id)
        ask(session, again)


def test_day_takes_fifty_messages_with_the_questions_among_them(session: Session) -> None:
    anna = at_home(session)
    thread_id = ask(session, anna.scope)
    for _ in range(MESSAGES_A_DAY - 1):
        reply(session, anna.scope, thread_id=thread_id, body="I jeszcze")
    with pytest.raises(TooManyQuestionsError, match="50 wiadomości"):
        reply(session, anna.scope, thread_id=thread_id, body="I jeszcze")
    with pytest.raises(TooManyQuestionsError):
        ask(session, anna.scope)


def test_reply_keeps_the_time_of_the_first_unanswered_message(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    with freeze_time(NOW + timedelta(minutes=5)):
        reply(session, anna.scope, thread_id=thread_id, body="I jeszcze")
        assert thread_of(session, thread_id).waits_since == NOW
        answer_question(session, ewa, thread_id=thread_id, body="Odpowiedź")
        assert thread_of(session, thread_id).waits_since is None
        reply(session, anna.scope, thread_id=thread_id, body="Dziękuję, ale")
    thread = thread_of(session, thread_id)
    assert (thread.state, thread.waits_since) == (ThreadState.OPEN, NOW + timedelta(minutes=5))


def test_closed_question_takes_no_reply_and_is_not_closed_again(session: Session) -> None:
    anna = at_home(session)
    thread_id = ask(session, anna.scope)
    close_own(session, anna.scope, thread_id=thread_id)
    thread = thread_of(session, thread_id)
    assert (thread.state, thread.closed_at, thread.waits_since) == (ThreadState.CLOSED, NOW, None)
    with pytest.raises(ThreadClosedError, match="zadaj nowe pytanie"):
        reply(session, anna.scope, thread_id=thread_id, body="I jeszcze")
    with pytest.raises(ThreadClosedError):
        close_own(session, anna.scope, thread_id=thread_id)
    assert len(own_thread(session, anna.scope, thread_id=thread_id).messages) == 1


def test_neighbour_finds_reads_continues_and_closes_nothing(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan")
    thread_id = ask(session, anna.scope, attachment=Attachment("plan.pdf", pdf()))
    message_id = own_thread(session, anna.scope, thread_id=thread_id).messages[0].message_id
    assert own_threads(session, jan.scope) == []
    with pytest.raises(NotFoundError):
        own_thread(session, jan.scope, thread_id=thread_id)
    with pytest.raises(NotFoundError):
        reply(session, jan.scope, thread_id=thread_id, body="I jeszcze")
    with pytest.raises(NotFoundError):
        close_own(session, jan.scope, thread_id=thread_id)
    with pytest.raises(NotFoundError):
        own_question_attachment(session, jan.scope, message_id=message_id)
    assert thread_of(session, thread_id).state == ThreadState.OPEN


def test_attachment_is_kept_under_a_harmless_name(session: Session) -> None:
    anna = at_home(session)
    thread_id = ask(session, anna.scope, attachment=checked_attachment("../../x.pdf", pdf("Umowa")))
    (message,) = own_thread(session, anna.scope, thread_id=thread_id).messages
    assert message.attachment_name == "x.pdf"
    name, path = own_question_attachment(session, anna.scope, message_id=message.message_id)
    assert (name, path.read_bytes()) == ("x.pdf", pdf("Umowa"))


@pytest.mark.parametrize("name", ["../../x", "../../etc/passwd", "..\\..\\x.exe", "x.pdf"])
def test_attachment_that_is_neither_pdf_nor_photo_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked_attachment(name, b"MZ\x90 not a document")
    assert refused.value.field == "file"


def test_message_without_attachment_has_none_to_fetch(session: Session) -> None:
    anna = at_home(session)
    (message,) = own_thread(session, anna.scope, thread_id=ask(session, anna.scope)).messages
    with pytest.raises(NotFoundError):
        own_question_attachment(session, anna.scope, message_id=message.message_id)


def test_question_outlives_the_line_and_the_reading_it_is_about(session: Session) -> None:
    anna = at_home(session)
    entry = make_entry(session, anna.tenancy, "2026-10-01", debit="5")
    reading = make_reading(session, make_meter(session, anna.premises), "2026-06-01", "10")
    threads = [
        ask(session, anna.scope, subject=Subject(SubjectKind.ENTRY, entry.id)),
        ask(session, anna.scope, subject=Subject(SubjectKind.READING, reading.id)),
    ]
    session.execute(delete(LedgerEntry).where(LedgerEntry.id == entry.id))
    session.execute(delete(MeterReading).where(MeterReading.id == reading.id))
    session.expire_all()
    for thread_id, kind in zip(threads, (SubjectKind.ENTRY, SubjectKind.READING), strict=True):
        opened = own_thread(session, anna.scope, thread_id=thread_id)
        assert opened.subject == Subject(kind, None)
        assert " z 01." in opened.head.title


def test_row_cannot_be_about_what_it_is_not(session: Session) -> None:
    anna = at_home(session)
    entry = make_entry(session, anna.tenancy, "2026-10-01", debit="5")
    thread = thread_of(session, ask(session, anna.scope))
    thread.entry_id = entry.id
    with pytest.raises(IntegrityError):
        session.flush()


def test_tenant_cannot_write_a_note(session: Session) -> None:
    thread_id = ask(session, at_home(session).scope)
    note = QuestionMessage(thread_id=thread_id, author=Author.TENANT, internal=True, body="Notatka", written_at=NOW)
    session.add(note)
    with pytest.raises(IntegrityError):
        session.flush()
