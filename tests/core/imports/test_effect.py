"""The effect of a file on balances, told before it is committed, and held to when it is."""

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState, ImportBatch
from core.imports.desk import CheckedBatch, commit_batch, confirm_batch, hand_in, preview_batch
from core.imports.effect import BalanceEffect
from core.imports.options import LoadOptions
from core.imports.report import PreviewOutdatedError
from core.imports.undo import undo_batch
from core.ledger.models import LedgerEntry
from tests.core.imports.files import count_entries, ledger_lines, load_lines, load_registry, undo, write


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path, tenancies=4)
    return tmp_path


def row(tenancy: int, number: str, *, debit: str = "", credit: str = "", kind: str = "NAL") -> str:
    return f"000{tenancy};U/{tenancy};{number};1;{kind};2026-10-01;;x;{debit};{credit}"


def previewed(folder: Path, *rows: str, name: str = "a.csv") -> tuple[int, CheckedBatch]:
    path = write(folder, ledger_lines(*rows))
    batch_id = hand_in(operator_scope(), kind="ledger", path=path, file_name=name)
    return batch_id, preview_batch(operator_scope(), batch_id=batch_id, options=LoadOptions())


def effect_of(folder: Path, *rows: str) -> BalanceEffect:
    effect = previewed(folder, *rows)[1].report.effect
    assert effect is not None
    return effect


def test_turns_of_a_balance_are_counted_and_the_largest_come_first(folder: Path) -> None:
    load_lines(folder, ledger_lines(row(1, "D/1", debit="100,00"), row(2, "D/2", credit="50,00", kind="WPL")))
    effect = effect_of(
        folder,
        row(1, "D/3", credit="150,00", kind="WPL"),  # owing 100 → overpaid 50
        row(2, "D/4", debit="80,00"),  # overpaid 50 → owing 30
        row(3, "D/5", debit="10,00"),  # settled → owing
        row(4, "D/6", debit="5,00"),
        row(4, "D/7", credit="5,00", kind="WPL"),  # touched, not changed
    )
    assert (effect.tenancies, effect.changed, effect.to_owing, effect.to_overpaid) == (4, 3, 2, 1)
    assert effect.change == Decimal("-60.00")
    told = [(one.tenancy_no, one.before, one.after, one.change) for one in effect.largest]
    assert told == [
        ("U/1", Decimal(100), Decimal(-50), Decimal(-150)),
        ("U/2", Decimal(-50), Decimal(30), Decimal(80)),
        ("U/3", Decimal(0), Decimal(10), Decimal(10)),
    ]
    assert [(one.name, one.number, one.change) for one in effect.by_type] == [
        ("NAL", 3, Decimal(95)), ("WPL", 2, Decimal(-155)),
    ]  # fmt: skip
    assert sum(one.number for one in effect.by_district) == 3
    assert sum(one.change for one in effect.by_district) == effect.change
    assert count_entries() == 2


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(1, 4), st.integers(-9999, 9999).filter(bool)), min_size=1, max_size=12))
def test_effect_is_the_difference_of_balances(folder: Path, rows: list[tuple[int, int]]) -> None:
    """Whatever stands: what the preview says of each tenancy is what the ledger then holds."""
    with db.transaction() as session:
        loaded = (ImportBatch.kind == "ledger") & (ImportBatch.state == BatchState.COMMITTED)
        for before in session.scalars(select(ImportBatch.id).where(loaded)):
            undo_batch(session, operator_scope(), batch_id=before)
    lines = [row(at, f"P/{nth}", debit=f"{value / 100:.2f}".replace(".", ",")) for nth, (at, value) in enumerate(rows)]
    batch_id, checked = previewed(folder, *lines)
    commit_batch(operator_scope(), batch_id=batch_id, options=LoadOptions(accept_warnings=True))
    sums: dict[int, Decimal] = defaultdict(Decimal)
    with db.reading() as session:
        for entry in session.scalars(select(LedgerEntry)):
            sums[entry.tenancy_id] += entry.debit - entry.credit
    effect = checked.report.effect
    assert effect is not None
    assert {one.tenancy_id: one.after for one in effect.largest} == {key: value for key, value in sums.items() if value}
    assert effect.change == sum(sums.values(), Decimal(0))


def test_entries_that_come_to_nothing_leave_a_balance_of_nothing(folder: Path) -> None:
    """Sums of a tenancy without amounts are not kept; its balance is none the less known."""
    load_lines(folder, ledger_lines(row(1, "D/1", credit="5,00"), row(1, "D/2", credit="-5,00")))
    undo(load_lines(folder, ledger_lines(row(1, "D/3", debit="7,00"))))
    effect = effect_of(folder, row(1, "D/4", credit="2,00"), row(1, "D/5", credit="-2,00"), row(2, "D/6", debit="1,00"))
    assert (effect.tenancies, effect.changed, effect.to_owing, effect.to_overpaid) == (2, 1, 1, 0)
    assert [(one.tenancy_no, one.before, one.after) for one in effect.largest] == [("U/2", Decimal(0), Decimal(1))]


def test_another_batch_in_between_asks_for_a_new_preview(folder: Path) -> None:
    scope = operator_scope()
    batch_id, checked = previewed(folder, row(1, "D/1", debit="10,00"), row(2, "D/2", debit="10,00"))
    load_lines(folder, ledger_lines(row(2, "D/9", debit="1,00")))
    with pytest.raises(PreviewOutdatedError):
        confirm_batch(scope, batch_id=batch_id, token=checked.token, options=checked.options)
    assert count_entries() == 1
    anew = preview_batch(scope, batch_id=batch_id, options=LoadOptions())
    assert confirm_batch(scope, batch_id=batch_id, token=anew.token, options=anew.options).accepted == 2


def test_batch_of_others_does_not_disturb(folder: Path) -> None:
    batch_id, checked = previewed(folder, row(1, "D/1", debit="10,00"))
    load_lines(folder, ledger_lines(row(2, "D/9", debit="1,00")))
    done = confirm_batch(operator_scope(), batch_id=batch_id, token=checked.token, options=checked.options)
    assert done.accepted == 1


def test_other_options_than_those_previewed_load_nothing(folder: Path) -> None:
    """Nothing that is ticked after the preview may change what is loaded."""
    load_lines(folder, ledger_lines("0001;U/1;;;WPL;2026-10-01;;x;;5,00"))
    batch_id, checked = previewed(folder, "0001;U/1;;;WPL;2026-10-01;;x;;5,00", row(2, "D/2", debit="1,00"))
    assert checked.report.repeated == 1
    changed = LoadOptions(accept_warnings=True, equal_rows="add")
    with pytest.raises(PreviewOutdatedError):
        confirm_batch(operator_scope(), batch_id=batch_id, token=checked.token, options=changed)
    assert count_entries() == 1


def test_effect_is_kept_with_the_batch(folder: Path) -> None:
    batch_id, checked = previewed(folder, row(1, "D/1", debit="10,00"))
    confirm_batch(operator_scope(), batch_id=batch_id, token=checked.token, options=checked.options)
    with db.reading() as session:
        batch = session.get_one(ImportBatch, batch_id)
        assert batch.state == BatchState.COMMITTED
        assert json.loads(batch.effect or "") == {
            "tenancies": 1, "changed": 1, "to_owing": 1, "to_overpaid": 0, "change": "10.00",
        }  # fmt: skip
