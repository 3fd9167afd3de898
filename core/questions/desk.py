"""The office's desk of questions: the queue by how long they wait, one of them whole, and what is attached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import Employee
from core.accounts.reach import tenants_of
from core.audit.views import Purpose, note_views
from core.meters.models import ReadingPhoto
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind, ThreadState
from core.questions.own import attachment_of
from core.questions.reach import require_served_thread
from core.questions.subjects import Subject, subject_of_thread
from core.registry.models import Tenancy, Tenant
from core.words import plain

A_PAGE = 40
SEARCHED_AT_MOST = 20_000  # threads that a search looks through, the newest


class ThreadFilter(StrEnum):
    """Which threads to list, by state."""

    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    ALL = "all"


class AssignedFilter(StrEnum):
    """Which threads to list, by who looks after them."""

    ALL = "all"
    MINE = "mine"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One thread in the queue; `waits_since` None: the office owes nothing."""

    thread_id: int
    number: str
    title: str
    tenant_no: str
    tenant: str
    state: ThreadState
    opened_at: datetime
    waits_since: datetime | None
    assigned: str | None  # the employee's name


@dataclass(frozen=True, slots=True)
class FileMessage:
    """One message as the office reads it; `employee`: who wrote it in the office's name."""

    message_id: int
    author: Author
    employee: str | None
    proxy: str | None  # who wrote in the tenant's place
    internal: bool
    body: str
    written_at: datetime
    attachment_name: str | None


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """One thread whole, notes included."""

    line: QueueLine
    tenancy_no: str | None
    subject: Subject
    has_photo: bool  # of the dial, where it is about a reading
    is_mine: bool
    messages: tuple[FileMessage, ...]  # the oldest first


def question_queue(
    session: Session,
    scope: EmployeeScope,
    *,
    state: ThreadFilter = ThreadFilter.WAITING,
    assigned: AssignedFilter = AssignedFilter.ALL,
    text: str = "",
    page: int = 1,
) -> tuple[list[QueueLine], int]:
    """One page of the threads in the employee's districts and the number of pages (at least 1).

    Those that wait longest come first, then the newest. `text`: words in number, title, name or number of the tenant,
    whatever their case and without Polish marks.
    """
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    conditions: list[ColumnElement[bool]] = [tenants_of(scope), _in_state(state), _assigned(scope, assigned)]
    if words := plain(text).split():
        conditions.append(QuestionThread.id.in_(_holding(session, conditions, words)))
    number = session.scalar(_lines(func.count()).where(*conditions)) or 0
    pages = max(1, -(-number // A_PAGE))
    rows = session.execute(
        _lines(QuestionThread, Tenant, Employee.name)
        .outerjoin(Employee, Employee.id == QuestionThread.assigned_to)
        .where(*conditions)
        .order_by(QuestionThread.waits_since.is_(None), QuestionThread.waits_since, QuestionThread.id.desc())
        .limit(A_PAGE)
        .offset((max(1, min(page, pages)) - 1) * A_PAGE)
    )
    return [_line(thread, tenant, who) for thread, tenant, who in rows], pages


def question_file(session: Session, scope: EmployeeScope, *, thread_id: int) -> QuestionFile:
    """One thread of a tenant in the employee's districts; the look is noted. Raises NotFoundError."""
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    thread, tenant = require_served_thread(session, scope, thread_id)
    note_views(session, scope, tenants=[tenant.id], purpose=Purpose.QUESTION)
    rows = session.execute(
        select(QuestionMessage, Employee.name)
        .outerjoin(Employee, Employee.id == QuestionMessage.employee_id)
        .where(QuestionMessage.thread_id == thread.id)
        .order_by(QuestionMessage.id)
    )
    assigned = session.scalar(select(Employee.name).where(Employee.id == thread.assigned_to))
    subject = subject_of_thread(thread)
    photo = exists().where(ReadingPhoto.reading_id == subject.object_id)
    return QuestionFile(
        line=_line(thread, tenant, assigned),
        tenancy_no=session.scalar(select(Tenancy.tenancy_no).where(Tenancy.id == thread.tenancy_id)),
        subject=subject,
        has_photo=subject.kind is SubjectKind.READING and bool(session.scalar(select(photo))),
        is_mine=thread.assigned_to is not None and thread.assigned_to == scope.employee_id,
        messages=tuple(
            FileMessage(
                message_id=one.id,
                author=Author(one.author),
                employee=employee,
                proxy=one.proxy,
                internal=one.internal,
                body=one.body,
                written_at=one.written_at,
                attachment_name=one.attachment_name,
            )
            for one, employee in rows
        ),
    )


def question_attachment_served(session: Session, scope: EmployeeScope, *, message_id: int) -> tuple[str, Path]:
    """Name and place of what is attached to a message in the employee's districts. Raises NotFoundError."""
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    return attachment_of(
        session.scalar(
            select(QuestionMessage)
            .join(QuestionThread, QuestionThread.id == QuestionMessage.thread_id)
            .join(Tenant, Tenant.id == QuestionThread.tenant_id)
            .where(QuestionMessage.id == message_id, tenants_of(scope))
        )
    )


def _in_state(state: ThreadFilter) -> ColumnElement[bool]:
    return {
        ThreadFilter.WAITING: QuestionThread.waits_since.is_not(None),
        ThreadFilter.ANSWERED: QuestionThread.state == ThreadState.ANSWERED,
        ThreadFilter.CLOSED: QuestionThread.state == ThreadState.CLOSED,
        ThreadFilter.ALL: true(),
    }[state]


def _assigned(scope: EmployeeScope, assigned: AssignedFilter) -> ColumnElement[bool]:
    return {
        AssignedFilter.ALL: true(),
        AssignedFilter.MINE: QuestionThread.assigned_to == scope.employee_id,
        AssignedFilter.NOBODY: QuestionThread.assigned_to.is_(None),
    }[assigned]


def _holding(session: Session, conditions: Sequence[ColumnElement[bool]], words: Sequence[str]) -> list[int]:
    """Ids of the threads that hold all words. Read and compared here: databases do not know `ł` from `l`."""
    rows = session.execute(
        _lines(QuestionThread.id, QuestionThread.number, QuestionThread.title, Tenant.name, Tenant.tenant_no)
        .where(*conditions)
        .order_by(QuestionThread.id.desc())
        .limit(SEARCHED_AT_MOST)
    )
    return [one for one, *texts in rows if all(word in plain(" ".join(texts)) for word in words)]


def _lines(*what: Any) -> Select[Any]:
    chosen: Select[Any] = select(*what).select_from(QuestionThread).join(Tenant, Tenant.id == QuestionThread.tenant_id)
    return chosen


def _line(thread: QuestionThread, tenant: Tenant, assigned: str | None) -> QueueLine:
    return QueueLine(
        thread_id=thread.id,
        number=thread.number,
        title=thread.title,
        tenant_no=tenant.tenant_no,
        tenant=tenant.name,
        state=ThreadState(thread.state),
        opened_at=thread.opened_at,
        waits_since=thread.waits_since,
        assigned=assigned,
    )
