"""A new e-mail address: the password asked, a code to the new address, a way to say "that was not me" at the old one.

Figures: the code has six digits, lives ten minutes and takes five tries; for 48 hours after the change the way back in still
goes to the old address, and as long its owner can refuse. A refusal undoes the change, locks the account and tells the office.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import TenantScope, require_live
from core.access.throttle import take_use
from core.accounts.locking import LockReason, lock_account
from core.accounts.models import AccountState, PortalAccount
from core.accounts.own_passwords import confirm_password
from core.audit.events import record, record_by
from core.audit.models import Actor
from core.clock import now, today
from core.contact.models import ChangeState, ContactChange, ContactKind, NothingUnderWayError
from core.db import changed_rows, reading, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.outbox.sending import enqueue
from core.registry.contacts import normal_email
from core.registry.models import ServiceDistrict
from core.registry.queries import districts_of_tenant

CODE_LIFE = timedelta(minutes=10)
TRIES = 5
FORMER_KEPT = timedelta(hours=48)
ASKED_AT_MOST = 5  # changes in ASKED_WINDOW
ASKED_WINDOW = timedelta(hours=1)
REFUSALS_AT_MOST = 20  # of one network
FROZEN = (
    "Zmiana adresu e-mail jest wstrzymana, bo właściciel poprzedniego adresu zgłosił, że to nie on ją zlecił. "
    "Zadzwoń do swojego Rejonu Obsługi Najemców."
)


class CodeError(InvalidInputError):
    """The code is wrong, used up or too old; the message says which and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="code")


class RefusalLinkDeadError(DomainError):
    """The link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__(
            "Ten odnośnik już nie działa: był użyty albo od zmiany minęły 48 godzin. Jeśli to nie Ty zmieniasz adres, "
            "zadzwoń do swojego Rejonu Obsługi Najemców."
        )


def ask_email_change(scope: TenantScope, *, email: str, current: str, network: str = "") -> None:
    """Begin a change: the code goes to the new address, a warning with a link to the old one. Opens its own transactions.

    An earlier change under way is void. Raises InvalidInputError (fields `email`, `current`), TooManyAttemptsError,
    TooManyUsesError, and DomainError while a change is frozen.
    """
    new = normal_email(email.strip())
    with reading() as session:
        require_live(session, scope)
        _refuse_frozen(session, scope.tenant_id)
        if session.get_one(PortalAccount, scope.account_id).email == new:
            raise InvalidInputError("To jest Twój obecny adres e-mail.", field="email")
    confirm_password(scope, current=current, network=network)
    with transaction() as session:
        require_live(session, scope)
        take_use(session, purpose="email_change", key=str(scope.account_id), limit=ASKED_AT_MOST, window=ASKED_WINDOW)
        _refuse_frozen(session, scope.tenant_id)
        _void_open(session, scope.tenant_id)
        account = session.get_one(PortalAccount, scope.account_id)
        old = account.email or ""
        change = ContactChange(
            tenant_id=scope.tenant_id, kind=ContactKind.EMAIL, state=ChangeState.ASKED, old=old, new=new, asked_at=now()
        )
        session.add(change)
        session.flush()
        asked = {"change_id": str(change.id)}
        enqueue(session, key=f"email-code-{change.id}", template="email_code", recipient=new, parameters=asked)
        # Of two changes in a row the second warns the first address: the one between may be a thief's.
        if warned := account.recovery_email(now()):
            warning = {**asked, "new": _hidden(new)}
            enqueue(
                session, key=f"email-old-{change.id}", template="email_warning", recipient=warned, parameters=warning
            )
        record_by(session, scope, "email_change_asked", object_kind="contact_change", object_id=change.id)


def confirm_email_change(scope: TenantScope, *, code: str) -> bool:
    """Put the new address in force; returns whether other accounts have it too, so that its owner can be told.

    The try is on record before the code is looked at. Opens its own transactions. Raises CodeError, NothingUnderWayError.
    """
    with transaction() as session:
        require_live(session, scope)
        change = _asked(session, scope.tenant_id)
        if change.code_hash is None or change.code_until is None:
            raise CodeError("Wiadomość z kodem jest jeszcze w drodze. Poczekaj chwilę i wpisz kod, który przyjdzie.")
        if change.code_until <= now():
            raise CodeError("Minęło 10 minut i kod już nie działa. Zacznij zmianę od nowa.")
        one_more = (ContactChange.id == change.id) & (ContactChange.tries < TRIES)
        if changed_rows(session, update(ContactChange).where(one_more).values(tries=ContactChange.tries + 1)) != 1:
            raise CodeError("Pięć razy podano zły kod. Zacznij zmianę od nowa.")
        change_id, expected, left = change.id, change.code_hash, TRIES - change.tries
    typed = "".join(sign for sign in code if sign in "0123456789")
    if not hmac.compare_digest(_code_hash(change_id, typed), expected):
        raise CodeError(
            f"To nie jest ten kod. Sprawdź wiadomość i spróbuj ponownie (pozostałe próby: {left})."
            if left
            else "Pięć razy podano zły kod. Zacznij zmianę od nowa."
        )
    with transaction() as session:
        require_live(session, scope)
        return _put_in_force(session, scope, change_id)


def cancel_email_change(session: Session, scope: TenantScope) -> None:
    """Take a change under way back. Raises NothingUnderWayError where there is none."""
    require_live(session, scope)
    change = _asked(session, scope.tenant_id)
    change.state, change.decided_at = ChangeState.VOID, now()
    session.flush()
    record_by(session, scope, "email_change_cancelled", object_kind="contact_change", object_id=change.id)


def new_email_code(session: Session, *, change_id: int) -> str:
    """Make the code of a change at the moment it is mailed; one made before is dead. Raises NotFoundError when it is over."""
    code = f"{secrets.randbelow(10**6):06d}"
    values = {"code_hash": _code_hash(change_id, code), "code_until": now() + CODE_LIFE}
    asked = (ContactChange.id == change_id) & (ContactChange.state == ChangeState.ASKED)
    if changed_rows(session, update(ContactChange).where(asked).values(values)) != 1:
        raise NotFoundError("Tej zmiany już nie ma.")
    return code


def new_refusal_token(session: Session, *, change_id: int) -> str:
    """Make the token of the link "to nie ja" at the moment it is mailed. Raises NotFoundError with nothing to refuse."""
    token = secrets.token_urlsafe(32)
    live = (ContactChange.id == change_id) & ContactChange.state.in_((ChangeState.ASKED, ChangeState.DONE))
    if changed_rows(session, update(ContactChange).where(live).values(refusal_hash=_hash(token))) != 1:
        raise NotFoundError("Tej zmiany już nie ma.")
    return token


def void_forgotten_changes(session: Session) -> int:
    """Make changes void whose code nobody has typed within two days; how many."""
    forgotten = (
        (ContactChange.kind == ContactKind.EMAIL)
        & (ContactChange.state == ChangeState.ASKED)
        & (ContactChange.asked_at < now() - FORMER_KEPT)
    )
    values = {"state": ChangeState.VOID, "decided_at": now()}
    return changed_rows(session, update(ContactChange).where(forgotten).values(values))


def refusable(session: Session, *, token: str) -> str:
    """The address, partly hidden, that a live link refuses, for its screen. Raises RefusalLinkDeadError."""
    return _hidden(_refusable(session, token).new)


def refuse_email_change(*, token: str, network: str = "") -> None:
    """Say of a change "that was not me": it is undone and frozen, the account locked, the office told.

    Opens its own transactions. Raises RefusalLinkDeadError, TooManyUsesError.
    """
    with transaction() as session:
        take_use(session, purpose="email_refusal", key=network, limit=REFUSALS_AT_MOST, window=ASKED_WINDOW)
    with transaction() as session:
        change = _refusable(session, token)
        frozen = (ContactChange.id == change.id) & (ContactChange.state == change.state)
        values = {"state": ChangeState.FROZEN, "decided_at": now(), "refusal_hash": None}
        account = session.scalars(
            select(PortalAccount).where(
                PortalAccount.tenant_id == change.tenant_id, PortalAccount.state != AccountState.CLOSED
            )
        ).first()
        if changed_rows(session, update(ContactChange).where(frozen).values(values)) != 1 or account is None:
            raise RefusalLinkDeadError
        account.email = account.recovery_email(now())
        account.former_email, account.former_email_until = None, None
        session.flush()
        _close_others(session, change)
        lock_account(session, realm=Realm.TENANT, subject_id=account.id, reason=LockReason.REFUSED, actor=Actor.PUBLIC)
        record(
            session,
            actor=Actor.PUBLIC,
            action="email_change_refused",
            object_kind="contact_change",
            object_id=change.id,
        )
        _tell_office(session, change)


def _put_in_force(session: Session, scope: TenantScope, change_id: int) -> bool:
    done = (ContactChange.id == change_id) & (ContactChange.state == ChangeState.ASKED)
    values = {"state": ChangeState.DONE, "decided_at": now()}
    if changed_rows(session, update(ContactChange).where(done).values(values)) != 1:
        raise NothingUnderWayError("Ta zmiana jest już zakończona. Odśwież stronę i sprawdź swój adres.")
    change = session.get_one(ContactChange, change_id, populate_existing=True)
    account = session.get_one(PortalAccount, scope.account_id, with_for_update=True)
    account.former_email, account.former_email_until = account.recovery_email(now()), now() + FORMER_KEPT
    account.email = change.new
    session.flush()
    record_by(session, scope, "email_changed", object_kind="contact_change", object_id=change_id)
    others = select(PortalAccount.id).where(
        PortalAccount.email == change.new, PortalAccount.id != account.id, PortalAccount.state != AccountState.CLOSED
    )
    return session.scalar(others.limit(1)) is not None


def _asked(session: Session, tenant_id: int) -> ContactChange:
    change = session.scalar(
        select(ContactChange).where(
            ContactChange.tenant_id == tenant_id,
            ContactChange.kind == ContactKind.EMAIL,
            ContactChange.state == ChangeState.ASKED,
        )
    )
    if change is None:
        raise NothingUnderWayError("Nie ma zmiany adresu e-mail w toku. Zacznij ją od nowa.")
    return change


def _refusable(session: Session, token: str) -> ContactChange:
    change = session.scalar(select(ContactChange).where(ContactChange.refusal_hash == _hash(token)))
    if change is None or change.state not in (ChangeState.ASKED, ChangeState.DONE):
        raise RefusalLinkDeadError
    if (change.decided_at or change.asked_at) <= now() - FORMER_KEPT:
        raise RefusalLinkDeadError
    return change


def _refuse_frozen(session: Session, tenant_id: int) -> None:
    frozen = select(ContactChange.id).where(
        ContactChange.tenant_id == tenant_id, ContactChange.state == ChangeState.FROZEN
    )
    if session.scalar(frozen.limit(1)) is not None:
        raise DomainError(FROZEN)


def _void_open(session: Session, tenant_id: int) -> None:
    session.execute(
        update(ContactChange)
        .where(
            ContactChange.tenant_id == tenant_id,
            ContactChange.kind == ContactKind.EMAIL,
            ContactChange.state == ChangeState.ASKED,
        )
        .values(state=ChangeState.VOID, decided_at=now())
    )


def _close_others(session: Session, refused: ContactChange) -> None:
    """No other change of this tenant goes on or is refused: its link may lie in the thief's mailbox."""
    of_tenant = (ContactChange.tenant_id == refused.tenant_id) & (ContactChange.id != refused.id)
    session.execute(update(ContactChange).where(of_tenant).values(refusal_hash=None))
    _void_open(session, refused.tenant_id)


def _tell_office(session: Session, change: ContactChange) -> None:
    offices = session.scalars(
        select(ServiceDistrict.email).where(
            ServiceDistrict.id.in_(districts_of_tenant(session, tenant_id=change.tenant_id, day=today())),
            ServiceDistrict.email.is_not(None),
        )
    ).all()
    for nth, office in enumerate(sorted({one for one in offices if one})):
        key = f"email-refused-{change.id}-{nth}"
        enqueue(
            session,
            key=key,
            template="email_refused_office",
            recipient=office,
            parameters={"change_id": str(change.id)},
        )


def _hidden(email: str) -> str:
    """`a…@poczta.pl`: enough to recognise one's own, too little to learn somebody's."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _code_hash(change_id: int, code: str) -> str:
    return _hash(f"{change_id}:{code}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
