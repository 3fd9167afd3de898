"""Letters whose tenant is not known: a clerk says whose each is, or puts it aside."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.reach import tenants_of
from core.audit.events import record_by
from core.clock import now, today
from core.correspondence.kinds import LetterKind
from core.correspondence.matching import Doubt
from core.correspondence.models import Letter, LetterBatch, LetterBatchState
from core.correspondence.reach import NO_SUCH_LETTER, within_reach
from core.correspondence.telling import tell_of_letter
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError
from core.registry.models import Tenancy, Tenant
from core.registry.queries import served_by

SHOWN = 200


@dataclass(frozen=True, slots=True)
class UnmatchedLetter:
    """One letter of a sent batch that waits for its tenant."""

    letter_id: int
    batch: str
    file_name: str
    doubt: Doubt
    kind: LetterKind
    title: str
    dated: date
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whose number was typed."""

    tenant_id: int
    tenancy_id: int | None
    tenant_no: str
    name: str


def unmatched_letters(session: Session, scope: EmployeeScope) -> list[UnmatchedLetter]:
    """The queue in the employee's reach, the oldest first, at most `SHOWN`."""
    require_live(session, scope, Permission.SEND_LETTERS)
    rows = session.execute(_waiting().order_by(Letter.id)).all()
    own = [(letter, batch) for letter, batch in rows if within_reach(scope, batch)]
    return [
        UnmatchedLetter(
            letter_id=letter.id,
            batch=batch.name,
            file_name=letter.file_name,
            doubt=Doubt(letter.doubt or Doubt.NO_NUMBER),
            kind=LetterKind(letter.kind),
            title=letter.title,
            dated=letter.dated,
            sent_at=batch.sent_at or batch.created_at,
        )
        for letter, batch in own[:SHOWN]
    ]


def addressee_of(session: Session, scope: EmployeeScope, *, number: str) -> Addressee:
    """Whose number of tenant or tenancy it is, so that the clerk sees the name first.

    Raises InvalidInputError (field `number`) for a number of nobody in the employee's districts.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    wanted = number.strip()
    if not wanted:
        raise InvalidInputError("Wpisz numer najemcy albo umowy.", field="number")
    by_tenancy = session.execute(
        select(Tenant, Tenancy.id)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .where(Tenancy.tenancy_no == wanted, served_by(scope, day=today()))
    ).first()
    if by_tenancy is not None:
        tenant, tenancy_id = by_tenancy
        return Addressee(tenant.id, tenancy_id, tenant.tenant_no, tenant.name)
    found = session.scalar(select(Tenant).where(Tenant.tenant_no == wanted, tenants_of(scope)))
    if found is None:
        raise InvalidInputError(
            "Nie ma takiego numeru najemcy ani umowy w Twoim rejonie. Sprawdź numer.", field="number"
        )
    return Addressee(found.id, None, found.tenant_no, found.name)


def assign_letter(session: Session, scope: EmployeeScope, *, letter_id: int, number: str) -> Addressee:
    """Give a waiting letter to whose number it is; they see it at once and are told.

    Raises NotFoundError, and InvalidInputError (field `number`) for an unknown number or one whose tenant has this very
    letter already.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    letter = _own(session, scope, letter_id)
    addressee = addressee_of(session, scope, number=number)
    has = select(Letter.id).where(
        Letter.tenant_id == addressee.tenant_id,
        Letter.sha256 == letter.sha256,
        Letter.visible_at.is_not(None),
        Letter.recalled_at.is_(None),
    )
    if session.scalar(has) is not None:
        raise InvalidInputError("Ten najemca ma już to pismo. Odłóż je, jeśli to pomyłka.", field="number")
    values = {"tenant_id": addressee.tenant_id, "tenancy_id": addressee.tenancy_id, "visible_at": now()}
    if changed_rows(session, update(Letter).where(Letter.id == letter.id, *_STILL).values(values)) != 1:
        raise NotFoundError(NO_SUCH_LETTER)
    tell_of_letter(session, letter_id=letter_id, tenant_id=addressee.tenant_id)
    record_by(
        session, scope, "letter_assigned", object_kind="letter", object_id=letter_id,
        details={"tenant_id": addressee.tenant_id},
    )  # fmt: skip
    return addressee


def put_letter_aside(session: Session, scope: EmployeeScope, *, letter_id: int) -> None:
    """Take a waiting letter off the queue for good: it is nobody's. Raises NotFoundError."""
    require_live(session, scope, Permission.SEND_LETTERS)
    letter = _own(session, scope, letter_id)
    if changed_rows(session, update(Letter).where(Letter.id == letter.id, *_STILL).values(put_aside_at=now())) != 1:
        raise NotFoundError(NO_SUCH_LETTER)
    record_by(session, scope, "letter_put_aside", object_kind="letter", object_id=letter_id)


_STILL: tuple[ColumnElement[bool], ...] = (Letter.tenant_id.is_(None), Letter.put_aside_at.is_(None))
_WAITS: tuple[ColumnElement[bool], ...] = (*_STILL, LetterBatch.state == LetterBatchState.SENT)


def _waiting() -> Select[Letter, LetterBatch]:
    return select(Letter, LetterBatch).join(LetterBatch, LetterBatch.id == Letter.batch_id).where(*_WAITS)


def _own(session: Session, scope: EmployeeScope, letter_id: int) -> Letter:
    found = session.execute(_waiting().where(Letter.id == letter_id)).first()
    if found is None or not within_reach(scope, found[1]):
        raise NotFoundError(NO_SUCH_LETTER)
    letter: Letter = found[0]
    return letter
