"""What the operator chooses for one load."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a file is read, what it is expected to hold, and what the operator has confirmed.

    `encoding`, `delimiter`, `point_is_decimal`: None lets the file speak. `expect_*`: control totals given by hand, in
    rows and złote. `progress` is called with bytes done and bytes in all.
    """

    encoding: str | None = None
    delimiter: str | None = None
    point_is_decimal: bool | None = None
    expect_rows: int | None = None
    expect_debit: Decimal | None = None
    expect_credit: Decimal | None = None
    accept_warnings: bool = False
    skip_errors: bool = False  # load the rest of a file that has rows in error
    equal_rows: Literal["skip", "add"] = "skip"
    progress: Callable[[int, int], None] | None = None
