"""A model of overlapping imports and undos, driven by chance: the ledger is always what the remaining batches make."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.imports.invariants import broken_invariants
from core.imports.report import AlreadyLoadedError
from core.imports.undo import undo_batch
from tests.core.imports.files import ledger_lines, ledger_state, load_lines, load_registry
from tests.repeats import repeats, sampled

EXAMPLES, STEPS = repeats(40, sample=12), 40
_NUMBERED = [f"000{t};U/{t};D/{n};1;NAL;2026-10-01;;x;{n}0,00;" for t, n in ((1, 1), (1, 2), (2, 3), (2, 4), (3, 5))]
_UNNUMBERED = [f"000{t};U/{t};;;WPL;2026-10-0{n};;kasa;;{n},00" for t, n in ((1, 1), (2, 2))]
_STRANGERS = ["0009;U/9;D/9;1;WPL;2026-10-01;;x;;9,00", "0009;U/9;;;WPL;2026-10-01;;x;;8,00"]
ROWS = [*_NUMBERED, *_UNNUMBERED, *_STRANGERS]


def expected(batches: dict[int, list[str]]) -> dict[str, int]:
    """How often each row must stand: numbered ones once, others as often as the file that has most of them."""
    stands: dict[str, int] = {}
    for rows in batches.values():
        for row in set(rows):
            most = 1 if row.split(";")[2] else rows.count(row)
            stands[row] = max(stands.get(row, 0), most)
    return stands


def make_machine(fresh: Callable[[], Path]) -> type[RuleBasedStateMachine]:
    """The machine over a database that `fresh` empties; it returns a folder for files."""

    class Imports(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = fresh()
            self.batches: dict[int, list[str]] = {}
            self.number = itertools.count()

        @rule(rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=6))
        def load(self, rows: list[str]) -> None:
            if rows in self.batches.values():
                with pytest.raises(AlreadyLoadedError) as again:
                    load_lines(self.folder, ledger_lines(*rows))
                assert self.batches[again.value.batch_id] == rows
                return
            report = load_lines(self.folder, ledger_lines(*rows), accept_warnings=True)
            assert report.state is BatchState.COMMITTED
            assert report.rows == len(rows)
            self.batches[report.batch_id] = rows

        @precondition(lambda self: self.batches)
        @rule(pick=st.integers(0, 1000))
        def undo(self, pick: int) -> None:
            batch_id = sorted(self.batches)[pick % len(self.batches)]
            with db.transaction() as session:
                undo_batch(session, operator_scope(), batch_id=batch_id)
            del self.batches[batch_id]

        @invariant()
        def ledger_is_what_the_batches_make(self) -> None:
            with db.reading() as session:
                assert broken_invariants(session, operator_scope()) == []
            state = ledger_state()
            entries = [row for row in state if len(row) == 9]
            suspended = [row for row in state if len(row) == 4]
            stands = expected(self.batches)
            strangers = sum(number for row, number in stands.items() if row in _STRANGERS)
            assert len(suspended) == strangers
            assert len(entries) == sum(stands.values()) - strangers
            assert {row[7] for row in entries} | {row[2] for row in suspended} <= set(self.batches)

    return Imports


def _emptied(folder: Path, kind: str) -> Callable[[], Path]:
    """Brings the database back to a registry without ledger, quickly."""
    kept = folder / "kept.db"
    if kind == "sqlite":
        db.dispose()
        shutil.copy(folder / "var" / "iok.db", kept)

    def fresh() -> Path:
        if kind == "sqlite":
            db.dispose()
            for name in ("iok.db-wal", "iok.db-shm"):
                (folder / "var" / name).unlink(missing_ok=True)
            shutil.copy(kept, folder / "var" / "iok.db")
        else:
            with db.transaction() as session:
                cursor: Any = session.connection().connection.cursor()
                # CASCADE: questions may be about entries; here nobody asks any.
                cursor.execute(
                    "TRUNCATE ledger_entry, tenancy_total, recent_due, month_turnover, suspended_row, repeated_entry, "
                    "repeated_suspension, batch_finding CASCADE"
                )
                cursor.execute("DELETE FROM import_batch WHERE kind = 'ledger'")
        return folder

    return fresh


@sampled
@pytest.mark.timeout(900)
def test_ledger_is_always_what_the_remaining_batches_make(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    machine = make_machine(_emptied(tmp_path, database))
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(machine, settings=chosen)
