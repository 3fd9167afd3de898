"""A row in suspense becomes somebody's, whole or in parts, or goes back; each can be taken back exactly."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.imports.closing import close_month, reopen_month
from core.imports.models import SuspendedRow
from core.imports.suspense.assigning import ClosedMonthError, assign, assign_known, send_back, split, take_back
from core.imports.suspense.models import AssignedEntry
from core.imports.suspense.posting import NotWaitingError, TakenBack
from core.imports.undo import undo_batch
from core.imports.undo_plan import plan_undo
from core.imports.undo_refused import UndoRefusedError
from core.ledger.models import LedgerEntry
from tests.cast import end_session, sign_in_employee
from tests.core.imports.files import count_entries, ledger_lines, ledger_state, load_lines, load_registry
from tests.core.imports.suspense.rows import (
    SCOPE,
    STRANGER,
    STRANGER_2,
    UNNUMBERED,
    assign_to,
    back,
    balance,
    look,
    standing_decisions,
    tenancy_id,
    waiting_ids,
    whole,
)

KNOWN = "0001;U/1;D/1;1;NAL;2026-10-01;2026-10-10;x;10,00;"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path, tenancies=3)
    return tmp_path


def loaded(folder: Path, *rows: str) -> int:
    return load_lines(folder, ledger_lines(*rows), accept_warnings=True).batch_id


def lines() -> list[tuple[int, int, str, Decimal, Decimal]]:
    with db.reading() as session:
        found = session.execute(
            select(
                LedgerEntry.batch_id,
                LedgerEntry.line_no,
                LedgerEntry.document_no,
                LedgerEntry.debit,
                LedgerEntry.credit,
            ).order_by(LedgerEntry.id)
        )
        return [(batch, line, number, debit, credit) for batch, line, number, debit, credit in found]


def test_assigned_row_is_a_line_of_its_batch_with_its_line(folder: Path) -> None:
    batch_id = loaded(folder, KNOWN, STRANGER)
    assign_to("U/2")
    assert lines()[1] == (batch_id, 3, "D/9", Decimal(0), Decimal(9))
    assert (balance("U/2"), waiting_ids(), whole()) == (Decimal(-9), [], [])


def test_several_rows_go_at_once_and_taking_them_back_restores_everything(folder: Path) -> None:
    loaded(folder, KNOWN, STRANGER, STRANGER_2, UNNUMBERED)
    before, rows = ledger_state(), waiting_ids()
    assign_to("U/2")
    assert balance("U/2") == Decimal(-28)
    assert back() == TakenBack(rows=3, removed=3, reversed=0)
    assert (ledger_state(), waiting_ids(), whole()) == (before, rows, [])
    assign_to("U/3", rows[0])
    assert (balance("U/3"), len(waiting_ids()), whole()) == (Decimal(-9), 2, [])


def test_split_row_makes_a_line_for_each_part_to_the_grosz(folder: Path) -> None:
    loaded(folder, STRANGER)
    parts = [("U/1", Decimal("3.33")), ("U/2", Decimal("5.66")), ("U/1", Decimal("0.01"))]
    with db.transaction() as session:
        split(session, SCOPE, row_id=waiting_ids()[0], amounts=parts)
    assert (balance("U/1"), balance("U/2"), whole()) == (Decimal("-3.34"), Decimal("-5.66"), [])
    assert back() == TakenBack(rows=1, removed=3, reversed=0)
    assert (count_entries(), len(waiting_ids()), whole()) == (0, 1, [])


def test_exported_lines_of_a_split_row_load_again_and_add_nothing(folder: Path) -> None:
    loaded(folder, STRANGER)
    with db.transaction() as session:
        split(session, SCOPE, row_id=waiting_ids()[0], amounts=[("U/1", Decimal(4)), ("U/2", Decimal(5))])
        places = session.scalars(select(LedgerEntry.position).order_by(LedgerEntry.id)).all()
    exported = [
        f"000{n};U/{n};D/9;{place};WPL;2026-10-01;;Anna 1, czynsz;;{amount},00"
        for n, place, amount in zip((1, 2), places, (4, 5), strict=True)
    ]
    again = load_lines(folder, ledger_lines(*exported))
    assert (again.repeated, again.accepted, again.rejected, whole()) == (2, 0, 0, [])


def test_row_without_a_number_is_split_and_rejoined(folder: Path) -> None:
    loaded(folder, UNNUMBERED, UNNUMBERED)
    first, second = waiting_ids()
    with db.transaction() as session:
        split(session, SCOPE, row_id=first, amounts=[("U/1", Decimal(4)), ("U/1", Decimal(4))])
    assign_to("U/1", second)
    assert (balance("U/1"), count_entries(), whole()) == (Decimal(-16), 3, [])
    back(standing_decisions()[0])
    assert (balance("U/1"), whole()) == (Decimal(-8), [])
    assign_to("U/1", first)
    assert (balance("U/1"), count_entries(), whole()) == (Decimal(-16), 2, [])


@pytest.mark.parametrize("seen", [False, True], ids=["unseen", "seen"])
def test_equal_rows_are_counted_without_a_gap_after_one_is_taken_back(folder: Path, seen: bool) -> None:
    loaded(folder, UNNUMBERED, UNNUMBERED)
    assign_to("U/2")
    if seen:
        look("U/2")
    back(standing_decisions()[0])
    mended = load_lines(folder, ledger_lines(UNNUMBERED.replace("0009;U/9", "0002;U/2")), accept_warnings=True)
    assert (mended.repeated, mended.accepted, balance("U/2"), whole()) == (1, 0, Decimal(-8), [])


@pytest.mark.parametrize("amounts", [("4", "4"), ("10", "-1"), ("9", "0"), ("-4", "-5"), ("4.50", "4.51")], ids=str)
def test_parts_that_are_not_the_row_are_refused(folder: Path, amounts: tuple[str, str]) -> None:
    loaded(folder, STRANGER)
    before = ledger_state()
    parts = [("U/1", Decimal(amounts[0])), ("U/2", Decimal(amounts[1]))]
    with pytest.raises(InvalidInputError) as refused, db.transaction() as session:
        split(session, SCOPE, row_id=waiting_ids()[0], amounts=parts)
    assert refused.value.field == "amounts"
    assert ledger_state() == before


def test_storno_is_split_into_stornos(folder: Path) -> None:
    loaded(folder, "0009;U/9;K/1;1;NAL;2026-10-01;;x;-9,00;")
    with db.transaction() as session:
        split(session, SCOPE, row_id=waiting_ids()[0], amounts=[("U/1", Decimal(-4)), ("U/2", Decimal(-5))])
    assert (balance("U/1"), balance("U/2"), whole()) == (Decimal(-4), Decimal(-5), [])


def test_row_is_assigned_once(folder: Path) -> None:
    loaded(folder, STRANGER)
    row = waiting_ids()[0]
    assign_to("U/1", row)
    attempts: list[Callable[[Session], object]] = [
        lambda session: assign(session, SCOPE, row_ids=[row], tenancy_id=tenancy_id("U/2")),
        lambda session: send_back(session, SCOPE, row_ids=[row], reason="niech księgowość poprawi"),
    ]
    for attempt in attempts:
        with pytest.raises(NotWaitingError), db.transaction() as session:
            attempt(session)
    assert (balance("U/1"), balance("U/2")) == (Decimal(-9), Decimal(0))


def test_decision_is_taken_back_once(folder: Path) -> None:
    loaded(folder, STRANGER)
    decision = assign_to("U/1")
    back(decision)
    with pytest.raises(NotFoundError):
        back(decision)
    assert (count_entries(), whole()) == (0, [])


def test_sent_back_row_waits_no_more_until_it_is_taken_back(folder: Path) -> None:
    loaded(folder, STRANGER, STRANGER_2)
    first, second = waiting_ids()
    with db.transaction() as session:
        assert send_back(session, SCOPE, row_ids=[first], reason="wpłata nie nasza, wyjaśnić z bankiem") == 1
    assert (waiting_ids(), count_entries(), whole()) == ([second], 0, [])
    assert back() == TakenBack(rows=1, removed=0, reversed=0)
    assert waiting_ids() == [first, second]


def test_mended_file_is_told_that_its_row_is_in_suspense(folder: Path) -> None:
    loaded(folder, STRANGER)
    mended = load_lines(folder, ledger_lines(STRANGER.replace("0009;U/9", "0001;U/1")))
    reason = next(one.reason for one in mended.findings.sorted() if one.severity == "error")
    assert "Tamten jest w poczekalni. Jeśli różni się tylko umową, pomiń wiersz tutaj" in reason
    assert (count_entries(), len(waiting_ids()), whole()) == (0, 1, [])


def test_row_that_was_sent_back_comes_home_mended(folder: Path) -> None:
    first = loaded(folder, STRANGER)
    with db.transaction() as session:
        send_back(session, SCOPE, row_ids=waiting_ids(), reason="popraw numer umowy")
    mended = load_lines(folder, ledger_lines(STRANGER.replace("0009;U/9", "0002;U/2")))
    assert (mended.accepted, balance("U/2"), waiting_ids(), whole()) == (1, Decimal(-9), [], [])
    again = load_lines(folder, ledger_lines(STRANGER, KNOWN))
    assert (again.repeated, again.accepted, whole()) == (1, 1, [])
    with pytest.raises(UndoRefusedError, match=f"partia {mended.batch_id}"):
        back()
    with db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=first)
    assert (balance("U/2"), waiting_ids(), whole()) == (Decimal(-9), [], [])
    with db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=mended.batch_id)
    back()
    assert (balance("U/2"), len(waiting_ids()), whole()) == (Decimal(0), 1, [])


def test_sending_back_asks_why(folder: Path) -> None:
    loaded(folder, STRANGER)
    with pytest.raises(InvalidInputError) as refused, db.transaction() as session:
        send_back(session, SCOPE, row_ids=waiting_ids(), reason="nie")
    assert refused.value.field == "reason"


def test_what_a_tenant_may_have_seen_is_reversed(folder: Path) -> None:
    loaded(folder, STRANGER)
    row = waiting_ids()[0]
    assign_to("U/1", row)
    look("U/1")
    assert back() == TakenBack(rows=1, removed=0, reversed=1)
    assert (balance("U/1"), count_entries(), waiting_ids(), whole()) == (Decimal(0), 2, [row], [])
    assign_to("U/2", row)
    assert (balance("U/2"), count_entries(), whole()) == (Decimal(-9), 3, [])


def test_who_looked_before_the_assignment_has_not_seen_it(folder: Path) -> None:
    loaded(folder, STRANGER)
    look("U/1")
    assign_to("U/1")
    assert back().reversed == 0


def test_batch_taken_back_after_reversals_leaves_their_sum_zero(folder: Path) -> None:
    batch_id = loaded(folder, KNOWN, STRANGER)
    assign_to("U/1", waiting_ids()[0])
    look("U/1")
    back()
    with db.transaction() as session:
        receipt = undo_batch(session, operator_scope(), batch_id=batch_id)
    assert (receipt.removed, receipt.reversed) == (1, 1)
    assert (balance("U/1"), waiting_ids(), whole()) == (Decimal(0), [], [])
    again = load_lines(folder, ledger_lines(KNOWN, STRANGER), accept_warnings=True)
    assert (again.accepted, again.suspended, whole()) == (1, 1, [])


def test_batch_with_assigned_rows_is_not_taken_back_and_says_which(folder: Path) -> None:
    batch_id = loaded(folder, KNOWN, STRANGER)
    assign_to("U/2")
    before = ledger_state()
    with pytest.raises(UndoRefusedError, match=r"\(1\), w pliku: 3\."), db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=batch_id)
    told = plan_undo(operator_scope(), batch_id=batch_id)
    assert told.refusal is not None
    assert (told.token, ledger_state()) == ("", before)
    back()
    with db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=batch_id)
    assert (count_entries(), waiting_ids(), whole()) == (0, [], [])


def test_assigned_row_goes_to_the_other_batch_that_brought_it(folder: Path) -> None:
    first = loaded(folder, KNOWN, STRANGER)
    second = loaded(folder, STRANGER)
    assign_to("U/2")
    with db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=first)
    assert lines() == [(second, 2, "D/9", Decimal(0), Decimal(9))]
    assert (balance("U/2"), whole()) == (Decimal(-9), [])


def test_file_that_came_before_meets_its_assigned_row(folder: Path) -> None:
    loaded(folder, STRANGER, UNNUMBERED)
    assign_to("U/2")
    again = load_lines(folder, ledger_lines(UNNUMBERED, STRANGER, KNOWN), accept_warnings=True)
    assert (again.repeated, again.accepted, again.suspended, again.rejected) == (2, 1, 0, 0)
    assert (balance("U/2"), waiting_ids(), whole()) == (Decimal(-17), [], [])


@pytest.mark.parametrize("row", [STRANGER, UNNUMBERED], ids=["numbered", "unnumbered"])
def test_file_with_the_number_mended_meets_the_assigned_row(folder: Path, row: str) -> None:
    loaded(folder, row)
    assign_to("U/2")
    mended = load_lines(folder, ledger_lines(row.replace("0009;U/9", "0002;U/2")), accept_warnings=True)
    assert (mended.repeated, mended.accepted, mended.rejected, whole()) == (1, 0, 0, [])
    with pytest.raises(DomainError, match=f"partia {mended.batch_id}"):
        back()
    with db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=mended.batch_id)
    back()
    assert (count_entries(), len(waiting_ids()), whole()) == (0, 1, [])


def test_file_that_says_another_tenancy_is_a_conflict(folder: Path) -> None:
    loaded(folder, STRANGER)
    assign_to("U/2")
    other = load_lines(folder, ledger_lines(STRANGER.replace("0009;U/9", "0003;U/3")))
    assert (other.rejected, count_entries(), whole()) == (1, 1, [])


def test_rows_whose_tenancy_has_come_since_are_assigned_at_once(folder: Path) -> None:
    loaded(folder, STRANGER, UNNUMBERED, UNNUMBERED, STRANGER.replace("U/9", "U/8").replace("D/9", "D/8"))
    with db.transaction() as session:
        assert assign_known(session, SCOPE) == 0
    load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa", "0009;osoba;Ewa 9"], kind="tenants")
    load_lines(
        folder, ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/9;0009;L1;najem;2020-01-01"], kind="tenancies"
    )
    with db.transaction() as session:
        assert assign_known(session, SCOPE) == 3
    assert (balance("U/9"), len(waiting_ids()), whole()) == (Decimal(-25), 1, [])
    again = load_lines(folder, ledger_lines(STRANGER, UNNUMBERED, UNNUMBERED, KNOWN), accept_warnings=True)
    assert (again.repeated, again.accepted, whole()) == (3, 1, [])
    with db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=again.batch_id)
    back()
    assert (count_entries(), len(waiting_ids()), whole()) == (0, 4, [])


def test_closed_month_takes_no_assignment_and_gives_none_back(folder: Path) -> None:
    loaded(folder, STRANGER)
    row = waiting_ids()[0]
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    with pytest.raises(ClosedMonthError):
        assign_to("U/1", row)
    with db.transaction() as session:
        assert assign_known(session, SCOPE) == 0
        reopen_month(session, operator_scope(), month="2026-10", reason="wpłata z poczekalni")
    assign_to("U/1", row)
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    with pytest.raises(ClosedMonthError):
        back()
    assert (balance("U/1"), whole()) == (Decimal(-9), [])


def test_every_assignment_is_on_record(folder: Path) -> None:
    batch_id = loaded(folder, STRANGER)
    assign_to("U/1")
    back()
    with db.transaction() as session:
        send_back(session, SCOPE, row_ids=waiting_ids(), reason="wyjaśnić z bankiem")
        events = session.execute(
            select(AuditEvent.action, AuditEvent.details)
            .where(AuditEvent.action.like("suspense%"))
            .order_by(AuditEvent.id)
        ).all()
    assert [action for action, _ in events] == ["suspense_assigned", "suspense_taken_back", "suspense_sent_back"]
    assert f'"lines":"{batch_id}/2"' in events[0].details
    assert '"change":"-9.00"' in events[0].details


@pytest.mark.parametrize("role", [Role.CLERK, Role.ANALYST, Role.EDITOR, Role.ADMIN])
def test_who_may_not_import_may_not_assign(folder: Path, role: Role) -> None:
    loaded(folder, STRANGER)
    rows, target = waiting_ids(), tenancy_id("U/1")
    attempts: list[Callable[..., object]] = [
        lambda session, scope: assign(session, scope, row_ids=rows, tenancy_id=target),
        lambda session, scope: send_back(session, scope, row_ids=rows, reason="wyjaśnić z bankiem"),
        lambda session, scope: split(
            session, scope, row_id=rows[0], amounts=[("U/1", Decimal(4)), ("U/2", Decimal(5))]
        ),
        lambda session, scope: take_back(session, scope, decision_ids=[1]),
        lambda session, scope: assign_known(session, scope),
    ]
    for attempt in attempts:
        with db.transaction() as session:
            scope = sign_in_employee(session, role)
            with pytest.raises(NotPermittedError):
                attempt(session, scope)
    with db.transaction() as session:
        ended = sign_in_employee(session, Role.ACCOUNTING)
        end_session(session, ended)
        with pytest.raises(SessionEndedError):
            assign(session, ended, row_ids=rows, tenancy_id=target)
    assert count_entries() == 0


def test_month_after_month_of_assignments_leaves_no_link_behind(folder: Path) -> None:
    """Assigned and taken back again and again: entries, links and places come and go together."""
    loaded(folder, UNNUMBERED, UNNUMBERED, UNNUMBERED)
    for _ in range(3):
        assign_to("U/1")
        back(*standing_decisions()[:2])
        assert whole() == []
        assign_to("U/1")
        assert whole() == []
        back()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(AssignedEntry)) == 0
        assert sorted(session.scalars(select(SuspendedRow.position))) == [1, 2, 3]
