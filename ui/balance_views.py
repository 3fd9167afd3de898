"""What is owed on screen: in a sentence, as of any day with the age of what is overdue, what it is for, and charts."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from core.audit.tenant_view import Viewer
from core.clock import today
from core.db import reading
from core.ledger.ageing import TenancyAgeing, age_labels, tenancy_ageing
from core.ledger.balances import TenancyBalance, next_due, tenancy_balance
from core.ledger.entries import LedgerFilter, LedgerSpan
from core.ledger.history import balance_history, charges_by_component, last_months, monthly_totals
from core.ledger.monthly_charge import coming_charges, compare_months
from core.plain_words.reading import plain_words
from ui import charts, formats
from ui.charges import coming, months_compared
from ui.forms import show_answer
from ui.layout import note, paragraph, section
from ui.ledger_view import documents
from ui.tables import Column, table


class _Drawing(NamedTuple):
    """A chart: what reads its numbers, what draws them, and over how many months at most."""

    read: Callable[..., pd.DataFrame]
    draw: Callable[[pd.DataFrame], None]
    months: int


DRAWINGS = {
    "Saldo w czasie": _Drawing(balance_history, charts.balance_over_time, 24),
    "Naliczenia i wpłaty": _Drawing(monthly_totals, charts.charges_and_payments, 24),
    "Za co płacę (12 miesięcy)": _Drawing(charges_by_component, charts.charges_by_component, 12),
}


def balance_sentence(scope: Viewer, *, tenancy_id: int) -> None:
    """What is owed today, how much of it is overdue, and what comes next."""
    with reading() as session:
        current = tenancy_balance(session, scope, tenancy_id=tenancy_id)
        coming = next_due(session, scope, current=current)
    next_one = (
        f" Najbliższa płatność: {formats.money(coming.amount)} do {formats.day(coming.due_on)}." if coming else ""
    )
    paragraph(f"Dziś: {_state(current)}.{next_one}")


def _state(balance: TenancyBalance) -> str:
    overdue = f", w tym po terminie {formats.money(balance.overdue)}" if balance.overdue else ""
    return f"{formats.balance_phrase(balance.balance)}{overdue}"


def on_a_day(scope: Viewer, *, tenancy_id: int, first: date, may_ask: bool) -> None:
    """The balance of a day that is chosen, the age of what was overdue then, and the ledger up to it."""
    day = st.date_input(
        "Dzień", today(), min_value=min(first, today()), max_value=today(), format="DD.MM.YYYY", key="balance_day"
    )
    with reading() as session:
        balance = tenancy_balance(session, scope, tenancy_id=tenancy_id, as_of=day)
        ageing = tenancy_ageing(session, scope, tenancy_id=tenancy_id, as_of=day)
    show_answer(f"Na koniec dnia {formats.day(day)}: {_state(balance)}.")
    if ageing.overdue:
        _by_age(ageing)
    section(f"Operacje do {formats.day(day)}")
    documents(scope, tenancy_id=tenancy_id, chosen=LedgerFilter(until=day), may_ask=may_ask)


def _by_age(ageing: TenancyAgeing) -> None:
    section("Jak dawno minął termin")
    since = f" Najstarsza niezapłacona należność ma termin {formats.day(ageing.oldest)}." if ageing.oldest else ""
    paragraph(f"Wpłaty pokrywają najpierw to, co ma najwcześniejszy termin.{since}")
    rows: Sequence[tuple[str, Decimal]] = [
        (label, amount) for label, amount in zip(age_labels(), ageing.amounts, strict=True) if amount
    ]
    table(
        rows,
        (
            Column("Dni po terminie", lambda row: row[0]),
            Column("Kwota", lambda row: formats.money(row[1]), numeric=True),
        ),
        caption=f"Po terminie na {formats.day(ageing.as_of)}, razem {formats.money(ageing.overdue)}",
        phone="plain",
    )


def charge_view(scope: Viewer, *, tenancy_id: int) -> None:
    """What changed in the monthly charge, and what the next months cost."""
    with reading() as session:
        compared = compare_months(session, scope, tenancy_id=tenancy_id)
        announced = coming_charges(session, scope, tenancy_id=tenancy_id)
        words = plain_words(session)
    if compared is None:
        note("Nie mamy stawek tej umowy. Wysokość opłat podaje zawiadomienie o opłatach.")
    else:
        months_compared(compared, words)
        coming(announced)


def charts_of(scope: Viewer, *, tenancy_id: int, span: LedgerSpan) -> None:
    """One chart at a time, up to today."""
    name = st.radio("Co pokazać", list(DRAWINGS), horizontal=True, key="chart") or next(iter(DRAWINGS))
    drawing, until = DRAWINGS[name], max(span.last or today(), today())
    since = last_months(since=span.first or until, until=until, months=drawing.months)
    asked: dict[str, Any] = {"tenancy_id": tenancy_id, "since": since, "until": until}
    with reading() as session:
        frame = drawing.read(session, scope, **asked)
    if frame.empty:
        note("W tym czasie nic nie naliczono.")
    else:
        section(name)
        drawing.draw(frame)
