"""Reads across features: what the tenant's home page and the staff desk show at a glance."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import String, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.accounts.closing import waiting_closings_count
from core.activation.figures import RequestFigures, request_figures
from core.announcements.own import UNREAD
from core.batches.models import BatchState, ImportBatch
from core.clock import now, today
from core.contact.reviewing import waiting_changes_count
from core.correspondence.own import UNOPENED
from core.errors import NotFoundError
from core.faults.queue import FaultFigures, fault_figures
from core.imports.suspense.queue import readings_waiting, rows_waiting
from core.ledger.balances import (
    NextDue,
    TenancyBalance,
    nearest_due,
    payments_booked_through,
    tenant_balance,
)
from core.ledger.models import LedgerEntry
from core.meters.review_queue import waiting_count
from core.notices.inbox import NUMBERS
from core.notices.models import TOPICS, NoticeKind, Topic
from core.outbox.undelivered import dead_mail_count
from core.questions.figures import AnswerFigures, answer_figures
from core.registry.models import Tenancy
from core.registry.queries import UNKNOWN_TENANCY, TenancyCard, served_by, tenancies_of

OF_THEIR_OWN = (Topic.LETTERS, Topic.ANNOUNCEMENTS)  # counted as things to be read, not as notices
# One statement, built once: it runs on every look at any screen.
_NEW = union_all(
    select(literal(Topic.LETTERS.value, String), UNOPENED.scalar_subquery()),
    select(literal(Topic.ANNOUNCEMENTS.value, String), UNREAD.scalar_subquery()),
    NUMBERS,
)
DEMO_FILES = "demo-"  # how the files of the demonstration city are named, and no landlord's own


@dataclass(frozen=True, slots=True)
class TenantHome:
    """What the home page shows of one tenancy and of all; amounts in PLN.

    A tenant without any tenancy has neither `chosen` nor `current`.
    """

    as_of: date
    booked_through: date | None  # latest payment booked in the whole ledger; None: none yet
    tenancies: tuple[TenancyCard, ...]  # those that stand today first
    chosen: TenancyCard | None
    current: TenancyBalance | None
    next_due: NextDue | None
    total_balance: Decimal
    total_overdue: Decimal


@dataclass(frozen=True, slots=True)
class LastBatch:
    """The import that was committed last."""

    kind: str
    file_name: str
    committed_at: datetime
    employee_login: str
    rows: int
    accepted: int
    suspended: int


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """What there is in the employee's districts; rows in suspense belong to no district yet and are the whole city's."""

    last_batch: LastBatch | None
    tenants: int
    tenancies: int
    entries: int
    suspended: int
    latest_booking: date | None  # of a payment
    requests: RequestFigures | None  # for who reviews applications
    dead_mail: int | None  # messages given up on, for who looks after mail
    waiting_readings: int | None  # to clarify, for who reviews readings
    waiting_changes: int | None  # of contact data, and accounts to close, for who decides on them
    faults: FaultFigures | None  # reports of faults, for who deals with them
    questions: AnswerFigures | None  # of tenants, for who answers them


def tenant_home(
    session: Session, scope: TenantScope, *, tenancy_id: int | None = None, as_of: date | None = None
) -> TenantHome:
    """The balance card of one tenancy (by default the first of the tenant's) and the totals of all.

    Raises NotFoundError for a tenancy that is not theirs.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    day = as_of or today()
    cards = tenancies_of(session, scope)
    all_of_them = tenant_balance(session, scope, as_of=day)
    chosen = _choose(cards, tenancy_id)
    current = next((each for each in all_of_them.tenancies if chosen and each.tenancy_id == chosen.tenancy_id), None)
    return TenantHome(
        as_of=day,
        booked_through=payments_booked_through(session, as_of=day),
        tenancies=tuple(cards),
        chosen=chosen,
        current=current,
        next_due=nearest_due(session, current=current) if current else None,
        total_balance=all_of_them.balance,
        total_overdue=all_of_them.overdue,
    )


def new_counts(session: Session, scope: TenantScope) -> dict[Topic, int]:
    """What is new to the tenant, by topic, for the menu: letters and announcements unread, of all else what is in the inbox.

    To a proxy nothing is.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    if scope.proxy is not None:  # the inbox is the tenant's
        return {}
    found: Counter[Topic] = Counter()
    for what, number in session.execute(_NEW, {"tenant": scope.tenant_id, "at": now(), "day": today()}):
        topic = Topic(what) if what in OF_THEIR_OWN else TOPICS[NoticeKind(what)]
        if what in OF_THEIR_OWN or topic not in OF_THEIR_OWN:
            found[topic] += number
    return dict(found)


def staff_desk(session: Session, scope: EmployeeScope) -> StaffDesk:
    """The last import and the counts. Raises NotPermittedError without the permission to see the desk."""
    require_live(session, scope, Permission.SEE_DESK)
    tenants, tenancies = session.execute(
        select(func.count(Tenancy.tenant_id.distinct()), func.count()).where(served_by(scope, day=today()))
    ).one()
    return StaffDesk(
        last_batch=_last_batch(session),
        tenants=tenants,
        tenancies=tenancies,
        entries=_entries(session, scope),
        suspended=_suspended(session),
        latest_booking=payments_booked_through(session),
        requests=request_figures(session, scope) if scope.may(Permission.REVIEW_REQUESTS) else None,
        dead_mail=dead_mail_count(session, scope) if scope.may(Permission.MANAGE_MAIL) else None,
        waiting_readings=waiting_count(session, scope) if scope.may(Permission.MANAGE_READINGS) else None,
        waiting_changes=_waiting_changes(session, scope),
        faults=fault_figures(session, scope) if scope.may(Permission.MANAGE_FAULTS) else None,
        questions=answer_figures(session, scope) if scope.may(Permission.ANSWER_QUESTIONS) else None,
    )


def _waiting_changes(session: Session, scope: EmployeeScope) -> int | None:
    if not scope.may(Permission.REVIEW_CONTACT_CHANGES):
        return None
    return waiting_changes_count(session, scope) + waiting_closings_count(session, scope)


def _suspended(session: Session) -> int:
    return rows_waiting(session) + readings_waiting(session)


def _entries(session: Session, scope: EmployeeScope) -> int:
    counted = select(func.count()).select_from(LedgerEntry)
    if scope.district_ids:
        counted = counted.join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id).where(served_by(scope, day=today()))
    return session.scalar(counted) or 0


def is_demo(session: Session) -> bool:
    """Whether the database holds the made-up city of the demonstration.

    It is told by a committed import of one of its files from the server's console, whatever employees call theirs. It
    tells nothing about anybody, hence no scope.
    """
    made_up = select(ImportBatch.id).where(
        ImportBatch.file_name.startswith(DEMO_FILES, autoescape=True),
        ImportBatch.employee_id.is_(None),
        ImportBatch.state == BatchState.COMMITTED,
    )
    return bool(session.scalar(select(exists(made_up))))


def _choose(cards: list[TenancyCard], tenancy_id: int | None) -> TenancyCard | None:
    if tenancy_id is None:
        return cards[0] if cards else None
    for card in cards:
        if card.tenancy_id == tenancy_id:
            return card
    raise NotFoundError(UNKNOWN_TENANCY)


def _last_batch(session: Session) -> LastBatch | None:
    newest = (ImportBatch.committed_at.desc(), ImportBatch.id.desc())
    batch = session.scalar(
        select(ImportBatch).where(ImportBatch.state == BatchState.COMMITTED).order_by(*newest).limit(1)
    )
    if batch is None or batch.committed_at is None:
        return None
    return LastBatch(
        kind=batch.kind,
        file_name=batch.file_name,
        committed_at=batch.committed_at,
        employee_login=batch.employee_login,
        rows=batch.rows,
        accepted=batch.accepted,
        suspended=batch.suspended,
    )
