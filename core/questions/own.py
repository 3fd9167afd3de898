"""A tenant's questions: listed, read with their answers, and what is attached. Notes of the office are never among them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.notices.models import Notice, NoticeKind
from core.questions.models import Author, QuestionMessage, QuestionThread, ThreadState
from core.questions.reach import NO_SUCH_ATTACHMENT, require_own_thread
from core.questions.subjects import Subject, subject_of_thread
from core.questions.telling import answer_key, put_away_answers
from core.registry.queries import owns_or_general

FOR_TENANTS: ColumnElement[bool] = QuestionMessage.internal.is_(False)


@dataclass(frozen=True, slots=True)
class OwnThread:
    """One question as its tenant finds it in the list."""

    thread_id: int
    number: str
    title: str
    state: ThreadState
    opened_at: datetime
    last_at: datetime  # of the newest message
    unread: bool  # an answer came that the tenant has not looked at


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """One message as its tenant reads it."""

    message_id: int
    author: Author
    proxy: str | None  # who wrote it in the tenant's place
    body: str
    written_at: datetime
    attachment_name: str | None


@dataclass(frozen=True, slots=True)
class OpenedThread:
    """One question whole."""

    head: OwnThread
    subject: Subject
    messages: tuple[OwnMessage, ...]  # the oldest first


def own_threads(session: Session, scope: TenantScope) -> list[OwnThread]:
    """The tenant's questions, the last moved first."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    last = func.max(QuestionMessage.written_at)
    rows = session.execute(
        select(QuestionThread, last)
        .join(QuestionMessage, QuestionMessage.thread_id == QuestionThread.id)
        .where(owns_or_general(scope, QuestionThread.tenant_id, QuestionThread.tenancy_id), FOR_TENANTS)
        .group_by(QuestionThread.id)
        .order_by(last.desc(), QuestionThread.id.desc())
    ).all()
    unread = _unread(session, scope)
    return [_line(one, last_at, unread=one.id in unread) for one, last_at in rows]


def own_thread(session: Session, scope: TenantScope, *, thread_id: int) -> OpenedThread:
    """Read one, and put away the notices that led to its answers. Raises NotFoundError for one that is not the tenant's."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    thread = require_own_thread(session, scope, thread_id)
    messages = session.scalars(
        select(QuestionMessage).where(QuestionMessage.thread_id == thread.id, FOR_TENANTS).order_by(QuestionMessage.id)
    ).all()
    answers = [one.id for one in messages if one.author == Author.OFFICE]
    if answers and scope.proxy is None:  # what a proxy has read is still news to the tenant
        put_away_answers(session, tenant_id=scope.tenant_id, message_ids=answers)
    return OpenedThread(
        head=_line(thread, messages[-1].written_at, unread=False),
        subject=subject_of_thread(thread),
        messages=tuple(
            OwnMessage(one.id, Author(one.author), one.proxy, one.body, one.written_at, one.attachment_name)
            for one in messages
        ),
    )


def own_question_attachment(session: Session, scope: TenantScope, *, message_id: int) -> tuple[str, Path]:
    """Name and place of what is attached to a message of the tenant's questions. Raises NotFoundError."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    message = session.scalar(
        select(QuestionMessage)
        .join(QuestionThread, QuestionThread.id == QuestionMessage.thread_id)
        .where(
            QuestionMessage.id == message_id,
            owns_or_general(scope, QuestionThread.tenant_id, QuestionThread.tenancy_id),
            FOR_TENANTS,
        )
    )
    return attachment_of(message)


def attachment_of(message: QuestionMessage | None) -> tuple[str, Path]:
    """Name and place of a message's attachment. Raises NotFoundError."""
    if message is None or message.attachment_sha256 is None or message.attachment_name is None:
        raise NotFoundError(NO_SUCH_ATTACHMENT)
    return message.attachment_name, kept_file(message.attachment_sha256)


def _unread(session: Session, scope: TenantScope) -> set[int]:
    """Threads with an answer whose notice was not put away."""
    waiting = set(
        session.scalars(
            select(Notice.key).where(
                Notice.tenant_id == scope.tenant_id,
                Notice.kind == NoticeKind.QUESTION_ANSWERED,
                Notice.dismissed_at.is_(None),
            )
        )
    )
    if not waiting:
        return set()
    answers = session.execute(
        select(QuestionMessage.id, QuestionMessage.thread_id)
        .join(QuestionThread, QuestionThread.id == QuestionMessage.thread_id)
        .where(
            owns_or_general(scope, QuestionThread.tenant_id, QuestionThread.tenancy_id),
            QuestionMessage.author == Author.OFFICE,
            FOR_TENANTS,
        )
    )
    return {thread for message, thread in answers if answer_key(message) in waiting}


def _line(one: QuestionThread, last_at: datetime, *, unread: bool) -> OwnThread:
    return OwnThread(
        thread_id=one.id,
        number=one.number,
        title=one.title,
        state=ThreadState(one.state),
        opened_at=one.opened_at,
        last_at=last_at,
        unread=unread,
    )
