"""An undo told before it happens: what goes, what is reversed because tenants have seen it, what stays, and why not."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import select, update

from core import db
from core.access.confirmations import ConfirmationUsedError
from core.access.models import PortalSession
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.clock import now, today
from core.errors import NotFoundError
from core.imports.invariants import broken_invariants
from core.imports.undo import UndoReceipt
from core.imports.undo_plan import UndoPlan, confirm_undo, plan_undo
from core.ledger.balances import balance_by_number
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy, Tenant
from tests.cast import make_account, sign_in_tenant
from tests.core.imports.files import count_entries, ledger_lines, ledger_state, load_lines, load_registry

A = "0001;U/1;D/1;1;NAL;2026-10-01;2026-10-10;x;10,00;"
B = "0002;U/2;D/2;1;NAL;2026-10-01;2026-10-10;x;20,00;"
UNNUMBERED = "0001;U/1;;;WPL;2026-10-02;;kasa;;3,00"
NO_DUE = "0001;U/1;D/9;1;NAL;2026-10-20;;x;7,00;"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path, tenancies=3)
    return tmp_path


def loaded(folder: Path, *rows: str) -> int:
    return load_lines(folder, ledger_lines(*rows), accept_warnings=True).batch_id


def look(tenancy_no: str) -> None:
    """The tenant of this tenancy is in the portal now."""
    with db.transaction() as session:
        tenant = session.scalars(select(Tenant).join(Tenancy).where(Tenancy.tenancy_no == tenancy_no)).one()
        sign_in_tenant(session, tenant, account_id=make_account(session, tenant).id)


def plan(batch_id: int) -> UndoPlan:
    return plan_undo(operator_scope(), batch_id=batch_id)


def undone(batch_id: int) -> UndoReceipt:
    return confirm_undo(operator_scope(), batch_id=batch_id, token=plan(batch_id).token)


def balance(tenancy_no: str, *, days: int = 0) -> tuple[Decimal, Decimal]:
    with db.reading() as session:
        found = balance_by_number(
            session, operator_scope(), tenancy_no=tenancy_no, as_of=today() + timedelta(days=days)
        )
        return found.balance, found.net_due


def whole() -> list[str]:
    with db.reading() as session:
        return broken_invariants(session, operator_scope())


def test_plan_changes_nothing_and_lists_what_goes(folder: Path) -> None:
    batch_id = loaded(folder, A, B)
    before = ledger_state()
    told = plan(batch_id)
    assert told.receipt == UndoReceipt(batch_id, removed=2, kept=0)
    assert [(one.line_no, one.tenancy_no, one.debit) for one in told.removed] == [
        (2, "U/1", Decimal(10)), (3, "U/2", Decimal(20)),
    ]  # fmt: skip
    assert (told.kept, told.reversed, told.refusal) == ((), (), None)
    assert ledger_state() == before
    assert undone(batch_id) == told.receipt
    assert count_entries() == 0


def test_rows_of_another_batch_too_are_kept_and_named(folder: Path) -> None:
    first = loaded(folder, A, B)
    second = loaded(folder, A)
    told = plan(first)
    assert told.receipt == UndoReceipt(first, removed=1, kept=1)
    assert [(one.tenancy_no, one.also_in) for one in told.kept] == [("U/1", second)]
    undone(first)
    assert (count_entries(), whole()) == (1, [])


def test_rows_that_a_tenant_may_have_seen_are_reversed_and_the_others_removed(folder: Path) -> None:
    batch_id = loaded(folder, A, UNNUMBERED, B)
    look("U/1")
    told = plan(batch_id)
    assert told.receipt == UndoReceipt(batch_id, removed=1, kept=0, reversed=2)
    assert [one.tenancy_no for one in told.reversed] == ["U/1", "U/1"]
    undone(batch_id)
    with db.reading() as session:
        lines = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
        assert sorted((one.debit, one.credit) for one in lines) == [
            (Decimal(-10), Decimal(0)), (Decimal(0), Decimal(-3)), (Decimal(0), Decimal(3)), (Decimal(10), Decimal(0)),
        ]  # fmt: skip
        assert {one.description for one in lines} == {"x", "kasa", "Storno: x", "Storno: kasa"}
        assert {one.booked_on for one in lines if one.reverses_id} == {today()}
    assert balance("U/1") == (Decimal(0), Decimal(0))
    assert whole() == []


def test_lines_of_many_tenancies_are_reversed_part_by_part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.reversals.AT_ONCE", 1)
    batch_id = loaded(folder, A, UNNUMBERED, B, NO_DUE)
    look("U/1")
    look("U/2")
    assert undone(batch_id) == UndoReceipt(batch_id, removed=0, kept=0, reversed=4)
    assert (balance("U/1"), balance("U/2"), whole()) == ((Decimal(0), Decimal(0)), (Decimal(0), Decimal(0)), [])


def test_who_looked_before_the_batch_came_has_not_seen_it(folder: Path) -> None:
    look("U/1")
    with db.transaction() as session:
        session.execute(update(PortalSession).values(seen_at=now() - timedelta(minutes=5)))
    assert plan(loaded(folder, A)).receipt.reversed == 0


def test_reversed_file_is_loaded_anew_and_taken_back_once_more(folder: Path) -> None:
    first = loaded(folder, A, UNNUMBERED)
    look("U/1")
    undone(first)
    second = loaded(folder, A, UNNUMBERED)
    assert balance("U/1")[0] == Decimal(7)
    assert load_lines(folder, ledger_lines(A, UNNUMBERED, B), accept_warnings=True).repeated == 2
    assert whole() == []
    with db.transaction() as session:
        session.execute(update(PortalSession).values(seen_at=now() + timedelta(seconds=1)))
    undone(second)
    assert (balance("U/1")[0], whole()) == (Decimal(7), [])  # the third file brought both rows too


def test_reversal_falls_due_with_its_line(folder: Path) -> None:
    """A charge without a due date and a period: neither before nor after the payment day is anything overdue."""
    with freeze_time("2026-10-20 09:00"):
        batch_id = loaded(folder, NO_DUE)
    with freeze_time("2026-10-21 09:00"):
        look("U/1")
    with freeze_time("2026-10-22 09:00"):
        undone(batch_id)
        for days in (0, 10, 25, 60):
            assert balance("U/1", days=days) == (Decimal(0), Decimal(0)), days


def test_token_is_for_exactly_what_was_shown_and_for_once(folder: Path) -> None:
    batch_id = loaded(folder, A, B)
    old = plan(batch_id)
    loaded(folder, A)  # keeps one of the two
    with pytest.raises(ConfirmationUsedError):
        confirm_undo(operator_scope(), batch_id=batch_id, token=old.token)
    assert count_entries() == 2
    fresh = plan(batch_id)
    confirm_undo(operator_scope(), batch_id=batch_id, token=fresh.token)
    with pytest.raises(NotFoundError):
        confirm_undo(operator_scope(), batch_id=batch_id, token=fresh.token)
    assert count_entries() == 1


def test_tenant_who_looks_in_between_asks_for_a_new_plan(folder: Path) -> None:
    batch_id = loaded(folder, A)
    old = plan(batch_id)
    look("U/1")
    with pytest.raises(ConfirmationUsedError):
        confirm_undo(operator_scope(), batch_id=batch_id, token=old.token)
    assert plan(batch_id).receipt.reversed == 1


def test_undo_is_on_record(folder: Path) -> None:
    batch_id = loaded(folder, A)
    undone(batch_id)
    with db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "import_undone")).one()
        assert (event.object_id, event.details) == (str(batch_id), '{"removed":1,"reversed":0}')


def test_batch_that_something_was_built_on_says_why_and_gets_no_token(folder: Path) -> None:
    heading = "nr_kontrahenta;rodzaj;nazwa"
    tenants = load_lines(folder, [heading, "0077;osoba;Nowa Osoba"], kind="tenants")
    tenancies = "nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od"
    load_lines(folder, [tenancies, "U/77;0077;L1;najem;2026-01-01"], kind="tenancies")
    told = plan(tenants.batch_id)
    assert told.refusal
    assert told.token == ""
    with pytest.raises(NotFoundError):
        confirm_undo(operator_scope(), batch_id=999, token="x")


def test_planted_reversal_that_does_not_fit_is_found(folder: Path) -> None:
    batch_id = loaded(folder, A)
    look("U/1")
    undone(batch_id)
    with db.transaction() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.reverses_id.is_not(None)).values(debit=Decimal("-9.99")))
    assert whole()[0] == "Storna, które nie znoszą swoich wpisów: 1."
