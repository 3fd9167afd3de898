"""What the office sees of correspondence: batches with how far each has got, one of them whole, and its letters."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import ColumnElement, Select, case, exists, func, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount
from core.accounts.reach import served_tenant, tenants_of
from core.audit.views import Purpose, note_views
from core.correspondence.certificate import certificate_pdf
from core.correspondence.filing import Refusal
from core.correspondence.kinds import LetterKind
from core.correspondence.matching import Doubt
from core.correspondence.models import BatchSource, Letter, LetterBatch, LetterBatchState
from core.correspondence.own import file_name_of, opening_of
from core.correspondence.reach import NO_SUCH_LETTER, require_own_batch, within_reach
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.registry.models import Tenant

BATCHES_SHOWN = 200
LETTERS_A_PAGE = 40
SHORTEST = 3  # signs of a search


class LetterFilter(StrEnum):
    """Which letters of a batch to list."""

    ALL = "all"
    UNMATCHED = "unmatched"
    UNOPENED = "unopened"
    OPENED = "opened"
    WITHOUT_ACCOUNT = "without_account"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """Letters of a batch by what became of them; before it is sent, only the first three say something."""

    letters: int
    matched: int
    without_account: int  # of the matched: their tenants have no account in the portal
    opened: int
    unopened: int  # seen by their tenant's eyes if they came
    recalled: int


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch in the list."""

    batch_id: int
    source: BatchSource
    state: LetterBatchState
    name: str
    created_at: datetime
    sent_at: datetime | None
    made: int  # of a batch that is written here: PDFs that are there
    counts: BatchCounts


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One batch with what a look before sending needs."""

    line: BatchLine
    repeated: int
    refusals: tuple[Refusal, ...]
    kind: LetterKind | None  # with title and body: of a batch that is written here
    title: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter in the office's list; without a tenant `doubt` says why."""

    letter_id: int
    file_name: str
    tenant_no: str
    tenant: str
    has_account: bool
    doubt: Doubt | None
    kind: LetterKind
    letter_no: str
    dated: date
    title: str
    opened_at: datetime | None
    recalled_at: datetime | None
    put_aside: bool  # nobody's
    visible: bool  # its tenant could open it
    written: bool  # its PDF is there


def letter_batches(session: Session, scope: EmployeeScope) -> list[BatchLine]:
    """Batches in the employee's reach, the newest first; what was discarded is not among them."""
    require_live(session, scope, Permission.SEND_LETTERS)
    kept = LetterBatch.state != LetterBatchState.DISCARDED
    batches = session.scalars(
        select(LetterBatch).where(kept).order_by(LetterBatch.id.desc()).limit(BATCHES_SHOWN)
    ).all()
    own = [one for one in batches if within_reach(scope, one)]
    counts = _counts(session, [one.id for one in own])
    return [_line(one, counts.get(one.id, _NOTHING)) for one in own]


def batch_file(session: Session, scope: EmployeeScope, *, batch_id: int) -> BatchFile:
    """One batch. Raises NotFoundError for one beyond the employee's districts."""
    require_live(session, scope, Permission.SEND_LETTERS)
    batch = require_own_batch(session, scope, batch_id)
    return BatchFile(
        line=_line(batch, _counts(session, [batch.id]).get(batch.id, _NOTHING)),
        repeated=batch.repeated,
        refusals=tuple(Refusal(**one) for one in json.loads(batch.refusals)),
        kind=LetterKind(batch.kind) if batch.kind else None,
        title=batch.title,
        body=batch.body,
    )


def letters_of_batch(
    session: Session, scope: EmployeeScope, *, batch_id: int, only: LetterFilter = LetterFilter.ALL, page: int = 1
) -> tuple[list[LetterLine], int]:
    """One page of a batch's letters and the number of pages (at least 1), the unmatched first. Raises NotFoundError."""
    require_live(session, scope, Permission.SEND_LETTERS)
    require_own_batch(session, scope, batch_id)
    where = (Letter.batch_id == batch_id, _only(only))
    number = session.scalar(select(func.count()).select_from(Letter).where(*where)) or 0
    pages = max(1, -(-number // LETTERS_A_PAGE))
    rows = session.execute(
        _letters()
        .where(*where)
        .order_by(Letter.tenant_id.is_not(None), Letter.file_name, Letter.id)
        .limit(LETTERS_A_PAGE)
        .offset((max(1, min(page, pages)) - 1) * LETTERS_A_PAGE)
    )
    return [_letter(one, tenant, has) for one, tenant, has in rows], pages


def letters_of_tenant(session: Session, scope: EmployeeScope, *, tenant_id: int) -> list[LetterLine]:
    """A tenant's letters as the office sees them, the newest first. Raises NotFoundError for a tenant of others."""
    require_live(session, scope, Permission.SEND_LETTERS)
    served_tenant(session, scope, tenant_id=tenant_id)
    rows = session.execute(
        _letters()
        .where(Letter.tenant_id == tenant_id, Letter.visible_at.is_not(None))
        .order_by(Letter.visible_at.desc(), Letter.id.desc())
    ).all()
    note_views(session, scope, tenants=[tenant_id], purpose=Purpose.LETTER)
    return [_letter(one, tenant, has) for one, tenant, has in rows]


def find_letters(session: Session, scope: EmployeeScope, *, text: str, most: int) -> list[LetterLine]:
    """Sent letters to the employee's tenants whose number, title or file's name holds all words, the newest first."""
    require_live(session, scope, Permission.SEND_LETTERS)
    words = text.replace("\0", "").split()
    if not words or sum(map(len, words)) < SHORTEST:
        return []
    named = Letter.title + " " + Letter.letter_no + " " + Letter.file_name
    rows = session.execute(
        _letters()
        .where(Letter.visible_at.is_not(None), tenants_of(scope))
        .where(*(named.icontains(word, autoescape=True) for word in words))
        .order_by(Letter.id.desc())
        .limit(most)
    )
    return [_letter(one, tenant, has) for one, tenant, has in rows]


def letter_file_served(session: Session, scope: EmployeeScope, *, letter_id: int) -> tuple[str, Path]:
    """Name and place of the PDF of a letter in the employee's reach; the look is noted. Raises NotFoundError."""
    require_live(session, scope, Permission.SEND_LETTERS)
    letter = _served(session, scope, letter_id)
    if letter.sha256 is None:
        raise NotFoundError("To pismo nie jest jeszcze gotowe.")
    note_views(session, scope, tenants=[letter.tenant_id], purpose=Purpose.LETTER)
    return file_name_of(letter), kept_file(letter.sha256)


def certificate_served(session: Session, scope: EmployeeScope, *, letter_id: int) -> bytes:
    """The certificate of opening of a letter in the employee's reach. Raises NotFoundError, also for an unopened one."""
    require_live(session, scope, Permission.SEND_LETTERS)
    letter = _served(session, scope, letter_id)
    note_views(session, scope, tenants=[letter.tenant_id], purpose=Purpose.LETTER)
    return certificate_pdf(opening_of(session, letter))


def has_account() -> ColumnElement[bool]:
    """SQL condition over Letter: its tenant has an account in the portal."""
    return exists().where(PortalAccount.tenant_id == Letter.tenant_id, PortalAccount.state != AccountState.CLOSED)


def unopened() -> ColumnElement[bool]:
    """SQL condition over Letter: its tenant could open it and has not."""
    return Letter.visible_at.is_not(None) & Letter.opened_at.is_(None) & Letter.recalled_at.is_(None)


_NOTHING = BatchCounts(0, 0, 0, 0, 0, 0)


def _counts(session: Session, batch_ids: Sequence[int]) -> dict[int, BatchCounts]:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    matched = Letter.tenant_id.is_not(None)
    rows = session.execute(
        select(
            Letter.batch_id,
            func.count(),
            counted(matched),
            counted(matched & ~has_account()),
            counted(Letter.opened_at.is_not(None)),
            counted(unopened()),
            counted(Letter.recalled_at.is_not(None)),
        )
        .where(Letter.batch_id.in_(batch_ids))
        .group_by(Letter.batch_id)
    )
    return {batch: BatchCounts(*(int(one or 0) for one in numbers)) for batch, *numbers in rows}


def _line(one: LetterBatch, counts: BatchCounts) -> BatchLine:
    return BatchLine(
        batch_id=one.id,
        source=BatchSource(one.source),
        state=LetterBatchState(one.state),
        name=one.name,
        created_at=one.created_at,
        sent_at=one.sent_at,
        made=one.made,
        counts=counts,
    )


def _letters() -> Select[Letter, Tenant, bool]:
    return select(Letter, Tenant, has_account()).outerjoin(Tenant, Tenant.id == Letter.tenant_id)


def _only(which: LetterFilter) -> ColumnElement[bool]:
    return {
        LetterFilter.ALL: true(),
        LetterFilter.UNMATCHED: Letter.tenant_id.is_(None),
        LetterFilter.UNOPENED: unopened(),
        LetterFilter.OPENED: Letter.opened_at.is_not(None),
        LetterFilter.WITHOUT_ACCOUNT: Letter.tenant_id.is_not(None) & ~has_account(),
        LetterFilter.RECALLED: Letter.recalled_at.is_not(None),
    }[which]


def _letter(one: Letter, tenant: Tenant | None, has: bool) -> LetterLine:
    return LetterLine(
        letter_id=one.id,
        file_name=one.file_name,
        tenant_no=tenant.tenant_no if tenant else "",
        tenant=tenant.name if tenant else "",
        has_account=bool(has),
        doubt=Doubt(one.doubt) if one.doubt and tenant is None else None,
        kind=LetterKind(one.kind),
        letter_no=one.letter_no,
        dated=one.dated,
        title=one.title,
        opened_at=one.opened_at,
        recalled_at=one.recalled_at,
        put_aside=one.put_aside_at is not None,
        visible=one.visible_at is not None,
        written=one.sha256 is not None,
    )


def _served(session: Session, scope: EmployeeScope, letter_id: int) -> Letter:
    """A letter of a batch in reach, or to a tenant in reach."""
    found = session.execute(
        select(Letter, LetterBatch, Tenant.id)
        .join(LetterBatch, LetterBatch.id == Letter.batch_id)
        .outerjoin(Tenant, (Tenant.id == Letter.tenant_id) & tenants_of(scope))
        .where(Letter.id == letter_id)
    ).first()
    if found is None or not (within_reach(scope, found[1]) or found[2] is not None):
        raise NotFoundError(NO_SUCH_LETTER)
    letter: Letter = found[0]
    return letter
