"""How long payments take to be seen: from the day they were booked to the day their batch brought them, by channel.

The ledger does not know when somebody ordered a transfer, only when it was booked. What was booked up to the day on which
the first ledger was loaded says nothing: what was there already waited for the portal, and of that day only the fastest.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from core.batches.models import BatchState, ImportBatch
from core.clock import local, today
from core.ledger.balances import IS_CREDIT, NOTHING
from core.ledger.models import LedgerEntry

PAYMENT = "WPL"
MEASURED = timedelta(days=180)
FEWEST = 20  # payments; fewer say nothing about the next one


class Channel(StrEnum):
    """How a payment came in."""

    TRANSFER = "transfer"
    CASH = "cash"
    POST = "post"
    OTHER = "other"


# What the landlord's system writes into the description, without Polish marks; the first channel that fits counts.
WORDS: dict[Channel, tuple[str, ...]] = {
    Channel.POST: ("poczt",),
    Channel.CASH: ("w kasie", "kasa"),
    Channel.TRANSFER: ("przelew",),
}


@dataclass(frozen=True, slots=True)
class PostingLag:
    """Days from booking to being seen: half of the payments took at most `median`, nine of ten at most `most`."""

    channel: Channel
    payments: int  # how many it rests on
    median: int | None  # days; None: too few payments to say
    most: int | None


def posting_lags(session: Session, *, as_of: date | None = None) -> dict[Channel, PostingLag]:
    """The lags of every channel, city-wide, over the 180 days up to a day; they tell nothing about anybody: no scope."""
    day = as_of or today()
    loaded = _loaded_on(session)
    lags: dict[Channel, Counter[int]] = {channel: Counter() for channel in Channel}
    if loaded:
        since = max(min(loaded.values()) + timedelta(days=1), day - MEASURED)
        for channel, booked_on, batch_id, payments in session.execute(_payments(since, day)):
            if batch_id in loaded and loaded[batch_id] <= day:
                lags[Channel(channel)][max((loaded[batch_id] - booked_on).days, 0)] += payments
    return {channel: _lag(channel, found) for channel, found in lags.items()}


def _loaded_on(session: Session) -> dict[int, date]:
    """The day on which each ledger file was loaded, by the batch's id."""
    rows = session.execute(
        select(ImportBatch.id, ImportBatch.committed_at).where(
            ImportBatch.kind == "ledger", ImportBatch.state == BatchState.COMMITTED
        )
    )
    return {batch_id: local(committed_at).date() for batch_id, committed_at in rows if committed_at}


def _payments(since: date, until: date) -> Select[str, date, int, int]:
    """Payments by channel, day and batch, through the index of credits by day."""
    told = func.lower(LedgerEntry.description)
    fits = [(or_(*(told.contains(word) for word in words)), channel.value) for channel, words in WORDS.items()]
    channel = case(*fits, else_=Channel.OTHER.value)
    return (
        select(channel, LedgerEntry.booked_on, LedgerEntry.batch_id, func.count())
        .where(IS_CREDIT, LedgerEntry.booked_on.between(since, until))
        .where(LedgerEntry.document_type == PAYMENT, LedgerEntry.credit > NOTHING)
        .group_by(channel, LedgerEntry.booked_on, LedgerEntry.batch_id)
    )


def _lag(channel: Channel, found: Counter[int]) -> PostingLag:
    payments = found.total()
    if payments < FEWEST:
        return PostingLag(channel, payments, None, None)
    return PostingLag(channel, payments, _quantile(found, 50), _quantile(found, 90))


def _quantile(found: Counter[int], percent: int) -> int:
    """The least number of days within which so many percent of the payments were seen."""
    seen, needed = 0, found.total() * percent
    for days in sorted(found):
        seen += found[days]
        if 100 * seen >= needed:
            return days
    raise ValueError("no payments")
