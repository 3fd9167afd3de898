"""What became of a file, and why one was not loaded."""

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal

from core.batches.models import BatchState
from core.errors import DomainError
from core.imports.closed_periods import ClosedMonth, in_words
from core.imports.dialect import Dialect
from core.imports.effect import BalanceEffect
from core.imports.findings import Findings
from core.ledger.differences import Difference


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a file. rows = accepted + repeated + suspended + rejected; money in złote.

    `debit` and `credit` are the sums of all rows read, as a control line states them; `accepted_*` of the rows accepted.
    """

    batch_id: int
    state: BatchState
    rows: int
    accepted: int
    repeated: int
    suspended: int
    rejected: int
    debit: Decimal
    credit: Decimal
    accepted_debit: Decimal
    accepted_credit: Decimal
    findings: Findings
    dialect: Dialect | None = None
    effect: BalanceEffect | None = None  # on balances, where it was asked for
    closed: tuple[ClosedMonth, ...] = ()  # what comes into closed months
    differences: tuple[Difference, ...] = ()  # balances that the file states otherwise

    @property
    def digest(self) -> str:
        """What somebody saw of this report: counts, sums, findings and the effect on every balance."""
        counts = [self.rows, self.accepted, self.repeated, self.suspended, self.rejected]
        sums = [str(one) for one in (self.debit, self.credit, self.accepted_debit, self.accepted_credit)]
        found = sorted([*map(str, key), number] for key, number in self.findings.counts.items())
        told = json.dumps([counts, sums, found, self.effect.digest if self.effect else ""])
        return hashlib.sha256(told.encode()).hexdigest()

    def figures(self) -> str:
        """Canonical JSON of all that was counted: what a second person confirms, and nothing else."""
        told = {
            **{name: str(getattr(self, name)) for name in _FIGURES},
            "findings": {f"{severity}/{cause}": number for (severity, cause), number in self.findings.counts.items()},
            "months": [asdict(month) for month in self.closed],
        }
        return json.dumps(told, sort_keys=True)


_FIGURES = (
    "rows", "accepted", "repeated", "suspended", "rejected", "debit", "credit", "accepted_debit", "accepted_credit"
)  # fmt: skip


class RefusedError(DomainError):
    """The file may not be loaded as it is; `report` carries every finding, `unusable`: it could not be read at all."""

    def __init__(self, message: str, report: BatchReport, *, unusable: bool = False) -> None:
        super().__init__(message)
        self.report = report
        self.unusable = unusable


class PreviewOutdatedError(DomainError):
    """The load would not be what was previewed: something else has landed meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "Od sprawdzenia zmieniły się dane: coś wczytano, wycofano, przypisano albo zamknięto. Nic nie wczytano. "
            "Obejrzyj plik jeszcze raz."
        )


class SecondPersonNeededError(RefusedError):
    """The file is fine, but rows of it are booked in closed months and nobody has confirmed exactly this load."""

    def __init__(self, report: BatchReport) -> None:
        super().__init__(
            f"Plik ma wiersze w zamkniętym okresie ({in_words(report.closed)}). Nic nie wczytano: na stronie Import podaj "
            "powód i poproś o zgodę drugą osobę.",
            report,
        )


class AlreadyLoadedError(DomainError):
    """The same content is in the database already, brought by `batch_id`."""

    def __init__(self, batch_id: int, rows: int) -> None:
        super().__init__(f"Ten plik jest już wczytany (partia {batch_id}). Nic nie dodano.")
        self.batch_id = batch_id
        self.rows = rows
