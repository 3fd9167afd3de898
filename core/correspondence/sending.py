"""A batch goes out: asked first, in one transaction; and is recalled as far as nobody has opened it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record, record_by
from core.audit.models import Actor
from core.clock import now
from core.correspondence.models import Letter, LetterBatch, LetterBatchState
from core.correspondence.reach import require_own_batch
from core.correspondence.telling import tell_of_batch, untell_batch
from core.db import changed_rows
from core.errors import InvalidInputError

SEND, RECALL = "send_letters", "recall_letters"
UNSENT_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SendingQuestion:
    """What is asked before sending: letters to tenants, letters without one, and the token of the answer."""

    matched: int
    unmatched: int
    token: str


@dataclass(frozen=True, slots=True)
class RecallQuestion:
    """What is asked before recalling: how many would go, how many stay because they were opened."""

    unopened: int
    opened: int
    token: str


def ask_sending(session: Session, scope: EmployeeScope, *, batch_id: int) -> SendingQuestion:
    """Count a checked batch and mint the token. Raises NotFoundError, and InvalidInputError for one in another state."""
    require_live(session, scope, Permission.SEND_LETTERS)
    batch = require_own_batch(session, scope, batch_id)
    if batch.state != LetterBatchState.CHECKED:
        raise InvalidInputError(
            "Tej paczki nie można wysłać: jest już wysłana albo odrzucona, albo jej pisma jeszcze powstają."
        )
    matched, unmatched = _counts(session, batch_id)
    token = mint_confirmation(session, scope, purpose=SEND, object_id=f"{batch_id}:{matched}:{unmatched}")
    return SendingQuestion(matched, unmatched, token)


def send_batch(session: Session, scope: EmployeeScope, *, batch_id: int, token: str) -> int:
    """Show the letters to their tenants and tell them; how many. The unmatched go to their queue.

    A letter that its tenant has got from elsewhere in the meantime is left out. Raises NotFoundError,
    ConfirmationUsedError, InvalidInputError.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    batch = require_own_batch(session, scope, batch_id)
    matched, unmatched = _counts(session, batch_id)
    use_confirmation(session, scope, purpose=SEND, object_id=f"{batch_id}:{matched}:{unmatched}", token=token)
    checked = (LetterBatch.id == batch.id) & (LetterBatch.state == LetterBatchState.CHECKED)
    values = {"state": LetterBatchState.SENT, "sent_at": now()}
    if changed_rows(session, update(LetterBatch).where(checked).values(values)) != 1:
        raise InvalidInputError("Ktoś już wysłał albo odrzucił tę paczkę.")
    repeated = _drop_repeated(session, batch_id)
    shown = (Letter.batch_id == batch_id) & Letter.tenant_id.is_not(None)
    sent = changed_rows(session, update(Letter).where(shown).values(visible_at=now()))
    if repeated:
        left = {"letters": LetterBatch.letters - repeated, "repeated": LetterBatch.repeated + repeated}
        session.execute(update(LetterBatch).where(LetterBatch.id == batch_id).values(left))
    tell_of_batch(session, batch_id=batch_id)
    record_by(
        session, scope, "letters_sent", object_kind="letter_batch", object_id=batch_id,
        details={"letters": sent, "unmatched": unmatched},
    )  # fmt: skip
    return sent


def discard_batch(session: Session, scope: EmployeeScope, *, batch_id: int) -> None:
    """Throw away what was not sent, letters and all. Raises NotFoundError, and InvalidInputError for what was."""
    require_live(session, scope, Permission.SEND_LETTERS)
    batch = require_own_batch(session, scope, batch_id)
    unsent = (LetterBatch.id == batch.id) & LetterBatch.state.not_in(
        (LetterBatchState.SENT, LetterBatchState.DISCARDED)
    )
    if changed_rows(session, update(LetterBatch).where(unsent).values(state=LetterBatchState.DISCARDED)) != 1:
        raise InvalidInputError("Tej paczki nie można odrzucić: jest już wysłana albo odrzucona.")
    session.execute(delete(Letter).where(Letter.batch_id == batch_id))
    record_by(session, scope, "letters_discarded", object_kind="letter_batch", object_id=batch_id)


def discard_forgotten_batches(session: Session) -> int:
    """Throw away what nobody has sent for long; how many batches."""
    unsent = LetterBatch.state.in_((LetterBatchState.CHECKED, LetterBatchState.PAUSED))
    old = session.scalars(select(LetterBatch.id).where(unsent, LetterBatch.created_at < now() - UNSENT_KEPT)).all()
    for batch_id in old:
        session.execute(update(LetterBatch).where(LetterBatch.id == batch_id).values(state=LetterBatchState.DISCARDED))
        session.execute(delete(Letter).where(Letter.batch_id == batch_id))
        record(session, actor=Actor.SYSTEM, action="letters_discarded", object_kind="letter_batch", object_id=batch_id)
    return len(old)


def ask_recall(session: Session, scope: EmployeeScope, *, batch_id: int) -> RecallQuestion:
    """Count what of a sent batch can be recalled and mint the token. Raises NotFoundError, InvalidInputError for nothing."""
    require_live(session, scope, Permission.SEND_LETTERS)
    require_own_batch(session, scope, batch_id)
    unopened = session.scalar(select(func.count()).where(*_unopened(batch_id))) or 0
    opened = session.scalar(select(func.count()).where(Letter.batch_id == batch_id, Letter.opened_at.is_not(None))) or 0
    if not unopened:
        raise InvalidInputError("Nie ma czego wycofać: wszystkie pisma z tej paczki otwarto albo już wycofano.")
    token = mint_confirmation(session, scope, purpose=RECALL, object_id=batch_id)
    return RecallQuestion(unopened, opened, token)


def recall_batch(session: Session, scope: EmployeeScope, *, batch_id: int, token: str) -> int:
    """Take back every letter of the batch that is unopened at this moment, the unmatched too; how many tenants lose one.

    What was opened stays with its record. Raises NotFoundError, ConfirmationUsedError.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    require_own_batch(session, scope, batch_id)
    use_confirmation(session, scope, purpose=RECALL, object_id=batch_id, token=token)
    taken = changed_rows(session, update(Letter).where(*_unopened(batch_id)).values(recalled_at=now()))
    waiting = (Letter.batch_id == batch_id) & Letter.tenant_id.is_(None) & Letter.put_aside_at.is_(None)
    session.execute(update(Letter).where(waiting).values(put_aside_at=now()))
    untell_batch(session, batch_id=batch_id)
    record_by(
        session, scope, "letters_recalled", object_kind="letter_batch", object_id=batch_id, details={"letters": taken}
    )
    return taken


def _counts(session: Session, batch_id: int) -> tuple[int, int]:
    matched = func.count(Letter.tenant_id)
    row = session.execute(select(matched, func.count() - matched).where(Letter.batch_id == batch_id)).one()
    return row[0], row[1]


def _drop_repeated(session: Session, batch_id: int) -> int:
    there = aliased(Letter)
    same = exists().where(
        there.tenant_id == Letter.tenant_id,
        there.sha256 == Letter.sha256,
        there.visible_at.is_not(None),
        there.recalled_at.is_(None),
    )
    return changed_rows(session, delete(Letter).where(Letter.batch_id == batch_id, same))


def _unopened(batch_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Letter.batch_id == batch_id,
        Letter.visible_at.is_not(None),
        Letter.opened_at.is_(None),
        Letter.recalled_at.is_(None),
    )
