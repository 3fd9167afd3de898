"""What the operator chooses for one load."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(slots=True)
class Remarks:
    """What an errors file is made of: every error by the line of its record, and the last line of records of several."""

    lines: dict[int, list[str]] = field(default_factory=dict)
    spans: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a file is read, what it is expected to hold, and what the operator has confirmed.

    `encoding`, `delimiter`, `point_is_decimal`: None lets the file speak. `columns`: headings of the file by those of the
    contract, where they differ. `expect_*`: control totals given by hand, in rows and złote; `expect_digest`: what the
    preview was, so that a load that would be another is refused. `effect`: say what becomes of balances. `remarks` takes
    every error, `progress` is called with bytes done and bytes in all.
    """

    encoding: str | None = None
    delimiter: str | None = None
    point_is_decimal: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    expect_rows: int | None = None
    expect_debit: Decimal | None = None
    expect_credit: Decimal | None = None
    expect_digest: str | None = None
    accept_warnings: bool = False
    skip_errors: bool = False  # load the rest of a file that has rows in error
    equal_rows: Literal["skip", "add"] = "skip"
    effect: bool = False
    remarks: Remarks | None = None
    progress: Callable[[int, int], None] | None = None
