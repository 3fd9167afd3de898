"""What the desk has to make of files, decisions and undos, said in plain Python: the oracle of the stateful test."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

STRANGER_NO = "U/9"
Line = tuple[str, str, Decimal]  # tenancy, document, debit less credit


@dataclass(eq=False)
class Entry:
    """One row that stands: in the ledger under its tenancy, or in suspense (tenancy None) with what was decided about it."""

    row: str
    tenancy: str | None
    bringers: set[int] = field(default_factory=set)
    decision: "Decision | None" = None
    decides: "Entry | None" = None  # of a line that a decision made whole: the row it came of

    @property
    def amount(self) -> Decimal:
        """Debit less credit, PLN."""
        debit, credit = (Decimal(cell.replace(",", ".") or "0") for cell in self.row.split(";")[8:10])
        return debit - credit


@dataclass(eq=False)
class Decision:
    """What was decided about a row: its lines, none of one that was sent back."""

    entry: Entry
    parts: list[tuple[str, Decimal]]
    whole: Entry | None = None  # the line of a row that was not split
    sent_home: Entry | None = None  # the line of a row that was sent back and came again, mended


class RefusedByModelError(Exception):
    """The desk has to refuse this and change nothing."""


class Desk:
    """The state of ledger and suspense."""

    def __init__(self) -> None:
        self.batches: dict[int, tuple[list[str], int]] = {}  # rows, how many were rejected
        self.numbered: dict[str, Entry] = {}
        self.unnumbered: dict[str, list[Entry]] = defaultdict(list)
        self.decisions: list[Decision] = []
        self.closed = False

    def loaded(self, rows: list[str]) -> int | None:
        """The batch that holds exactly these rows, none of them rejected."""
        return next((key for key, (own, bad) in self.batches.items() if own == rows and not bad), None)

    def load(self, batch: int, rows: list[str]) -> tuple[int, int, int, int]:
        """Accepted, repeated, suspended, rejected. Raises RefusedByModelError where a closed month would change."""
        if self.closed and self._brings_something(rows):
            raise RefusedByModelError
        counts = dict.fromkeys(("accepted", "repeated", "suspended", "rejected"), 0)
        seen: dict[str, int] = defaultdict(int)
        for row in rows:
            counts[self._take(batch, row, seen)] += 1
        self.batches[batch] = rows, counts["rejected"]
        return counts["accepted"], counts["repeated"], counts["suspended"], counts["rejected"]

    def undo(self, batch: int) -> None:
        """Take a batch back. Raises RefusedByModelError where it is built upon or stands in a closed month."""
        going = [entry for entry in self._all() if entry.bringers == {batch}]
        if any(entry.decision and entry.decision.parts for entry in going):
            raise RefusedByModelError
        if self.closed and any(entry.tenancy for entry in going if entry.decides is None):
            raise RefusedByModelError
        for entry in self._all():
            entry.bringers.discard(batch)
        for one in self.decisions:
            if one.sent_home and not one.sent_home.bringers:
                one.sent_home = None
        self.numbered = {key: home for key, entry in self.numbered.items() if (home := _stays(entry))}
        self.decisions = [one for one in self.decisions if one.entry.bringers]
        for key, entries in self.unnumbered.items():
            self.unnumbered[key] = [entry for entry in entries if entry.bringers or entry.decides]
        del self.batches[batch]

    def waiting(self) -> list[Entry]:
        """Rows about which nobody has decided."""
        return [entry for entry in self._strangers() if entry.decision is None]

    def decide(self, entry: Entry, parts: list[tuple[str, Decimal]]) -> None:
        """Assign to one tenancy, split, or (no parts) send back. Raises RefusedByModelError in a closed month."""
        if self.closed and parts:
            raise RefusedByModelError
        entry.decision = Decision(entry, parts)
        if len(parts) == 1:
            tenancy = parts[0][0]
            row = mended(entry.row, tenancy)
            entry.decision.whole = Entry(row, tenancy, decides=entry)
            if not document(row):
                self.unnumbered[row].append(entry.decision.whole)
        self.decisions.append(entry.decision)

    def take_back(self, decision: Decision) -> None:
        """Let the row wait again. Raises RefusedByModelError in a closed month and where a file brought the line too."""
        if decision.parts and self.closed:
            raise RefusedByModelError
        if decision.sent_home is not None or (decision.whole is not None and decision.whole.bringers):
            raise RefusedByModelError
        decision.entry.decision = None
        self.decisions.remove(decision)
        if decision.whole is not None and not document(decision.whole.row):
            self.unnumbered[decision.whole.row].remove(decision.whole)

    def ledger(self) -> list[Line]:
        """Every line in force."""
        own = [
            (entry.tenancy, document(entry.row), entry.amount)
            for entry in self._all()
            if entry.tenancy is not None and entry.decides is None
        ]
        posted = [(tenancy, document(one.entry.row), amount) for one in self.decisions for tenancy, amount in one.parts]
        return sorted(own + posted)

    def _all(self) -> list[Entry]:
        wholes = [one.whole for one in self.decisions if one.whole and document(one.whole.row)]
        wholes += [one.sent_home for one in self.decisions if one.sent_home]
        return [*self.numbered.values(), *(one for some in self.unnumbered.values() for one in some), *wholes]

    def _strangers(self) -> list[Entry]:
        return [entry for entry in self._all() if entry.tenancy is None]

    def _brings_something(self, rows: list[str]) -> bool:
        seen: dict[str, int] = defaultdict(int)
        for row in rows:
            seen[row] += 1
            if document(row):
                stands = self.numbered.get(document(row))
                if stands is None or _comes_home(stands, row):
                    return True
            elif seen[row] > len(self.unnumbered[row]):
                return True
        return False

    def _take(self, batch: int, row: str, seen: dict[str, int]) -> str:
        tenancy = None if tenancy_of(row) == STRANGER_NO else tenancy_of(row)
        seen[row] += 1
        if not document(row):
            standing = self.unnumbered[row]
            if seen[row] <= len(standing):
                standing[seen[row] - 1].bringers.add(batch)
                return "repeated"
            standing.append(Entry(row, tenancy, {batch}))
            return "suspended" if tenancy is None else "accepted"
        stands = self.numbered.get(document(row))
        if stands is None:
            self.numbered[document(row)] = Entry(row, tenancy, {batch})
            return "suspended" if tenancy is None else "accepted"
        if stands.decision and _comes_home(stands, row):
            stands.decision.sent_home = Entry(row, tenancy, {batch})
            return "accepted"
        decision = stands.decision or Decision(stands, [])
        for met in (stands, decision.whole, decision.sent_home):
            if met is not None and met.row == row:
                met.bringers.add(batch)
                return "repeated"
        return "rejected"


def _stays(entry: Entry) -> Entry | None:
    """What stands under a document's number once a batch is gone: the row, or its mended copy where only that is left."""
    if entry.bringers or entry.decides:
        return entry
    return entry.decision.sent_home if entry.decision else None


def _comes_home(stands: Entry, row: str) -> bool:
    """Whether the row is the mended one of one that was sent back, and the first of its kind."""
    decision = stands.decision
    return decision is not None and not decision.parts and not decision.sent_home and tenancy_of(row) != STRANGER_NO


def document(row: str) -> str:
    """The document's number; empty of a row without one."""
    return row.split(";")[2]


def tenancy_of(row: str) -> str:
    """The tenancy the row names."""
    return row.split(";")[1]


def mended(row: str, tenancy: str) -> str:
    """The row as its source would write it had it known the tenancy."""
    return ";".join([f"000{tenancy[-1]}", tenancy, *row.split(";")[2:]])
