"""The ledger of one tenancy of the demo city, month by month: charges, payments by habit, and what happens besides.

Days are ISO texts and amounts integer grosze, because a city has hundreds of thousands of rows.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from core.clock import next_working_day
from core.demo.charges import monthly_charge
from core.demo.city import DemoTenancy
from core.demo.habits import HABITS

INTEREST_A_YEAR = 0.1125  # statutory, for delay
COURT_COSTS = 23_000
REFUND_ABOVE = 90_000


class Row(NamedTuple):
    """One row of `kartoteka.csv`; exactly one of debit and credit is not zero."""

    booked_on: str
    document_no: str
    position: int
    document_type: str
    due_on: str
    period: str
    component: str
    description: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month with what is the same for every tenancy."""

    year: int
    month: int
    period: str  # 2026-11
    first: str
    last: str

    def due(self, payment_day: int) -> date:
        """Due day of this month's charge: the payment day or the next working day."""
        return _due(self.year, self.month, payment_day)


@lru_cache(maxsize=4096)
def _due(year: int, month: int, day: int) -> date:
    return next_working_day(date(year, month, day))


@lru_cache(maxsize=4096)
def _paid_on(due: date, days: int) -> str:
    """When a payment made some days from the due day is booked: banks work on working days."""
    return next_working_day(due + timedelta(days=days)).isoformat()


def months(day: date, years: int) -> list[Month]:
    """The months of so many years up to and including that of `day`, oldest first."""
    last = day.year * 12 + day.month - 1
    found = []
    for at in range(last - 12 * years + 1, last + 1):
        year, month = at // 12, at % 12 + 1
        period = f"{year}-{month:02d}"
        found.append(Month(year, month, period, f"{period}-01", f"{period}-{monthrange(year, month)[1]}"))
    return found


class LedgerOfTenancy:
    """Makes the rows of one tenancy, keeping count of what is owed, because that decides what is paid."""

    def __init__(self, tenancy: DemoTenancy, seed: int) -> None:
        self.tenancy = tenancy
        self.rng = Random(f"ledger/{seed}/{tenancy.number}")  # noqa: S311
        self.habit = HABITS[tenancy.habit]
        self.commercial = tenancy.premises.kind == "użytkowy"
        self.owed = 0
        self.rows: list[Row] = []
        self._bill: list[tuple[str, int]] = []
        self._bill_year = 0
        self._sued = False

    def rows_until(self, day: date, calendar: list[Month]) -> list[Row]:
        """All rows booked by the end of `day`, in the order of booking."""
        end = self.tenancy.valid_to.isoformat() if self.tenancy.valid_to else "9999-12-31"
        start = self.tenancy.valid_from.isoformat()
        lived = [month for month in calendar if start <= month.first <= end]
        if lived and start < calendar[0].first:
            self._opening(lived[0])
        transfer_in = calendar[len(calendar) // 2] if self.tenancy.transfer else None
        for nth, month in enumerate(lived):
            charge = self._charge(month)
            self._events_before_payment(month, transfer=month is transfer_in)
            pays = not self.tenancy.quits or nth < len(lived) - self.tenancy.quits
            self._pay(month, charge, nth, pays=pays)
            self._events_after_payment(month, charge)
        now = day.isoformat()
        return sorted((row for row in self.rows if row.booked_on <= now), key=lambda row: row.booked_on)

    def _post(self, row: Row) -> None:
        self.rows.append(row)
        self.owed += row.debit - row.credit

    def _event(
        self, kind: str, booked_on: str, month: Month, text: str, *, debit: int = 0, credit: int = 0, due_on: str = ""
    ) -> None:
        number = f"{kind}/{month.year}/{month.month:02d}/{self.tenancy.number:05d}"
        self._post(Row(booked_on, number, 1, kind, due_on, month.period, "", text, debit, credit))

    def _bill_of(self, year: int) -> list[tuple[str, int]]:
        if year != self._bill_year:
            self._bill = [
                (one.name, one.amount) for one in monthly_charge(self.tenancy.premises, self.tenancy.persons, year)
            ]
            self._bill_year = year
        return self._bill

    def _opening(self, month: Month) -> None:
        charge = sum(amount for _, amount in self._bill_of(month.year))
        opening = int(charge * self.rng.uniform(*self.habit.opening)) // 10 * 10
        if opening:
            debit, credit = max(opening, 0), max(-opening, 0)
            due = month.first if debit else ""
            self._event("BO", month.first, month, "Bilans otwarcia", debit=debit, credit=credit, due_on=due)

    def _charge(self, month: Month) -> int:
        """This month's charge, one position a component; returns its sum."""
        kind = "FV" if self.commercial else "NAL"
        number = f"{kind}/{month.year}/{month.month:02d}/{self.tenancy.number:05d}"
        due = month.due(self.tenancy.payment_day).isoformat()
        text = f"Opłaty za {month.month:02d}.{month.year}"
        total = 0
        for position, (component, amount) in enumerate(self._bill_of(month.year), start=1):
            self.rows.append(Row(month.first, number, position, kind, due, month.period, component, text, amount, 0))
            total += amount
        self.owed += total
        return total

    def _events_before_payment(self, month: Month, *, transfer: bool) -> None:
        tenancy, rng = self.tenancy, self.rng
        if tenancy.allowance:
            text = "Dodatek mieszkaniowy"
            self._event("DOD", _paid_on(month.due(5), 0), month, text, credit=tenancy.allowance)
        if transfer:
            taken, brought = max(tenancy.transfer, 0), max(-tenancy.transfer, 0)
            booked = f"{month.period}-04"
            self._event("PRZ", booked, month, "Przeksięgowanie między umowami", debit=taken, credit=brought)
        if rng.random() < 0.004 and tenancy.persons > 1:
            amount = self._bill[1][1] // tenancy.persons  # the water of one person, charged too much
            self._event("KOR", f"{month.period}-03", month, "Korekta naliczenia – zmiana liczby osób", debit=-amount)

    def _pay(self, month: Month, charge: int, nth: int, *, pays: bool) -> None:
        rng = self.rng
        days = rng.randint(*self.habit.days)
        amount = self.habit.amount(rng, self.owed, charge)
        slip = rng.random()
        if not pays or amount <= 0:
            return
        booked_on = _paid_on(month.due(self.tenancy.payment_day), days)
        if self.tenancy.unnumbered and nth % 3 == 0:
            self._pay_at_desk(month, booked_on, amount)
            return
        number = f"WPL/{month.year}/{month.month:02d}/{self.tenancy.number:05d}"
        text = "Wpłata – przelew"
        self._post(Row(booked_on, number, 1, "WPL", "", "", "", text, 0, amount))
        if slip < 0.0015:  # booked twice by mistake, the second one taken back
            self._post(Row(booked_on, number, 2, "WPL", "", "", "", text, 0, amount))
            self._post(Row(booked_on, number, 3, "WPL", "", "", "", "Storno – wpłata ujęta dwukrotnie", 0, -amount))

    def _pay_at_desk(self, month: Month, booked_on: str, amount: int) -> None:
        """Receipts of the desk carry no number: two equal halves on one day are two rows all the same."""
        text = "Wpłata w kasie"
        half = amount // 2
        for part in (half, half, amount - 2 * half):
            if part:
                self._post(Row(booked_on, "", 1, "WPL", "", month.period, "", text, 0, part))

    def _events_after_payment(self, month: Month, charge: int) -> None:
        rng = self.rng
        if month.month == 3 and self.tenancy.persons:
            self._settle("ROZW", f"{month.period}-24", month, f"Rozliczenie wody za {month.year - 1} r.", 16_000)
        if month.month == 6 and self.tenancy.premises.heated and not self.commercial:
            self._settle("ROZC", f"{month.period}-22", month, f"Rozliczenie ogrzewania za {month.year - 1} r.", 24_000)
        if month.month % 3 == 0 and self.owed > 2 * charge:
            interest = round(self.owed * INTEREST_A_YEAR / 4)
            text = f"Nota odsetkowa za {month.month // 3} kwartał {month.year} r."
            due = _paid_on(month.due(28), 14)
            self._event("ODS", month.last, month, text, debit=interest, due_on=due)
        if self.owed > 6 * charge and not self._sued and rng.random() < 0.3:
            self._sued = True
            due = month.last
            self._event(
                "KSZ", f"{month.period}-26", month, "Koszty sądowe – nakaz zapłaty", debit=COURT_COSTS, due_on=due
            )
        if self.owed < -REFUND_ABOVE:
            self._event("ZWR", f"{month.period}-27", month, "Zwrot nadpłaty na wniosek", debit=-self.owed)

    def _settle(self, kind: str, booked_on: str, month: Month, text: str, spread: int) -> None:
        """A yearly settlement: about as many pay in as are paid back."""
        difference = round(self.rng.gauss(-0.1, 0.5) * spread)
        if difference > 0:
            due = _paid_on(date.fromisoformat(booked_on), 14)
            self._event(kind, booked_on, month, f"{text} – niedopłata", debit=difference, due_on=due)
        elif difference < 0:
            self._event(kind, booked_on, month, f"{text} – nadpłata", credit=-difference)
