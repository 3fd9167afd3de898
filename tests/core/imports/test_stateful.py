"""A model of imports, decisions about suspense, closings, looks and undos, driven by chance, beside the real desk."""

import itertools
import shutil
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from core import db
from core.accounts.models import PortalAccount
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.errors import DomainError
from core.imports.closing import close_month, reopen_month
from core.imports.equal_rows import TABLES
from core.imports.invariants import broken_invariants
from core.imports.models import SuspendedRow
from core.imports.report import AlreadyLoadedError
from core.imports.suspense.assigning import assign, send_back, split, take_back
from core.imports.suspense.models import SuspendedAssignment, standing, waiting
from core.imports.undo import undo_batch
from core.imports.undo_refused import UndoRefusedError
from core.ledger.models import LedgerEntry, in_force
from core.registry.models import Tenancy, Tenant
from tests.cast import make_account, sign_in_tenant
from tests.core.imports.files import ledger_lines, load_lines, load_registry
from tests.core.imports.model import Decision, Desk, Entry, RefusedByModelError, document
from tests.repeats import repeats, sampled

EXAMPLES, STEPS = repeats(40, sample=5), 40
_NUMBERED = [f"000{t};U/{t};D/{n};1;NAL;2026-10-01;;x;{n}0,00;" for t, n in ((1, 1), (1, 2), (2, 3), (2, 4), (3, 5))]
_UNNUMBERED = [f"000{t};U/{t};;;WPL;2026-10-0{n};;kasa;;{n},00" for t, n in ((1, 1), (2, 2))]
_STRANGERS = ["0009;U/9;D/9;1;WPL;2026-10-01;;x;;9,00", "0009;U/9;;;WPL;2026-10-01;;x;;8,00"]
_MENDED = [row.replace("0009;U/9", "0002;U/2") for row in _STRANGERS]
_CONFLICTS = ["0001;U/1;D/1;1;NAL;2026-10-01;;x;77,00;", "0003;U/3;D/3;1;NAL;2026-10-01;;x;30,00;"]
ROWS = [*_NUMBERED, *_UNNUMBERED, *_STRANGERS, *_MENDED, *_CONFLICTS]
FILES = st.one_of(
    st.lists(st.sampled_from(ROWS), min_size=1, max_size=6),
    st.lists(st.sampled_from([*_STRANGERS, _STRANGERS[1], *_MENDED]), min_size=1, max_size=4),
)
TARGETS = ["U/1", "U/2", "U/3"]
MONTH = "2026-10"  # of all rows
SCOPE = operator_scope()
picks = st.integers(0, 1000)


class ImportDesk(RuleBasedStateMachine):
    """The real desk over a database that `fresh` empties, and its model beside it."""

    fresh: ClassVar[Callable[[], Path]]  # gives a folder for files

    def __init__(self) -> None:
        super().__init__()
        self.folder = type(self).fresh()
        self.desk = Desk()
        self.number = itertools.count()

    @rule(rows=FILES)
    def load(self, rows: list[str]) -> None:
        options: dict[str, Any] = {"accept_warnings": True, "skip_errors": True}
        if (before := self.desk.loaded(rows)) is not None:
            with pytest.raises(AlreadyLoadedError) as again:
                load_lines(self.folder, ledger_lines(*rows), **options)
            assert again.value.batch_id == before
            return
        report = load_lines(self.folder, ledger_lines(*rows), **options)
        try:
            told = self.desk.load(report.batch_id, rows)
        except RefusedByModelError:
            assert report.state is BatchState.REFUSED
            return
        assert report.state is BatchState.COMMITTED
        assert (report.accepted, report.repeated, report.suspended, report.rejected) == told

    @precondition(lambda self: self.desk.batches)
    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        batch_id = sorted(self.desk.batches)[pick % len(self.desk.batches)]
        try:
            self.desk.undo(batch_id)
        except RefusedByModelError:
            with pytest.raises(UndoRefusedError), db.transaction() as session:
                undo_batch(session, SCOPE, batch_id=batch_id)
            return
        with db.transaction() as session:
            undo_batch(session, SCOPE, batch_id=batch_id)

    @precondition(lambda self: self.desk.waiting())
    @rule(pick=picks, tenancy=st.sampled_from([*TARGETS, "U/2", "U/2"]))
    def assign(self, pick: int, tenancy: str) -> None:
        row_id, entry = self._waiting(pick)
        tenancy_id = _tenancies()[tenancy]
        self._decide(entry, [(tenancy, entry.amount)], lambda session: assign(
            session, SCOPE, row_ids=[row_id], tenancy_id=tenancy_id
        ))  # fmt: skip

    @precondition(lambda self: self.desk.waiting())
    @rule(pick=picks, tenancies=st.lists(st.sampled_from(TARGETS), min_size=2, max_size=3))
    def split(self, pick: int, tenancies: list[str]) -> None:
        row_id, entry = self._waiting(pick)
        shares = [Decimal("0.01")] * (len(tenancies) - 1)
        amounts = list(zip(tenancies, [*shares, -entry.amount - sum(shares)], strict=True))
        parts = [(number, -amount) for number, amount in amounts]
        self._decide(entry, parts, lambda session: split(session, SCOPE, row_id=row_id, amounts=amounts))

    @precondition(lambda self: self.desk.waiting())
    @rule(pick=picks)
    def send_back(self, pick: int) -> None:
        row_id, entry = self._waiting(pick)
        reason = "niech księgowość wyjaśni"
        self._decide(entry, [], lambda session: send_back(session, SCOPE, row_ids=[row_id], reason=reason))

    @precondition(lambda self: self.desk.decisions)
    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        with db.reading() as session:
            found = session.execute(
                select(SuspendedAssignment.id, SuspendedRow)
                .join(SuspendedRow, SuspendedRow.id == SuspendedAssignment.row_id)
                .where(standing())
                .order_by(SuspendedAssignment.id)
            ).all()
        decision_id, row = found[pick % len(found)]
        decision = self._decision_of(row)
        try:
            self.desk.take_back(decision)
        except RefusedByModelError:
            with pytest.raises(DomainError), db.transaction() as session:
                take_back(session, SCOPE, decision_ids=[decision_id])
            return
        with db.transaction() as session:
            take_back(session, SCOPE, decision_ids=[decision_id])

    @rule(pick=picks)
    def close_or_open(self, pick: int) -> None:
        if not self.desk.closed and pick % 4:
            return  # a closed month stops nearly everything else
        with db.transaction() as session:
            if self.desk.closed:
                reopen_month(session, SCOPE, month=MONTH, reason="korekta po kontroli")
            else:
                close_month(session, SCOPE, month=MONTH)
        self.desk.closed = not self.desk.closed

    @rule(tenancy=st.sampled_from(TARGETS))
    def look(self, tenancy: str) -> None:
        with db.transaction() as session:
            tenant = session.scalars(select(Tenant).join(Tenancy).where(Tenancy.tenancy_no == tenancy)).one()
            own = select(PortalAccount.id).where(PortalAccount.tenant_id == tenant.id)
            account_id = session.scalar(own) or make_account(session, tenant).id
            sign_in_tenant(session, tenant, account_id=account_id)

    @invariant()
    def desk_is_what_the_model_says(self) -> None:
        with db.reading() as session:
            assert broken_invariants(session, SCOPE) == []
            rows = session.execute(
                select(Tenancy.tenancy_no, LedgerEntry.document_no, LedgerEntry.debit, LedgerEntry.credit)
                .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
                .where(in_force())
            ).all()
            waits = session.scalars(select(SuspendedRow.document_no).where(waiting())).all()
        assert sorted((number, doc, debit - credit) for number, doc, debit, credit in rows) == self.desk.ledger()
        assert sorted(waits) == sorted(document(entry.row) for entry in self.desk.waiting())
        for content, places in _places_of_equal_rows().items():
            assert places == set(range(1, len(places) + 1)), content

    def _waiting(self, pick: int) -> tuple[int, Entry]:
        with db.reading() as session:
            rows = session.scalars(select(SuspendedRow).where(waiting()).order_by(SuspendedRow.id)).all()
        row = rows[pick % len(rows)]
        return row.id, self._entry_of(row)

    def _entry_of(self, row: SuspendedRow) -> Entry:
        if row.document_no:
            return self.desk.numbered[row.document_no]
        return self.desk.unnumbered[_STRANGERS[1]][row.position - 1]

    def _decision_of(self, row: SuspendedRow) -> Decision:
        decision = self._entry_of(row).decision
        assert decision is not None
        return decision

    def _decide(self, entry: Entry, parts: list[tuple[str, Decimal]], carry_out: Callable[[Any], object]) -> None:
        try:
            self.desk.decide(entry, parts)
        except RefusedByModelError:
            with pytest.raises(DomainError), db.transaction() as session:
                carry_out(session)
            return
        with db.transaction() as session:
            carry_out(session)


def _places_of_equal_rows() -> dict[str, set[int]]:
    """Which occurrences stand of each content without a number: the next file is compared with them."""
    places: dict[str, set[int]] = defaultdict(set)
    with db.reading() as session:
        for table in TABLES:
            own = select(table.content_key, table.position).where(table.document_no == "", table.position >= 0)
            for content, position in session.execute(own):
                places[content].add(position)
    return places


def _tenancies() -> dict[str, int]:
    with db.reading() as session:
        return dict(session.execute(select(Tenancy.tenancy_no, Tenancy.id)).all())


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
                    "repeated_suspension, batch_finding, closed_period, portal_session, portal_account CASCADE"
                )
                cursor.execute("DELETE FROM import_batch WHERE kind = 'ledger'")
        return folder

    return fresh


@sampled
@pytest.mark.timeout(900)
def test_desk_is_always_what_the_model_says(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    machine = type("OverThisDatabase", (ImportDesk,), {"fresh": staticmethod(_emptied(tmp_path, database))})
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(machine, settings=chosen)
