"""What a clerk does with a request: review, correction, decision, hand-over to another district.

Each is one conditional change of state with its audit event and its message in the caller's transaction: done twice, by one
hand or by two, it happens once, and the second is told so by RequestMovedError. That is why these actions carry no
one-time tokens.
"""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.creating import open_account
from core.accounts.initial_passwords import reissue_initial_password, send_initial_password
from core.accounts.models import AccountState, PortalAccount
from core.activation.deadline import days_paused, deadline_for
from core.activation.models import ActivationRequest, ActivationStep, ActivationTenancy, RequestState
from core.activation.reach import own_request
from core.activation.reasons import REJECT_WORDS, RejectReason
from core.activation.steps import OPEN, RequestMovedError, move
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.outbox.sending import enqueue
from core.registry.models import ServiceDistrict, Tenancy, Tenant
from core.registry.queries import served_by

LONGEST_MESSAGE = 1000
WITH_ACCOUNT = frozenset({RequestState.APPROVED, RequestState.CREDENTIALS_SENT, RequestState.COMPLETED})


class HasAccountError(DomainError):
    """The tenant a request was matched to has an account already."""

    def __init__(self, tenant_no: str) -> None:
        super().__init__(
            f"Najemca {tenant_no} ma już konto. Jeśli stracił do niego dostęp, wydaj mu nowe hasło pierwotne, "
            f"a ten wniosek odrzuć z powodem „{REJECT_WORDS[RejectReason.HAS_ACCOUNT]}”."
        )


def take_into_review(session: Session, scope: EmployeeScope, *, request_id: int) -> None:
    """Begin to review a filed request. Raises NotFoundError, RequestMovedError."""
    request = _to_decide(session, scope, request_id)
    if request.state != RequestState.FILED:
        raise RequestMovedError
    move(session, request_id=request_id, to=RequestState.IN_REVIEW, by=scope, reviewer_id=scope.employee_id)


def approve(
    session: Session, scope: EmployeeScope, *, request_id: int, tenant_id: int, tenancy_ids: Collection[int]
) -> str:
    """Open the account of the tenant the request was matched to and write the mail with the credentials; its identifier.

    Each tenancy has to be that tenant's, served by the employee's districts, and in force today: that is the check of
    title, and its day is kept. Raises NotFoundError, RequestMovedError, HasAccountError, InvalidInputError (`tenancies`).
    """
    request = _to_decide(session, scope, request_id)
    if request.state != RequestState.IN_REVIEW:
        raise RequestMovedError
    tenant_no = _check_title(session, scope, tenant_id=tenant_id, tenancy_ids=tenancy_ids)
    if _has_account(session, tenant_id):
        raise HasAccountError(tenant_no)
    move(
        session,
        request_id=request_id,
        to=RequestState.APPROVED,
        by=scope,
        tenant_id=tenant_id,
        title_checked_on=today(),
        reviewer_id=scope.employee_id,
        decided_at=now(),
    )
    account = open_account(session, tenant_id=tenant_id, email=request.email)
    session.add_all(ActivationTenancy(request_id=request_id, tenancy_id=one) for one in sorted(set(tenancy_ids)))
    session.execute(update(ActivationRequest).where(ActivationRequest.id == request_id).values(account_id=account.id))
    send_initial_password(session, account, reason=f"request-{request_id}")
    return account.login


def ask_for_correction(session: Session, scope: EmployeeScope, *, request_id: int, message: str) -> None:
    """Ask the applicant to mend something; the clock stands until `resume`.

    Raises NotFoundError, RequestMovedError, InvalidInputError (field `message`).
    """
    request = _to_decide(session, scope, request_id)
    told = _message(message, required=True)
    move(session, request_id=request_id, to=RequestState.CORRECTION, by=scope, message=told, paused_on=today())
    # A request may be sent back more than once, and each time is a message of its own.
    _tell(session, request, "correction", key=f"correction-{now():%Y%m%d%H%M%S%f}", message=told)


def resume(session: Session, scope: EmployeeScope, *, request_id: int) -> None:
    """Go on with a request that was mended; its deadline moves by the days the clock stood.

    Raises NotFoundError, RequestMovedError.
    """
    request = _to_decide(session, scope, request_id)
    if request.state != RequestState.CORRECTION:
        raise RequestMovedError
    move(
        session,
        request_id=request_id,
        to=RequestState.IN_REVIEW,
        by=scope,
        reviewer_id=scope.employee_id,
        message=None,
    )
    _start_clock_again(session, request)


def reject(session: Session, scope: EmployeeScope, *, request_id: int, reason: RejectReason, message: str = "") -> None:
    """Refuse a request with a reason from the list and, where wanted, a message (needed with `other`).

    Raises NotFoundError, RequestMovedError, InvalidInputError (field `message`).
    """
    request = _to_decide(session, scope, request_id)
    paused = request.state == RequestState.CORRECTION
    told = _message(message, required=reason is RejectReason.OTHER)
    move(
        session,
        request_id=request_id,
        to=RequestState.REJECTED,
        by=scope,
        reject_code=reason,
        message=told or None,
        reviewer_id=scope.employee_id,
        decided_at=now(),
    )
    if paused:
        _start_clock_again(session, request)
    _tell(session, request, "rejected", reason=REJECT_WORDS[reason], message=told)


def withdraw_for_applicant(session: Session, scope: EmployeeScope, *, request_id: int) -> None:
    """End an open request because the applicant asked the office to. Raises NotFoundError, RequestMovedError."""
    request = _to_decide(session, scope, request_id)
    move(session, request_id=request_id, to=RequestState.WITHDRAWN, by=scope)
    _tell(session, request, "withdrawn")


def transfer(session: Session, scope: EmployeeScope, *, request_id: int, district_id: int) -> None:
    """Hand an open request over to another district; state and clock stay as they are.

    Raises NotFoundError, RequestMovedError, InvalidInputError (field `district`).
    """
    request = _to_decide(session, scope, request_id)
    target = session.get(ServiceDistrict, district_id)
    if target is None or target.id == request.district_id:
        raise InvalidInputError("Wybierz inny rejon niż obecny.", field="district")
    source = request.district_id
    handed_over = changed_rows(
        session,
        update(ActivationRequest)
        .where(ActivationRequest.id == request_id, ActivationRequest.state.in_(OPEN))
        .values(district_id=target.id, reviewer_id=None),
    )
    if handed_over != 1:
        raise RequestMovedError
    record_by(
        session,
        scope,
        "request_transferred",
        object_kind="activation_request",
        object_id=request_id,
        details={"from": source, "to": target.id},
    )
    phone = f"tel. {target.phone}" if target.phone else None
    where = ", ".join(part for part in (target.name, target.address, phone) if part)
    _tell(session, request, "transferred", key=f"transferred-{now():%Y%m%d%H%M%S%f}", where=where)


def reissue(session: Session, scope: EmployeeScope, *, request_id: int) -> bool:
    """Mail a new initial password to whom this request made an account; the one before is dead at once.

    False when such a message waits to be sent already. Raises NotFoundError, RequestMovedError for a request without an
    account, else as `reissue_initial_password`.
    """
    request = _to_decide(session, scope, request_id)
    if request.state not in WITH_ACCOUNT or request.account_id is None:
        raise RequestMovedError
    return reissue_initial_password(session, scope, account_id=request.account_id)


def _to_decide(session: Session, scope: EmployeeScope, request_id: int) -> ActivationRequest:
    require_live(session, scope, Permission.REVIEW_REQUESTS)
    return own_request(session, scope, request_id, lock=True)


def _check_title(session: Session, scope: EmployeeScope, *, tenant_id: int, tenancy_ids: Collection[int]) -> str:
    """The number of the tenant, who is locked: of two requests of one tenant approved at once, one finds the account."""
    day = today()
    tenant_no = session.scalar(select(Tenant.tenant_no).where(Tenant.id == tenant_id).with_for_update())
    chosen = session.scalars(
        select(Tenancy).where(Tenancy.id.in_(tenancy_ids), Tenancy.tenant_id == tenant_id, served_by(scope, day=day))
    ).all()
    if tenant_no is None or len(chosen) < len(set(tenancy_ids)):
        raise NotFoundError("Nie ma takiej umowy tego najemcy w Twoim rejonie.")
    if not chosen:
        raise InvalidInputError("Wybierz co najmniej jedną umowę.", field="tenancies")
    for tenancy in chosen:
        if tenancy.valid_from > day or (tenancy.valid_to is not None and tenancy.valid_to < day):
            raise InvalidInputError(
                f"Umowa {tenancy.tenancy_no} dziś nie obowiązuje, więc nie daje tytułu do konta.", field="tenancies"
            )
    return tenant_no


def _has_account(session: Session, tenant_id: int) -> bool:
    kept = select(PortalAccount.id).where(
        PortalAccount.tenant_id == tenant_id, PortalAccount.state != AccountState.CLOSED
    )
    return session.scalar(kept) is not None


def _start_clock_again(session: Session, request: ActivationRequest) -> None:
    """Reckon the deadline anew from the whole history, this pause with it: shifts do not add up from working days."""
    steps = session.execute(
        select(ActivationStep.at, ActivationStep.state)
        .where(ActivationStep.request_id == request.id)
        .order_by(ActivationStep.id)
    ).all()
    if request.filed_on is None:
        return
    paused = days_paused([(at, state) for at, state in steps], through=today())
    session.execute(
        update(ActivationRequest)
        .where(ActivationRequest.id == request.id)
        .values(paused_on=None, deadline_on=deadline_for(request.filed_on, paused=paused))
    )


def _message(text: str, *, required: bool) -> str:
    told = text.strip()
    if required and not told:
        raise InvalidInputError("Napisz wnioskodawcy, o co chodzi.", field="message")
    if len(told) > LONGEST_MESSAGE:
        raise InvalidInputError(f"Skróć wiadomość do {LONGEST_MESSAGE} znaków.", field="message")
    return told


def _tell(session: Session, request: ActivationRequest, template: str, *, key: str = "", **words: str) -> None:
    enqueue(
        session,
        key=f"request-{request.id}-{key or template}",
        template=template,
        recipient=request.email,
        parameters={"number": request.number, "name": request.name, **words},
    )
