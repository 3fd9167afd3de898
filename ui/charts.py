"""Charts with the same things each time: a sentence in words, a short alternative text, and the numbers as a table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from ui import formats
from ui.markup import text
from ui.tables import Column, table

ALT_LIMIT = 150  # the text is repeated in the names of the chart's buttons
CHARGED, PAID = "Naliczono", "Wpłacono"
_LOCALE: Any = {
    "number": {"decimal": ",", "thousands": formats.NBSP, "grouping": [3], "currency": ["", f"{formats.NBSP}zł"]},
    "time": {
        "dateTime": "%A, %e %B %Y, %X",
        "date": "%d.%m.%Y",
        "time": "%H:%M:%S",
        "periods": ["", ""],
        "days": ["niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"],
        "shortDays": ["niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."],
        "months": list(formats.MONTHS),
        "shortMonths": ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
    },
}


@alt.theme.register("polish", enable=True)
def _polish() -> alt.theme.ThemeConfig:
    return {"config": {"locale": _LOCALE}}


def balance_over_time(frame: pd.DataFrame) -> None:
    """The balance as a line of steps. `frame`: `day`, `balance` as `core.ledger.history.balance_history` gives it."""
    points = [(stamp.date(), balance) for stamp, balance in zip(frame["day"], frame["balance"], strict=True)]
    (first, _), (last, now) = points[0], points[-1]
    highest = max(points, key=lambda point: point[1])
    line = (
        alt.Chart(_drawn(frame, "balance"), height=260)
        .mark_line(interpolate="step-after", aria=False, strokeWidth=2.5)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True)),
            y=alt.Y("balance:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=5)),
            tooltip=[
                alt.Tooltip("day:T", title="Dzień", format="%d.%m.%Y"),
                alt.Tooltip("balance:Q", title="Saldo", format="$,.2f"),
            ],
        )
    )
    zero = alt.Chart(pd.DataFrame({"balance": [0]})).mark_rule(aria=False, color="#4A5560").encode(y="balance:Q")
    _show(
        zero + line,
        sentence=(
            f"Saldo na {formats.day(last)}: {formats.balance_phrase(now)}. "
            f"Najwyższe w tym okresie: {formats.balance_phrase(highest[1])} ({formats.day(highest[0])})."
        ),
        alternative=f"Wykres salda od {formats.day(first)} do {formats.day(last)}. Dane w tabeli pod wykresem.",
        rows=points[::-1],
        columns=(
            Column("Dzień", lambda point: formats.day(point[0])),
            Column("Saldo", lambda point: formats.balance_phrase(point[1]), numeric=True),
        ),
        caption="Saldo na koniec dnia",
    )


def charges_and_payments(frame: pd.DataFrame) -> None:
    """Two bars a month. `frame`: `month`, `charged`, `paid` as `core.ledger.history.monthly_totals` gives it."""
    months = [
        (stamp.date(), charged, paid)
        for stamp, charged, paid in zip(frame["month"], frame["charged"], frame["paid"], strict=True)
    ]
    charged = sum((row[1] for row in months), Decimal(0))
    paid = sum((row[2] for row in months), Decimal(0))
    span = f"{formats.month(months[0][0])} – {formats.month(months[-1][0])}"
    _show(
        _bars(frame),
        sentence=f"Okres {span}: naliczono {formats.money(charged)}, wpłacono {formats.money(paid)}.",
        alternative=f"Wykres naliczeń i wpłat według miesięcy, {span}. Dane w tabeli pod wykresem.",
        rows=months[::-1],
        columns=(
            Column("Miesiąc", lambda row: formats.month(row[0])),
            Column(CHARGED, lambda row: formats.money(row[1]), numeric=True),
            Column(PAID, lambda row: formats.money(row[2]), numeric=True),
        ),
        caption="Naliczenia i wpłaty według miesięcy",
    )


def _bars(frame: pd.DataFrame) -> alt.Chart:
    renamed = _drawn(frame, "charged", "paid").rename(columns={"charged": CHARGED, "paid": PAID})
    long = renamed.melt("month", [CHARGED, PAID], "kind", "amount")
    order = [CHARGED, PAID]
    bars: alt.Chart = (
        alt.Chart(long, height=260)
        .mark_bar(aria=False)
        .encode(
            x=alt.X(
                "yearmonth(month):O",
                title=None,
                axis=alt.Axis(format="%b %Y", labelAngle=0, labelOverlap=True),
            ),
            xOffset=alt.XOffset("kind:N", sort=order),
            y=alt.Y("amount:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("kind:N", title=None, sort=order, legend=alt.Legend(orient="top")),
            tooltip=[
                alt.Tooltip("yearmonth(month):T", title="Miesiąc", format="%B %Y"),
                alt.Tooltip("kind:N", title="Rodzaj"),
                alt.Tooltip("amount:Q", title="Kwota", format="$,.2f"),
            ],
        )
    )
    return bars


def _drawn(frame: pd.DataFrame, *amounts: str) -> pd.DataFrame:
    # Pixels, not money: a drawing may round, the sentence and the table beside it do not.
    return frame.astype(dict.fromkeys(amounts, "float64"))


def _show(
    chart: alt.Chart | alt.LayerChart,
    *,
    sentence: str,
    alternative: str,
    rows: Sequence[Any],
    columns: Sequence[Column[Any]],
    caption: str,
) -> None:
    if len(alternative) > ALT_LIMIT:
        raise ValueError(f"alternative text of {len(alternative)} characters")
    st.html(f'<p class="kit kit-status">{text(sentence)}</p>')
    padded = chart.properties(padding={"left": 5, "top": 5, "right": 24, "bottom": 5})
    st.altair_chart(padded, alt=alternative)
    with st.expander("Dane wykresu w tabeli"):
        table(rows, columns, caption=caption, phone="plain")
