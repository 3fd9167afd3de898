"""Killed at any moment, an import leaves all of a batch or nothing, and the batch says which."""

import random

import pytest
from sqlalchemy import ColumnElement, select

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState, ImportBatch
from core.imports.invariants import broken_invariants
from core.imports.undo import undo_batch
from tests.core.imports.files import CITY, count_entries, load_city
from tests.core.imports.killing import run_and_kill
from tests.repeats import repeats, sampled

KILLS = repeats(20, sample=5)


def _run(kill_after: float | None) -> float:
    """Load the ledger in a process of its own; kill it after so many seconds. Returns how long it ran."""
    return run_and_kill("tests.core.imports.loader", str(CITY / "kartoteka.csv"), after=kill_after)


@sampled
@pytest.mark.timeout(600)
def test_import_killed_at_random_is_all_or_nothing(database: str) -> None:
    load_city(ledger=False)
    chance = random.Random(7)
    whole = _run(None)
    full = count_entries()
    assert full > 16_000
    seen = set()
    for nth in range(KILLS):
        with db.transaction() as session:
            done = session.scalar(select(ImportBatch.id).where(ImportBatch.state == BatchState.COMMITTED, _ledger()))
            if done is not None:
                undo_batch(session, operator_scope(), batch_id=done)
        _run((nth + chance.random()) / KILLS * whole * 1.1)  # one in each stretch of the time it takes
        with db.transaction() as session:
            last = session.scalars(select(ImportBatch).where(_ledger()).order_by(ImportBatch.id.desc())).first()
            assert last is not None
            assert broken_invariants(session, operator_scope()) == []
            entries = count_entries()
            assert entries == (full if last.state == BatchState.COMMITTED else 0)
            seen.add(last.state)
    assert BatchState.RECEIVED in seen


def _ledger() -> ColumnElement[bool]:
    return ImportBatch.kind == "ledger"
