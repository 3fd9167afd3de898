"""Reading the audit log, for administrators: filtered, in pages, and checked."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import broken_link
from core.audit.models import Actor, AuditEvent
from core.clock import WARSAW
from core.errors import InvalidInputError

PAGE = 25


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to show; None leaves a condition out. Days are Polish ones, both included.

    Raises InvalidInputError for a period that ends before it begins.
    """

    since: date | None = None
    until: date | None = None
    actor: Actor | None = None
    action: str | None = None
    object_kind: str | None = None
    object_id: str | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise InvalidInputError("Koniec okresu jest wcześniejszy niż początek. Popraw daty.", field="until")


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event; people appear as ids only."""

    event_id: int
    at: datetime
    actor: Actor
    actor_id: int | None
    action: str
    object_kind: str
    object_id: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of the events found, the newest first."""

    lines: list[EventLine]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Verification:
    """How many events hold, and the id of the first that does not."""

    checked: int
    broken: int | None


def event_page(session: Session, scope: EmployeeScope, *, chosen: EventFilter, page: int = 1) -> EventPage:
    """One page of the events that the filter finds; a page that is not there becomes the nearest one."""
    require_live(session, scope, Permission.SEE_AUDIT)
    conditions = _conditions(chosen)
    total = session.scalar(select(func.count()).select_from(AuditEvent).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = session.scalars(
        select(AuditEvent).where(*conditions).order_by(AuditEvent.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return EventPage([_line(row) for row in rows], total, page, pages)


def known_actions(session: Session, scope: EmployeeScope) -> list[str]:
    """The actions that occur in the log."""
    require_live(session, scope, Permission.SEE_AUDIT)
    return list(session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def known_object_kinds(session: Session, scope: EmployeeScope) -> list[str]:
    """The kinds of objects that occur in the log."""
    require_live(session, scope, Permission.SEE_AUDIT)
    return list(session.scalars(select(AuditEvent.object_kind).distinct().order_by(AuditEvent.object_kind)))


def verify_log(session: Session, scope: EmployeeScope) -> Verification:
    """Follow the whole chain, as `python -m core audit verify` does."""
    require_live(session, scope, Permission.SEE_AUDIT)
    return Verification(*broken_link(session))


def _conditions(chosen: EventFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.since is not None:
        found.append(AuditEvent.at >= _midnight(chosen.since))
    if chosen.until is not None:
        found.append(AuditEvent.at < _midnight(chosen.until + timedelta(days=1)))
    exact = {
        AuditEvent.actor: chosen.actor,
        AuditEvent.action: chosen.action,
        AuditEvent.object_kind: chosen.object_kind,
        AuditEvent.object_id: chosen.object_id,
    }
    return found + [column == wanted for column, wanted in exact.items() if wanted is not None]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WARSAW)


def _line(row: AuditEvent) -> EventLine:
    return EventLine(
        row.id, row.at, Actor(row.actor), row.actor_id, row.action, row.object_kind, row.object_id, _details(row)
    )


def _details(row: AuditEvent) -> dict[str, object]:
    try:
        told = json.loads(row.details)
    except ValueError:  # somebody changed it; the verification tells, the list goes on
        return {"?": row.details}
    return told if isinstance(told, dict) else {"?": row.details}
