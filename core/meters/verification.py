"""Until when a water meter may be billed by (legalizacja), and when its tenant is told."""

import re
from datetime import date

YEARS = 5  # for water meters: Regulation on the legal metrological control of measuring instruments, annex 6
WARN_DAYS = (90, 30, 7)
_MARK = re.compile(r"M([0-9]{2})", re.IGNORECASE)


def verified_until(mark: str) -> date | None:
    """The last day of the first verification that a conformity mark stands for; None for a mark that is none.

    The supplementary metrology marking `Mnn` names the year it was put on; for water meters the period runs from
    1 December of that year, so that M21 ends on 1 December 2026.
    """
    found = _MARK.fullmatch(mark.strip())
    return date(2000 + int(found[1]) + YEARS, 12, 1) if found else None


def days_left(until: date | None, on: date) -> int | None:
    """Days of verification left, below zero when it has ended; None where it is not known."""
    return None if until is None else (until - on).days


def is_expired(until: date | None, on: date) -> bool:
    """Whether the verification had ended before that day; the last day still counts."""
    return until is not None and on > until


def warning_of(until: date | None, on: date) -> int | None:
    """The narrowest of the warnings (90, 30, 7 days before) that applies on that day; 0 once it has ended."""
    left = days_left(until, on)
    if left is None or left > WARN_DAYS[0]:
        return None
    return 0 if left < 0 else min(days for days in WARN_DAYS if left <= days)
