"""What takes the rows of a file into the database: one class a kind of file, all with the same steps."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import polars as pl
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.imports.closed_periods import ClosedMonth
from core.imports.columns import Layout
from core.imports.findings import Findings
from core.imports.options import LoadOptions
from core.ledger.differences import Difference


class Writer(ABC):
    """One load of one file: takes typed rows without errors and counts what became of each.

    The steps in their order: `write` and `spoil` block by block, `finish`, `post`.
    """

    def __init__(
        self, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
    ) -> None:
        self.session, self.batch_id, self.findings = session, batch_id, findings
        self.layout, self.options = layout, options
        self.accepted = self.repeated = self.suspended = self.rejected = 0
        self.debit = self.credit = 0  # grosze that the accepted rows post to the ledger

    @abstractmethod
    def write(self, rows: pl.DataFrame) -> None:
        """Bring in the rows of one block."""

    def spoil(self, rows: pl.DataFrame) -> None:  # noqa: B027 - most kinds have nothing to do here
        """Hear of the rows of the block that have errors, where they spoil others."""

    @abstractmethod
    def finish(self) -> None:
        """Check what can only be checked once all rows are in."""

    def post(self, scope: EmployeeScope) -> None:  # noqa: B027 - the same
        """Carry out what only somebody who may can do."""

    @property
    def closed(self) -> tuple[ClosedMonth, ...]:
        """What comes into closed months."""
        return ()

    @property
    def differences(self) -> Sequence[Difference]:
        """Balances that the file states otherwise."""
        return ()


WriterMaker = Callable[[Session, int, Layout, LoadOptions, Findings], Writer]
