"""What a check has to say about a file: each finding with its place, its cell and a reason that says what to do."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import DomainError

# Beyond this many of one cause only their number is kept: a million equal complaints help nobody.
KEPT_PER_CAUSE = 200
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


@dataclass(slots=True)
class Findings:
    """All findings of a file: every one counted, the first of each cause kept."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Severity, Cause]] = field(default_factory=Counter)
    remarks: dict[int, list[str]] | None = None  # every error by line, where somebody wants them all

    def add(self, finding: Finding) -> None:
        """Count a finding and keep it while its cause has few."""
        key = (finding.severity, finding.cause)
        self.counts[key] += 1
        if self.remarks is not None and finding.severity is Severity.ERROR and finding.line is not None:
            place = f"{finding.column}: " if finding.column else ""
            self.remarks.setdefault(finding.line, []).append(f"{place}{finding.reason}")
        if self.counts[key] <= KEPT_PER_CAUSE:
            cell = finding.cell
            if cell is not None and len(cell) > CELL_SHOWN:
                finding = Finding(
                    finding.severity,
                    finding.cause,
                    finding.reason,
                    finding.line,
                    finding.column,
                    cell[:CELL_SHOWN] + "…",
                )
            self.kept.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add several."""
        for finding in findings:
            self.add(finding)

    def number(self, severity: Severity) -> int:
        """How many findings of a severity there are, kept or not."""
        return sum(count for (has, _), count in self.counts.items() if has == severity)

    def sorted(self) -> list[Finding]:
        """The kept ones: worst first, then by line."""
        order = list(Severity)
        return sorted(self.kept, key=lambda finding: (order.index(finding.severity), finding.line or 0))
