"""Decisions that come as a file: the list of what waits, filled in by accounting and handed in at the import desk."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.errors import InvalidInputError
from core.imports.closed_periods import ClosedMonth, ClosedRows
from core.imports.closing import checked_reason
from core.imports.columns import Layout
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.models import SuspendedRow
from core.imports.options import LoadOptions
from core.imports.suspense.models import AssignedEntry, Decision, SuspendedAssignment, standing
from core.imports.suspense.posting import Part, amount_of, broken_parts, post_parts, post_sent_back
from core.imports.writer import Writer
from core.ledger.models import LedgerEntry
from core.money import from_grosze, to_grosze
from core.registry.models import Tenancy

AT_ONCE = 500  # places of rows in one query
OTHER_LINE = "Inna linia tego wiersza ma błąd."


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the file: a row of suspense, and what is to become of it or of a part of it."""

    line_no: int
    place: tuple[int, int]  # batch and line that brought the row
    target_no: str
    amount: Decimal | None
    reason: str
    debit: Decimal | None  # as the list stated them, where it still carries them
    credit: Decimal | None


class SuspenseWriter(Writer):
    """One load of one file of decisions. Lines without a decision leave their row waiting and count as suspended."""

    def __init__(
        self, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
    ) -> None:
        super().__init__(session, batch_id, layout, options, findings)
        self._closed = ClosedRows(session, findings)
        self._lines: list[_Line] = []
        self._spoilt: set[tuple[int, int]] = set()
        self._parts: list[Part] = []
        self._back: dict[str, list[int]] = defaultdict(list)
        self._booked: list[tuple[int, date, int, int]] = []

    def write(self, rows: pl.DataFrame) -> None:
        """Gather the lines: parts of one row may stand anywhere in the file."""
        for one in rows.iter_rows(named=True):
            amount, debit, credit = (
                None if one[name] is None else from_grosze(one[name]) for name in ("amount", "debit", "credit")
            )
            place = (one["source_batch"], one["source_line"])
            self._lines.append(
                _Line(one["line_no"], place, one["target_no"], amount, one["reason"], debit or None, credit or None)
            )

    def spoil(self, rows: pl.DataFrame) -> None:
        """Lines that cannot be read: what they were to say of a row is unknown, so that its other lines are refused too."""
        places = rows.select("source_batch", "source_line").drop_nulls()
        self._spoilt.update((batch, line) for batch, line in places.iter_rows())

    def finish(self) -> None:
        """Decide about each row, all of its lines together."""
        by_place: dict[tuple[int, int], list[_Line]] = defaultdict(list)
        for line in self._lines:
            by_place[line.place].append(line)
        rows = _rows(self.session, list(by_place))
        decided = _decided(self.session, [row.id for row in rows.values()])
        tenancies = _tenancies(self.session, {line.target_no for line in self._lines if line.target_no})
        for place, lines in by_place.items():
            self._decide(rows.get(place), lines, decided, tenancies)
        self._note_closed()

    def post(self, scope: EmployeeScope) -> None:
        """Carry out what `finish` has found to be right."""
        if self._parts:
            post_parts(self.session, scope, self._parts, batch_id=self.batch_id)
        for reason, row_ids in self._back.items():
            post_sent_back(self.session, scope, row_ids, reason, batch_id=self.batch_id)

    @property
    def closed(self) -> tuple[ClosedMonth, ...]:
        """What comes into closed months."""
        return self._closed.months()

    def _decide(
        self,
        row: SuspendedRow | None,
        lines: Sequence[_Line],
        decided: dict[int, "_Standing"],
        tenancies: dict[str, int],
    ) -> None:
        if row is None:
            self._refuse(
                lines, "wiersz", f"W poczekalni nie ma wiersza {lines[0].place[1]} partii {lines[0].place[0]}."
            )
            return
        if lines[0].place in self._spoilt:
            self._refuse(lines, "umowa", OTHER_LINE)
            return
        sides = (row.debit or None, row.credit or None)
        if any((one.debit, one.credit) not in ((None, None), sides) for one in lines):
            self._refuse(lines, "obciazenie", "Kwota wiersza jest inna niż w poczekalni: pobierz listę jeszcze raz.")
            return
        said = [line for line in lines if line.target_no or line.reason]
        if not said:
            self.suspended += len(lines)
            return
        if len(said) < len(lines):
            self._refuse(lines, "umowa", "Część linii tego wiersza nie ma umowy: uzupełnij je albo usuń.")
        elif any(line.reason for line in said):
            self._send_back(row, said, decided.get(row.id))
        else:
            self._assign(row, said, decided.get(row.id), tenancies)

    def _send_back(self, row: SuspendedRow, lines: Sequence[_Line], standing_: "_Standing | None") -> None:
        if len(lines) > 1 or lines[0].target_no:
            self._refuse(lines, "odeslac", "Wiersz można albo odesłać, albo przypisać, i tylko w jednej linii.")
        elif standing_ is None:
            self._note_sent_back(row, lines[0])
        elif standing_.decision == Decision.SENT_BACK:
            self.repeated += 1
        else:
            self._refuse(lines, "odeslac", "Ten wiersz jest już przypisany: najpierw cofnij przypisanie.")

    def _note_sent_back(self, row: SuspendedRow, line: _Line) -> None:
        """The reason is asked of a file as it is on screen."""
        try:
            said = checked_reason(line.reason)
        except InvalidInputError as refusal:
            self._refuse([line], "odeslac", refusal.message, line.reason)
            return
        self._back[said].append(row.id)
        self.accepted += 1

    def _assign(
        self,
        row: SuspendedRow,
        lines: Sequence[_Line],
        standing_: "_Standing | None",
        tenancies: dict[str, int],
    ) -> None:
        unknown = [line for line in lines if line.target_no not in tenancies]
        for line in unknown:
            self._refuse([line], "umowa", "Nie ma umowy o takim numerze.", line.target_no)
        if unknown:
            self._refuse([line for line in lines if line not in unknown], "umowa", OTHER_LINE)
            return
        whole = amount_of(row)
        amounts = [whole if line.amount is None and len(lines) == 1 else line.amount for line in lines]
        parts = [
            Part(row.id, tenancies[line.target_no], amount)
            for line, amount in zip(lines, amounts, strict=True)
            if amount is not None
        ]
        if len(parts) < len(lines):
            self._refuse(lines, "kwota", "Wiersz podzielony na kilka umów wymaga kwoty w każdej linii.")
        elif broken := broken_parts(row, [part.amount for part in parts]):
            self._refuse(lines, "kwota", broken)
        elif standing_ is not None:
            self._meet(lines, parts, standing_)
        else:
            self._take(row, lines, parts)

    def _meet(self, lines: Sequence[_Line], parts: Sequence[Part], standing_: "_Standing") -> None:
        """A row that somebody has decided about: the same again changes nothing, anything else is a conflict."""
        same = sorted((part.tenancy_id, part.amount) for part in parts) == sorted(standing_.parts)
        if standing_.decision == Decision.ASSIGNED and same:
            self.repeated += len(lines)
        else:
            what = "przypisany inaczej" if standing_.decision == Decision.ASSIGNED else "odesłany"
            self._refuse(lines, "umowa", f"Ten wiersz jest już {what}: najpierw cofnij tamtą decyzję w Poczekalni.")

    def _take(self, row: SuspendedRow, lines: Sequence[_Line], parts: Sequence[Part]) -> None:
        self._parts.extend(parts)
        self.accepted += len(lines)
        for line, part in zip(lines, parts, strict=True):
            grosze = to_grosze(part.amount)
            debit, credit = (grosze, 0) if row.debit else (0, grosze)
            self.debit, self.credit = self.debit + debit, self.credit + credit
            self._booked.append((line.line_no, row.booked_on, debit, credit))

    def _note_closed(self) -> None:
        schema = {"line_no": pl.Int64, "booked_on": pl.Date, "debit": pl.Int64, "credit": pl.Int64}
        self._closed.note(pl.DataFrame(self._booked, schema=schema, orient="row"))

    def _refuse(self, lines: Sequence[_Line], column: str, reason: str, cell: str | None = None) -> None:
        self.rejected += len(lines)
        for line in lines:
            shown = cell if cell is not None else line.target_no or None
            self.findings.add(Finding(Severity.ERROR, Cause.SUSPENSE, reason, line.line_no, column, shown))


@dataclass(frozen=True, slots=True)
class _Standing:
    """What was decided about a row: its tenancies with what each got."""

    decision: Decision
    parts: tuple[tuple[int, Decimal], ...]


def _rows(session: Session, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], SuspendedRow]:
    found: dict[tuple[int, int], SuspendedRow] = {}
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        for row in session.scalars(
            select(SuspendedRow).where(tuple_(SuspendedRow.batch_id, SuspendedRow.line_no).in_(some))
        ):
            found[row.batch_id, row.line_no] = row
    return found


def _decided(session: Session, row_ids: Sequence[int]) -> dict[int, _Standing]:
    parts: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    decisions: dict[int, Decision] = {}
    for start in range(0, len(row_ids), AT_ONCE):
        rows = session.execute(
            select(
                SuspendedAssignment.row_id, SuspendedAssignment.decision,
                LedgerEntry.tenancy_id, LedgerEntry.debit, LedgerEntry.credit,
            )
            .outerjoin(AssignedEntry, AssignedEntry.assignment_id == SuspendedAssignment.id)
            .outerjoin(LedgerEntry, LedgerEntry.id == AssignedEntry.entry_id)
            .where(SuspendedAssignment.row_id.in_(row_ids[start : start + AT_ONCE]), standing())
        )  # fmt: skip
        for row_id, decision, tenancy_id, debit, credit in rows:
            decisions[row_id] = Decision(decision)
            if tenancy_id is not None:
                parts[row_id].append((tenancy_id, debit or credit))
    return {row_id: _Standing(decision, tuple(parts[row_id])) for row_id, decision in decisions.items()}


def _tenancies(session: Session, numbers: Collection[str]) -> dict[str, int]:
    ordered = sorted(numbers)
    found: dict[str, int] = {}
    for start in range(0, len(ordered), AT_ONCE):
        rows = session.execute(
            select(Tenancy.tenancy_no, Tenancy.id).where(Tenancy.tenancy_no.in_(ordered[start : start + AT_ONCE]))
        )
        found.update(dict(rows.all()))
    return found
