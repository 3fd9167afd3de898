"""Letters are filed: each checked and kept under its hash, all of them rows of one batch that nobody sees yet."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import now
from core.correspondence.kinds import LetterKind
from core.correspondence.matching import Doubt, Match
from core.correspondence.models import BatchSource, Letter, LetterBatch, LetterBatchState
from core.correspondence.reach import written_within
from core.documents.pdfs import check_pdf
from core.documents.storage import keep_bytes
from core.errors import InvalidInputError

REFUSALS_KEPT = 500
_AT_ONCE = 500  # hashes asked about in one statement


@dataclass(frozen=True, slots=True)
class Paper:
    """One checked PDF, kept, with what is known of it."""

    file_name: str
    sha256: str
    size: int  # bytes
    pages: int
    match: Match | Doubt
    kind: LetterKind
    letter_no: str
    dated: date
    title: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken, and why (Polish)."""

    file_name: str
    reason: str


def keep_paper(content: bytes) -> tuple[str, int]:
    """Look into a PDF and keep it; its hash and number of pages. Raises InvalidInputError (field `file`)."""
    pages = check_pdf(content)
    return keep_bytes(content), pages


def file_batch(
    session: Session, scope: EmployeeScope, *, name: str, papers: Sequence[Paper], refusals: Sequence[Refusal]
) -> int:
    """Write a batch of papers, to be looked at and sent; returns its id.

    A letter that its tenant has already, here or from an earlier batch, is counted and left out. Raises InvalidInputError
    where nothing is left.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    fresh = _without_repeated(session, papers)
    if not fresh:
        raise InvalidInputError(_nothing_left(papers, refusals), field="files")
    batch = LetterBatch(
        source=BatchSource.UPLOAD,
        state=LetterBatchState.CHECKED,
        name=name,
        within=written_within(scope),
        created_at=now(),
        created_by=scope.employee_id,
        letters=len(fresh),
        repeated=len(papers) - len(fresh),
        refusals=json.dumps([asdict(one) for one in refusals[:REFUSALS_KEPT]], ensure_ascii=False),
    )
    session.add(batch)
    session.flush()
    session.execute(insert(Letter), [_row(batch.id, one) for one in fresh])
    return batch.id


def _nothing_left(papers: Sequence[Paper], refusals: Sequence[Refusal]) -> str:
    if papers:
        return "Wszystkie te pisma już są w portalu u tych samych najemców. Nie ma czego wysłać."
    first = refusals[0]
    return f"Żadnego z plików nie można przyjąć. {first.file_name}: {first.reason}"


def _without_repeated(session: Session, papers: Sequence[Paper]) -> list[Paper]:
    standing = _standing(session, {one.sha256 for one in papers})
    fresh = []
    for one in papers:
        key = (one.match.tenant_id if isinstance(one.match, Match) else None, one.sha256)
        if key not in standing:
            fresh.append(one)
            standing.add(key)
    return fresh


def _standing(session: Session, hashes: Iterable[str]) -> set[tuple[int | None, str]]:
    """Who has which of these letters; without a tenant: it waits in the queue of the unmatched."""
    wanted, found = sorted(hashes), set[tuple[int | None, str]]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = Letter.sha256.in_(wanted[start : start + _AT_ONCE])
        seen = Letter.visible_at.is_not(None) & Letter.recalled_at.is_(None)
        sent = LetterBatch.state == LetterBatchState.SENT
        waits = Letter.tenant_id.is_(None) & Letter.put_aside_at.is_(None) & sent
        rows = select(Letter.tenant_id, Letter.sha256).join(LetterBatch).where(some, seen | waits)
        found |= {(tenant, sha256 or "") for tenant, sha256 in session.execute(rows)}
    return found


def _row(batch_id: int, one: Paper) -> dict[str, object]:
    matched = isinstance(one.match, Match)
    return {
        "batch_id": batch_id,
        "tenant_id": one.match.tenant_id if isinstance(one.match, Match) else None,
        "tenancy_id": one.match.tenancy_id if isinstance(one.match, Match) else None,
        "doubt": None if matched else str(one.match),
        "file_name": one.file_name,
        "kind": one.kind,
        "letter_no": one.letter_no,
        "dated": one.dated,
        "title": one.title,
        "sha256": one.sha256,
        "size": one.size,
        "pages": one.pages,
    }
