"""The PDFs of letters that are written here, made by a program beside the apps: in pieces, by all processors, to be
stopped and gone on with at any moment.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from core.clock import now
from core.correspondence.kinds import LetterKind
from core.correspondence.merging import merged
from core.correspondence.models import Letter, LetterBatch, LetterBatchState
from core.correspondence.templates import LetterText, MergedLetter, SetLetter, set_letter
from core.db import changed_rows, reading, transaction
from core.documents.storage import keep_bytes

PIECE = 200  # letters between two looks at whether somebody has stopped it
LEASE = timedelta(minutes=5)  # a program that ended without a word is followed by another after this
FEW = 40  # so many are made at once without other processes, which take a second to start
Setter = Callable[[Iterable[MergedLetter]], Iterable[SetLetter]]


@dataclass(frozen=True, slots=True)
class _Piece:
    batch_id: int
    ids: tuple[int, ...]
    letters: tuple[MergedLetter, ...]


def any_to_make() -> bool:
    """Whether a batch waits for a program to make it."""
    with reading() as session:
        return bool(session.scalar(select(exists().where(_waits()))))


def make_letters(*, processes: int | None = None) -> int:
    """Make all letters that wait, batch after batch; how many were made. Opens transactions of its own.

    `processes`: how many beside this one; by default as many as there are processors, and none for a few letters.
    """
    made = 0
    with _setting(processes) as setter:
        while (batch_id := _claim()) is not None:
            while (done := _make_piece(batch_id, setter)) is not None:
                made += done
    return made


@contextmanager
def _setting(processes: int | None) -> Iterator[Setter]:
    number = _workers() if processes is None else processes
    if not number:
        yield lambda letters: map(set_letter, letters)
        return
    # Made anew and not forked: this process has threads and open connections.
    with ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=os.nice, initargs=(5,)) as pool:
        yield lambda letters: pool.map(set_letter, letters, chunksize=10)


def _workers() -> int:
    with reading() as session:
        some = session.scalars(select(Letter.id).join(LetterBatch).where(_waits(), Letter.sha256.is_(None)).limit(FEW))
        return (os.cpu_count() or 1) if len(some.all()) == FEW else 0


def _claim() -> int | None:
    with transaction() as session:
        for batch_id in session.scalars(select(LetterBatch.id).where(_waits()).order_by(LetterBatch.id)).all():
            mine = (LetterBatch.id == batch_id) & _waits()
            if changed_rows(session, update(LetterBatch).where(mine).values(leased_until=now() + LEASE)) == 1:
                return batch_id
    return None


def _waits() -> ColumnElement[bool]:
    free = or_(LetterBatch.leased_until.is_(None), LetterBatch.leased_until < now())
    return (LetterBatch.state == LetterBatchState.MAKING) & free


def _make_piece(batch_id: int, setter: Setter) -> int | None:
    """Make the next letters of a claimed batch; None once it is finished or was stopped."""
    with reading() as session:
        piece = _next_piece(session, batch_id)
    if piece is None:
        return None
    kept = [(keep_bytes(one.content), len(one.content), one.pages) for one in setter(piece.letters)]
    with transaction() as session:
        return _enter(session, piece, kept)


def _next_piece(session: Session, batch_id: int) -> _Piece | None:
    batch = session.get(LetterBatch, batch_id)
    if batch is None or batch.state != LetterBatchState.MAKING or batch.as_of is None:
        return None
    rows = session.execute(
        select(Letter.id, Letter.tenancy_id, Letter.letter_no)
        .where(Letter.batch_id == batch_id, Letter.sha256.is_(None))
        .order_by(Letter.id)
        .limit(PIECE)
    ).all()
    text = LetterText(LetterKind(batch.kind or LetterKind.OTHER), batch.title or "", batch.body or "")
    tenancies = [tenancy or 0 for _, tenancy, _ in rows]
    numbers = [number for _, _, number in rows]
    letters = merged(session, text, tenancies, numbers=numbers, as_of=batch.as_of) if rows else []
    return _Piece(batch_id, tuple(one for one, _, _ in rows), tuple(letters))


def _enter(session: Session, piece: _Piece, kept: Sequence[tuple[str, int, int]]) -> int | None:
    """Write down what was made, unless it was stopped or thrown away meanwhile."""
    going_on = (LetterBatch.id == piece.batch_id) & (LetterBatch.state == LetterBatchState.MAKING)
    if not piece.ids:
        ready = {"state": LetterBatchState.CHECKED, "leased_until": None}
        session.execute(update(LetterBatch).where(going_on).values(ready))
        return None
    values = {"leased_until": now() + LEASE, "made": LetterBatch.made + len(piece.ids)}
    if changed_rows(session, update(LetterBatch).where(going_on).values(values)) != 1:
        return None
    session.execute(
        update(Letter),
        [
            {"id": letter_id, "sha256": sha256, "size": size, "pages": pages}
            for letter_id, (sha256, size, pages) in zip(piece.ids, kept, strict=True)
        ],
    )
    return len(piece.ids)
