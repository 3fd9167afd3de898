"""The office answers within its districts, in order of waiting; its notes stay its own; tenants hear by number only."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.accounts.models import Employee
from core.audit.models import AuditEvent
from core.clock import instant_of
from core.documents.attachments import Attachment
from core.documents.pictures import CleanPicture
from core.errors import InvalidInputError, NotFoundError, NotPermittedError
from core.meters.photos import attach_photo
from core.notice_mail import hand_over
from core.notices.inbox import inbox
from core.notices.models import NoticeKind
from core.outbox.models import OutgoingMail
from core.outbox.templates import render
from core.overview import staff_desk
from core.questions.answering import (
    AnsweredMeanwhileError,
    answer_question,
    close_question,
    release_question,
    take_question,
    write_note,
)
from core.questions.asking import ThreadClosedError, close_own, reply
from core.questions.desk import (
    A_PAGE,
    AssignedFilter,
    QueueLine,
    ThreadFilter,
    question_attachment_served,
    question_file,
    question_queue,
)
from core.questions.figures import answer_figures, late_before
from core.questions.models import Author, QuestionThread, SubjectKind, ThreadState
from core.questions.own import own_question_attachment, own_thread, own_threads
from core.questions.reach import require_served_thread
from core.questions.subjects import Subject
from core.questions.writing import add_message
from tests.cast import make_district, make_meter, make_reading
from tests.core.correspondence.cast import pdf
from tests.core.questions.cast import ask, at_home, clerk

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
SECRET = "Najemca zalega, sprawa u radcy"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with freeze_time(NOW):
        yield


def titles(found: tuple[list[QueueLine], int]) -> list[str]:
    return [one.title for one in found[0]]


def test_answer_ends_the_wait_and_a_second_one_counts_no_time(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session, make_district(session))
    thread_id = ask(session, anna.scope)
    with freeze_time(NOW + timedelta(minutes=10)):
        answer_question(session, ewa, thread_id=thread_id, body="Klucz jest\nu dozorcy.")
        answer_question(session, ewa, thread_id=thread_id, body="Dozorca jest do 15.")
        figures = answer_figures(session, ewa)
        opened = own_thread(session, anna.scope, thread_id=thread_id)
    assert opened.head.state is ThreadState.ANSWERED
    assert [(one.author, one.body) for one in opened.messages] == [
        (Author.TENANT, "Kogo poprosić o klucz?"),
        (Author.OFFICE, "Klucz jest\nu dozorcy."),
        (Author.OFFICE, "Dozorca jest do 15."),
    ]
    assert (figures.answers, figures.median) == (1, timedelta(minutes=10))
    session.expire_all()
    assert session.get_one(QuestionThread, thread_id).first_answered_at == NOW + timedelta(minutes=10)


def test_answer_written_before_a_colleagues_was_seen_is_stopped(session: Session) -> None:
    anna, ewa, ola = at_home(session), clerk(session), clerk(session)
    thread_id = ask(session, anna.scope)
    seen = question_file(session, ola, thread_id=thread_id).messages[-1].message_id
    write_note(session, ewa, thread_id=thread_id, body="Sprawdzam to.")
    reply(session, anna.scope, thread_id=thread_id, body="I jeszcze piwnica.")
    first = answer_question(session, ewa, thread_id=thread_id, body="Klucz jest u dozorcy.", seen=seen)
    with pytest.raises(AnsweredMeanwhileError), session.begin_nested():
        answer_question(session, ola, thread_id=thread_id, body="Klucz jest w biurze.", seen=seen)
    assert answer_question(session, ola, thread_id=thread_id, body="Także w biurze.", seen=first) > first


def test_of_two_answers_at_once_one_ends_the_wait(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)

    def served_and_answered_meanwhile(*looked_for: Any) -> Any:
        found = require_served_thread(*looked_for)
        values = {"state": ThreadState.ANSWERED, "waits_since": None}
        statement = update(QuestionThread).where(QuestionThread.id == thread_id).values(values)
        session.execute(statement, execution_options={"synchronize_session": False})
        return found

    monkeypatch.setattr("core.questions.answering.require_served_thread", served_and_answered_meanwhile)
    answer_question(session, ewa, thread_id=thread_id, body="Odpowiedź")
    assert answer_figures(session, ewa).answers == 0


def test_note_is_nowhere_in_what_its_tenant_gets(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    before = own_threads(session, anna.scope)
    with freeze_time(NOW + timedelta(minutes=1)):
        note_id = write_note(session, ewa, thread_id=thread_id, body=SECRET)
        assert own_threads(session, anna.scope) == before, "not even the time of the last message moves"
        assert inbox(session, anna.scope) == []
        assert hand_over(session) == (0, 0)
        opened = own_thread(session, anna.scope, thread_id=thread_id)
    assert (opened.head, len(opened.messages)) == (before[0], 1)
    assert SECRET not in repr(opened)
    assert opened.head.state is ThreadState.OPEN, "a note is no answer"
    with pytest.raises(NotFoundError):
        own_question_attachment(session, anna.scope, message_id=note_id)
    notes = [one for one in question_file(session, ewa, thread_id=thread_id).messages if one.internal]
    assert [(one.body, one.employee) for one in notes] == [(SECRET, "Ewa Urzędnik")]


def test_attachment_of_a_note_would_not_be_the_tenants_either(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    attachment = Attachment("tajne.pdf", pdf("Tajne"))
    note_id = add_message(session, ewa, thread_id=thread_id, body=SECRET, attachment=attachment, internal=True)
    with pytest.raises(NotFoundError):
        own_question_attachment(session, anna.scope, message_id=note_id)
    assert question_attachment_served(session, ewa, message_id=note_id)[0] == "tajne.pdf"


def test_tenant_is_told_and_mailed_the_number_and_nothing_else(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope, title="Eksmisja", body="Czy grozi mi eksmisja?")
    answer_question(session, ewa, thread_id=thread_id, body="Nie grozi.")
    (told,) = inbox(session, anna.scope)
    assert (told.kind, dict(told.facts)) == (
        NoticeKind.QUESTION_ANSWERED,
        {"number": "P/000001/2026", "thread_id": str(thread_id)},
    )
    assert own_threads(session, anna.scope)[0].unread
    hand_over(session)
    mail = session.scalars(select(OutgoingMail)).one()
    assert (mail.template, mail.recipient) == ("question_answered", "anna@example.com")
    said = render("question_answered", dict(told.facts), portal="https://portal.example")
    assert f"https://portal.example/korespondencja?pytanie={thread_id}" in said.text
    assert "P/000001/2026" in said.subject
    for word in ("Eksmisja", "eksmisja", "grozi"):
        assert word not in f"{said} {mail.parameters}"
    own_thread(session, anna.scope, thread_id=thread_id)
    assert inbox(session, anna.scope) == []
    assert not own_threads(session, anna.scope)[0].unread


def test_second_answer_is_told_of_again(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    answer_question(session, ewa, thread_id=thread_id, body="Odpowiedź")
    own_thread(session, anna.scope, thread_id=thread_id)
    answer_question(session, ewa, thread_id=thread_id, body="I jeszcze")
    assert len(inbox(session, anna.scope)) == 1


@pytest.mark.parametrize("by_tenant", [True, False])
def test_closed_question_takes_no_answer_but_a_note(session: Session, by_tenant: bool) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    if by_tenant:
        close_own(session, anna.scope, thread_id=thread_id)
    else:
        answer_question(session, ewa, thread_id=thread_id, body="Odpowiedź", closes=True)
    with pytest.raises(ThreadClosedError, match="To pytanie jest zamknięte"):
        answer_question(session, ewa, thread_id=thread_id, body="Odpowiedź")
    with pytest.raises(ThreadClosedError):
        close_question(session, ewa, thread_id=thread_id, reason="Wyjaśnione")
    with pytest.raises(ThreadClosedError, match="zadaj nowe pytanie"):
        reply(session, anna.scope, thread_id=thread_id, body="I jeszcze")
    write_note(session, ewa, thread_id=thread_id, body="Do akt")
    file = question_file(session, ewa, thread_id=thread_id)
    assert (file.line.state, file.line.waits_since) == (ThreadState.CLOSED, None)


def test_reason_of_closing_is_read_by_the_tenant(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    with pytest.raises(InvalidInputError) as refused:
        close_question(session, ewa, thread_id=thread_id, reason=" ")
    assert refused.value.field == "reason"
    close_question(session, ewa, thread_id=thread_id, reason="Sprawę prowadzi administrator.")
    assert len(inbox(session, anna.scope)) == 1
    opened = own_thread(session, anna.scope, thread_id=thread_id)
    assert (opened.head.state, opened.messages[-1].body) == (ThreadState.CLOSED, "Sprawę prowadzi administrator.")


@pytest.mark.parametrize(("body", "shows"), [("", False), ("ok", False), ("a" * 4001, False), ("a" * 4000, True)])
def test_answer_has_its_length(session: Session, body: str, shows: bool) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread_id = ask(session, anna.scope)
    if shows:
        answer_question(session, ewa, thread_id=thread_id, body=body)
    else:
        with pytest.raises(InvalidInputError) as refused:
            answer_question(session, ewa, thread_id=thread_id, body=body)
        assert refused.value.field == "body"
    assert len(own_thread(session, anna.scope, thread_id=thread_id).messages) == 1 + shows


def test_queue_begins_with_who_waits_longest_and_ends_with_who_does_not(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    for minutes, title in enumerate(("Pierwsze", "Drugie", "Trzecie", "Czwarte")):
        with freeze_time(NOW + timedelta(minutes=minutes)):
            ask(session, anna.scope, title=title)
    first, second = session.scalars(select(QuestionThread.id).order_by(QuestionThread.id).limit(2)).all()
    answer_question(session, ewa, thread_id=first, body="Odpowiedź")
    close_question(session, ewa, thread_id=second, reason="Zdublowane")
    assert titles(question_queue(session, ewa)) == ["Trzecie", "Czwarte"]
    assert titles(question_queue(session, ewa, state=ThreadFilter.ALL)) == ["Trzecie", "Czwarte", "Drugie", "Pierwsze"]
    assert titles(question_queue(session, ewa, state=ThreadFilter.ANSWERED)) == ["Pierwsze"]
    assert titles(question_queue(session, ewa, state=ThreadFilter.CLOSED)) == ["Drugie"]


def test_queue_finds_words_without_polish_marks_in_number_title_and_tenant(session: Session) -> None:
    anna, jan, ewa = at_home(session, "Anna Łęcka"), at_home(session, "Jan"), clerk(session)
    ask(session, anna.scope, title="Żółta klatka 100%")
    ask(session, jan.scope, title="Rynna")
    for text in ("zolta", "KLATKA lecka", "P/000001", anna.tenant.tenant_no, "100%"):
        assert titles(question_queue(session, ewa, text=text)) == ["Żółta klatka 100%"], text
    assert question_queue(session, ewa, text="%") == question_queue(session, ewa, text="100")
    assert titles(question_queue(session, ewa, text="nic takiego")) == []


def test_queue_comes_in_pages(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    thread = session.get_one(QuestionThread, ask(session, anna.scope))
    for number in range(A_PAGE):
        values = {
            c.key: getattr(thread, c.key) for c in QuestionThread.__table__.columns if c.key not in ("id", "number")
        }
        session.add(QuestionThread(**values, number=f"N{number}"))
    session.flush()
    lengths = [len(question_queue(session, ewa, page=page)[0]) for page in (1, 2, 3, -5)]
    assert (question_queue(session, ewa)[1], lengths) == (2, [A_PAGE, 1, 1, A_PAGE])


def test_other_district_sees_and_does_nothing(session: Session) -> None:
    anna, ola = at_home(session), clerk(session, make_district(session, code="POLESIE"))
    thread_id = ask(session, anna.scope, attachment=Attachment("plan.pdf", pdf()))
    message_id = own_thread(session, anna.scope, thread_id=thread_id).messages[0].message_id
    assert question_queue(session, ola, state=ThreadFilter.ALL) == ([], 1)
    assert answer_figures(session, ola).waiting == 0
    with pytest.raises(NotFoundError):
        question_file(session, ola, thread_id=thread_id)
    with pytest.raises(NotFoundError):
        question_attachment_served(session, ola, message_id=message_id)
    with pytest.raises(NotFoundError):
        answer_question(session, ola, thread_id=thread_id, body="Odpowiedź")
    with pytest.raises(NotFoundError):
        close_question(session, ola, thread_id=thread_id, reason="Zamykam")
    for act in (take_question, release_question):
        with pytest.raises(NotFoundError):
            act(session, ola, thread_id=thread_id)
    with pytest.raises(NotFoundError):
        write_note(session, ola, thread_id=thread_id, body="Notatka")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CLERK, Role.HEAD)])
def test_others_than_clerks_and_heads_answer_nothing(session: Session, role: Role) -> None:
    other = clerk(session, role=role)
    with pytest.raises(NotPermittedError):
        question_queue(session, other)
    assert staff_desk(session, other).questions is None


def test_one_looks_after_a_question_until_it_is_released(session: Session) -> None:
    anna, ewa, ola = at_home(session), clerk(session), clerk(session, role=Role.HEAD)
    session.execute(update(Employee).where(Employee.id == ola.employee_id).values(name="Ola Kierownik"))
    thread_id = ask(session, anna.scope)
    take_question(session, ola, thread_id=thread_id)
    take_question(session, ola, thread_id=thread_id)
    with pytest.raises(InvalidInputError, match="zajmuje się już Ola Kierownik"):
        take_question(session, ewa, thread_id=thread_id)
    assert question_file(session, ola, thread_id=thread_id).is_mine
    assert not question_file(session, ewa, thread_id=thread_id).is_mine
    mine, nobody = (AssignedFilter.MINE, AssignedFilter.NOBODY)
    assert [len(question_queue(session, who, assigned=mine)[0]) for who in (ewa, ola)] == [0, 1]
    assert question_queue(session, ewa, assigned=nobody)[0] == []
    release_question(session, ewa, thread_id=thread_id)
    assert question_file(session, ola, thread_id=thread_id).line.assigned is None
    take_question(session, ewa, thread_id=thread_id)
    events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert events == ["question_asked", "question_taken", "question_released", "question_taken"]


def test_console_takes_no_question(session: Session) -> None:
    thread_id = ask(session, at_home(session).scope)
    nobody = dataclasses.replace(clerk(session), employee_id=None, session_key=None)
    with pytest.raises(InvalidInputError):
        take_question(session, nobody, thread_id=thread_id)


def test_file_leads_to_the_photo_of_the_reading(session: Session) -> None:
    anna, ewa = at_home(session), clerk(session)
    reading = make_reading(session, make_meter(session, anna.premises), "2026-06-01", "10")
    thread_id = ask(session, anna.scope, subject=Subject(SubjectKind.READING, reading.id))
    assert not question_file(session, ewa, thread_id=thread_id).has_photo
    attach_photo(session, reading.id, CleanPicture(b"jpeg", 1, 1, "0" * 64))
    file = question_file(session, ewa, thread_id=thread_id)
    assert (file.has_photo, file.subject.object_id, file.tenancy_no) == (True, reading.id, anna.tenancy.tenancy_no)


def test_answer_times_are_of_thirty_days_and_of_what_was_owed(session: Session) -> None:
    for hours in (1, 2, 30):
        with freeze_time(NOW - timedelta(hours=hours)):
            thread_id = ask(session, at_home(session, f"N{hours}").scope)
        with freeze_time(NOW):
            answer_question(session, clerk(session), thread_id=thread_id, body="Odpowiedź")
    with freeze_time(NOW - timedelta(days=31)):
        old = at_home(session, "Dawny")
        thread_id = ask(session, old.scope)
        answer_question(session, clerk(session), thread_id=thread_id, body="Odpowiedź")
    figures = answer_figures(session, clerk(session))
    assert (figures.answers, figures.median, figures.waiting, figures.late) == (3, timedelta(hours=2), 0, 0)


def test_late_is_what_waits_longer_than_five_working_days(session: Session) -> None:
    for at in (datetime(2026, 11, 13, 22, tzinfo=UTC), datetime(2026, 11, 16, 8, tzinfo=UTC)):  # Friday, Monday
        with freeze_time(at):
            ask(session, at_home(session, f"N{at.day}").scope)
    for now, late in (
        (datetime(2026, 11, 20, 22, tzinfo=UTC), 0),
        (NOW, 1),
        (datetime(2026, 11, 24, 8, tzinfo=UTC), 2),
    ):
        with freeze_time(now):
            ewa = clerk(session)
            assert (answer_figures(session, ewa).late, staff_desk(session, ewa).questions.late) == (late, late)  # type: ignore[union-attr]
            assert answer_figures(session, ewa).waiting == 2


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 24), date(2026, 11, 17)),  # a Tuesday: asked on Monday of the last week or sooner
        (date(2026, 11, 22), date(2026, 11, 13)),  # a Sunday
        (date(2026, 12, 28), date(2026, 12, 17)),  # 24, 25 and 26 December are holidays
    ],
)
def test_holidays_and_weekends_do_not_count(day: date, before: date) -> None:
    assert late_before(day) == instant_of(before, time())


def test_median_of_no_answers_is_none(session: Session) -> None:
    assert answer_figures(session, clerk(session)).median is None
