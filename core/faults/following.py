"""What a tenant does with an own report once it is sent: writes to the office, opens it again, rates the work."""

from datetime import date, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.access.throttle import TooManyUsesError, take_use
from core.audit.events import record_by
from core.clock import local, now, today
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError
from core.faults.categories import LEAVES
from core.faults.models import (
    CLOSED,
    OPEN,
    REOPENED_AT_MOST,
    FaultMessage,
    FaultReport,
    FaultStatus,
    StepKind,
)
from core.faults.reach import own_report
from core.faults.steps import FaultMovedError, add_step, checked_note, move
from core.words import several_lines

REOPENED_WITHIN = timedelta(days=14)  # Polish days after the one on which it was closed
LONGEST_MESSAGE = 2000
WRITTEN_AT_MOST = 30  # messages of a tenant a day
DEFAULT_DAYS = timedelta(days=14)  # for a category that the tree no longer has


def reopen_until(report: FaultReport) -> date | None:
    """The last day on which the tenant may open a closed report again; None: it is open, or was reopened too often."""
    if report.closed_at is None or report.reopened >= REOPENED_AT_MOST:
        return None
    return local(report.closed_at).date() + REOPENED_WITHIN


def may_reopen(report: FaultReport) -> bool:
    """Whether the tenant may open it again today."""
    until = reopen_until(report)
    return until is not None and today() <= until


def reopen_report(session: Session, scope: TenantScope, *, report_id: int, reason: str) -> None:
    """Open a closed report again, with a new deadline.

    Raises NotFoundError, InvalidInputError (field `reason`), DomainError when it is too late or was done too often,
    FaultMovedError when it is open already.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    report = own_report(session, scope, report_id)
    said = checked_note(reason, field="reason", missing="Napisz, dlaczego otwierasz zgłoszenie ponownie.")
    if report.status in CLOSED and not may_reopen(report):
        raise DomainError(f"Tego zgłoszenia nie można już otworzyć ponownie. {_instead(report)}")
    leaf = LEAVES.get(report.category)
    due_on = leaf.due_on(today()) if leaf else today() + DEFAULT_DAYS
    move(
        session, scope, report_id=report_id, to=FaultStatus.ACCEPTED, note=said,
        due_on=due_on, reopened=report.reopened + 1,
    )  # fmt: skip


def rate_report(session: Session, scope: TenantScope, *, report_id: int, rating: int, comment: str = "") -> None:
    """Rate the work that was done, once, from 1 to 5.

    Raises NotFoundError, InvalidInputError (fields `rating`, `comment`), FaultMovedError when it is not done or has been
    rated.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    own_report(session, scope, report_id)
    if rating not in range(1, 6):
        raise InvalidInputError("Wybierz ocenę od 1 do 5.", field="rating")
    said = checked_note(comment, field="comment")
    ratable = (FaultReport.id == report_id) & (FaultReport.status == FaultStatus.DONE) & FaultReport.rating.is_(None)
    values = {"rating": rating, "rating_comment": said or None}
    if changed_rows(session, update(FaultReport).where(ratable).values(values)) != 1:
        raise FaultMovedError
    add_step(session, scope, report_id=report_id, kind=StepKind.RATED, note=f"{rating} z 5")
    record_by(
        session, scope, "fault_rated", object_kind="fault_report", object_id=report_id, details={"rating": rating}
    )


def write_message(session: Session, scope: TenantScope, *, report_id: int, body: str) -> int:
    """Write to the office about an open report; returns the message's id.

    Raises NotFoundError, InvalidInputError (field `body`), DomainError for a closed one, saying how to open it again, and
    when the tenant has written too much today.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    report = own_report(session, scope, report_id)
    said = checked_message(body)
    if report.status not in OPEN:
        raise DomainError(_closed(report))
    try:
        take_use(
            session, purpose="fault_message", key=str(scope.tenant_id), limit=WRITTEN_AT_MOST, window=timedelta(days=1)
        )
    except TooManyUsesError:
        raise DomainError("Dziś wysłano już bardzo dużo wiadomości. Napisz jutro albo zadzwoń do rejonu.") from None
    message = FaultMessage(
        report_id=report_id,
        at=now(),
        by_tenant=True,
        employee_id=None,
        internal=False,
        proxy=scope.proxy_name,
        body=said,
    )
    session.add(message)
    session.flush()
    record_by(session, scope, "fault_message_written", object_kind="fault_report", object_id=report_id)
    return message.id


def checked_message(typed: str) -> str:
    """A message as it is kept. Raises InvalidInputError (field `body`)."""
    said = several_lines(typed, longest=LONGEST_MESSAGE)
    if said is None:
        raise InvalidInputError(f"Skróć wiadomość do {LONGEST_MESSAGE} znaków.", field="body")
    if not said:
        raise InvalidInputError("Wpisz wiadomość.", field="body")
    return said


def _closed(report: FaultReport) -> str:
    return f"To zgłoszenie jest zamknięte i nie można do niego pisać. {_instead(report)}"


def _instead(report: FaultReport) -> str:
    if may_reopen(report):
        until = reopen_until(report)
        return f"Jeśli sprawa wróciła, użyj przycisku „Otwórz ponownie” (do {until:%d.%m.%Y}), a potem napisz."
    return "Jeśli sprawa wróciła, wyślij nowe zgłoszenie."
