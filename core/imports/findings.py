"""What a check has to say about a file: each finding with its place, its cell and a reason that says what to do."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import heappush, heapreplace

from core.errors import DomainError

# Beyond this many of one cause in one column only their number is kept: a million equal complaints help nobody, and a
# flood in one column must leave room for what is wrong in another.
KEPT_PER_COLUMN = 200
COLUMNS_APART = 20  # more than any contract has; further ones share one place
CELL_SHOWN = 120


class Severity(StrEnum):
    """How bad it is, the worst first."""

    SETUP = "setup"  # the file is unusable, the check stopped at once
    ERROR = "error"  # the row cannot be loaded
    WARNING = "warning"  # plausible but odd: confirmed in bulk
    NOTICE = "notice"  # worth knowing, nothing to confirm


class Cause(StrEnum):
    """Grouping of findings: the same cause has the same remedy."""

    FILE = "file"
    ENCODING = "encoding"
    LINE = "line"
    QUOTE = "quote"
    FIELDS = "fields"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING_COLUMN = "missing_column"
    REQUIRED = "required"
    VALUE = "value"
    SIDES = "sides"
    UNKNOWN_REFERENCE = "unknown_reference"
    CONFLICT = "conflict"
    REPEATED_KEY = "repeated_key"
    EQUAL_ROW = "equal_row"
    UNKNOWN_TYPE = "unknown_type"
    UNUSUAL_AMOUNT = "unusual_amount"
    SUSPENDED = "suspended"
    READING = "reading"
    TOTALS = "totals"
    BALANCE = "balance"
    OPENING = "opening"
    CHANGED = "changed"
    CLOSED_PERIOD = "closed_period"
    SUSPENSE = "suspense"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` counts from 1 with the heading; `column` is the heading of the file's contract."""

    severity: Severity
    cause: Cause
    reason: str
    line: int | None = None
    column: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"wiersz {self.line}" if self.line else "",
                f"kolumna {self.column}" if self.column else "",
                f"wartość „{self.cell}”" if self.cell else "",
            )
            if part
        )
        return f"{place}: {self.reason}" if place else self.reason


class UnusableFileError(DomainError):
    """The file cannot be read as this kind at all; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def unusable(cause: Cause, reason: str, *, line: int | None = None, column: str | None = None) -> UnusableFileError:
    """The refusal of a whole file."""
    return UnusableFileError(Finding(Severity.SETUP, cause, reason, line=line, column=column))


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one severity and cause: how many in all and by column, and the first of each column, by line."""

    severity: Severity
    cause: Cause
    number: int
    columns: tuple[tuple[str, int], ...]  # the most frequent first
    kept: tuple[Finding, ...]

    def first(self, number: int) -> tuple[Finding, ...]:
        """So many of the first ones, by line; columns take turns, so that each of them has its place."""
        met: Counter[str | None] = Counter()
        turns = []
        for one in self.kept:
            turns.append((met[one.column], one))
            met[one.column] += 1
        chosen = sorted(turns, key=lambda turn: turn[0])[:number]
        return tuple(sorted((one for _, one in chosen), key=lambda one: one.line or 0))


@dataclass(slots=True)
class Findings:
    """All findings of a file: every one counted, those on the first lines of each cause and column kept."""

    counts: Counter[tuple[Severity, Cause]] = field(default_factory=Counter)
    of_columns: Counter[tuple[Severity, Cause, str]] = field(default_factory=Counter)
    remarks: dict[int, list[str]] | None = None  # every error by line, where somebody wants them all
    _met: int = 0
    # Heaps with the last line on top: a block is looked through column by column, so lines do not come in their order.
    _first: dict[tuple[Severity, Cause, str], list[tuple[int, int, Finding]]] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while it is among the first lines of its cause and column."""
        at = (finding.severity, finding.cause, finding.column or "")
        self.counts[finding.severity, finding.cause] += 1
        self.of_columns[at] += 1
        if self.remarks is not None and finding.severity is Severity.ERROR and finding.line is not None:
            column = f"{finding.column}: " if finding.column else ""
            self.remarks.setdefault(finding.line, []).append(f"{column}{finding.reason}")
        self._met += 1
        if at not in self._first and sum(key[:2] == at[:2] for key in self._first) >= COLUMNS_APART:
            at = (*at[:2], "")
        first, place = self._first.setdefault(at, []), (-(finding.line or 0), -self._met)
        if len(first) < KEPT_PER_COLUMN:
            heappush(first, (*place, _cut(finding)))
        elif place > first[0][:2]:
            heapreplace(first, (*place, _cut(finding)))

    @property
    def kept(self) -> list[Finding]:
        """Those on the first lines of each cause and column, in the order in which they were met."""
        entries = [entry for first in self._first.values() for entry in first]
        return [finding for _, _, finding in sorted(entries, key=lambda entry: -entry[1])]

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add several."""
        for finding in findings:
            self.add(finding)

    def number(self, severity: Severity) -> int:
        """How many findings of a severity there are, kept or not."""
        return sum(count for (has, _), count in self.counts.items() if has == severity)

    def has(self, cause: Cause) -> bool:
        """Whether this cause was met, however grave it is."""
        return any(met is cause for _, met in self.counts)

    def sorted(self) -> list[Finding]:
        """The kept ones: worst first, then by line."""
        order = list(Severity)
        return sorted(self.kept, key=lambda finding: (order.index(finding.severity), finding.line or 0))

    def groups(self) -> list[FindingGroup]:
        """By severity and cause: the gravest first, then the most frequent."""
        order, kept = list(Severity), defaultdict[tuple[Severity, Cause], list[Finding]](list)
        columns = defaultdict[tuple[Severity, Cause], list[tuple[str, int]]](list)
        for finding in self.sorted():
            kept[finding.severity, finding.cause].append(finding)
        for (severity, cause, column), number in self.of_columns.most_common():
            if column:
                columns[severity, cause].append((column, number))
        found = sorted(self.counts.items(), key=lambda one: (order.index(one[0][0]), -one[1]))
        return [FindingGroup(*key, number, tuple(columns[key]), tuple(kept[key])) for key, number in found]


def _cut(finding: Finding) -> Finding:
    if finding.cell is None or len(finding.cell) <= CELL_SHOWN:
        return finding
    return replace(finding, cell=finding.cell[:CELL_SHOWN] + "…")
