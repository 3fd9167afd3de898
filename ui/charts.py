"""Charts with the same things each time: a sentence in words, a short alternative text, and the numbers as a table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core.meters.monthly import MonthOfWater
from core.meters.queries import ReadingLine
from core.money import to_grosze
from ui import formats
from ui.markup import text
from ui.tables import Column, table

ALT_LIMIT = 150  # the text is repeated in the names of the chart's buttons
CHARGED, PAID = "Naliczono", "Wpłacono"
USED, YEAR_BEFORE, BUILDING = "Twoje zużycie", "Rok wcześniej", "Typowe w budynku"
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
        alt.Chart(drawn(frame, "balance"), height=260)
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
    show_chart(
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
    show_chart(
        charge_bars(frame),
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


def charges_by_component(frame: pd.DataFrame) -> None:
    """A bar a component. `frame`: `component`, `charged` as `core.ledger.history.charges_by_component` gives it."""
    rows = list(zip(frame["component"], frame["charged"], strict=True))
    total = sum((charged for _, charged in rows), Decimal(0))
    name, most = rows[0]
    show_chart(
        _component_bars(frame),
        sentence=f"Razem naliczono {formats.money(total)}. Najwięcej kosztuje: {name}, {formats.money(most)}.",
        alternative="Wykres naliczeń według składników. Dane w tabeli pod wykresem.",
        rows=rows,
        columns=(
            Column("Składnik", lambda row: row[0]),
            Column(CHARGED, lambda row: formats.money(row[1]), numeric=True),
            Column("Udział", lambda row: _share(row[1], total), numeric=True),
        ),
        caption="Naliczenia według składników",
    )


def _share(part: Decimal, whole: Decimal) -> str:
    if part < 0 or whole <= 0 or part > whole:
        return "–"
    return formats.percent(to_grosze(part), to_grosze(whole))


def _component_bars(frame: pd.DataFrame) -> alt.Chart:
    bars: alt.Chart = (
        alt.Chart(drawn(frame, "charged"), height=alt.Step(34))
        .mark_bar(aria=False)
        .encode(
            x=alt.X("charged:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=4)),
            y=alt.Y("component:N", title=None, sort=None, axis=alt.Axis(labelLimit=170)),
            tooltip=[
                alt.Tooltip("component:N", title="Składnik"),
                alt.Tooltip("charged:Q", title=CHARGED, format="$,.2f"),
            ],
        )
    )
    return bars


def consumption_by_month(months: Sequence[MonthOfWater], *, name: str) -> None:
    """Water by month beside the year before and the building's median; what is not known is left out."""
    known = [one for one in months if one.used is not None]
    used = sum((one.used for one in known if one.used is not None), Decimal(0))
    both = [(one.used, one.year_before) for one in known if one.used is not None and one.year_before is not None]
    compared = ""
    if both:
        now, before = (sum(side, Decimal(0)) for side in zip(*both, strict=True))
        less = "mniej" if now < before else "więcej"
        difference = formats.volume(abs(now - before))
        same = "tyle samo co" if now == before else f"o {difference} {less} niż"
        compared = f" W tych samych miesiącach to {same} rok wcześniej."
    span = f"{formats.month(known[0].month)} – {formats.month(known[-1].month)}"
    show_chart(
        _water_bars(months),
        sentence=f"Zużycie, {name}, {span}: {formats.volume(used)}.{compared}",
        alternative=f"Wykres zużycia według miesięcy, {span}. Dane w tabeli pod wykresem.",
        rows=months[::-1],
        columns=(
            Column("Miesiąc", lambda one: formats.month(one.month)),
            Column(USED, lambda one: _volume(one.used), numeric=True),
            Column(YEAR_BEFORE, lambda one: _volume(one.year_before), numeric=True),
            Column(BUILDING, lambda one: _volume(one.building), numeric=True),
        ),
        caption=f"Zużycie według miesięcy: {name}",
    )


def consumption_a_day(lines: Sequence[ReadingLine], *, name: str) -> None:
    """m³ a day between the readings of a device, the oldest first; `lines` are those that count."""
    points = [(line.read_on, (line.consumption or Decimal(0)) / (line.days or 1)) for line in lines]
    frame = pd.DataFrame([(pd.Timestamp(day), float(rate)) for day, rate in points], columns=["day", "rate"])
    line = (
        alt.Chart(frame, height=220)
        .mark_line(aria=False, point=True, strokeWidth=2.5)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True)),
            y=alt.Y("rate:Q", title="m³ na dobę", axis=alt.Axis(format=",.2f", tickCount=5)),
            tooltip=[
                alt.Tooltip("day:T", title="Odczyt", format="%d.%m.%Y"),
                alt.Tooltip("rate:Q", title="m³ na dobę", format=",.3f"),
            ],
        )
    )
    highest = max(points, key=lambda point: point[1])
    show_chart(
        line,
        sentence=(
            f"Zużycie na dobę, {name}: ostatnio {formats.volume(_litres(points[-1][1]))}, "
            f"najwięcej {formats.volume(_litres(highest[1]))} ({formats.day(highest[0])})."
        ),
        alternative=f"Wykres zużycia na dobę, {name}. Dane w tabeli pod wykresem.",
        rows=points[::-1],
        columns=(
            Column("Odczyt", lambda point: formats.day(point[0])),
            Column("Na dobę", lambda point: formats.volume(_litres(point[1])), numeric=True),
        ),
        caption=f"Zużycie na dobę: {name}",
    )


def _litres(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.001"))


def _water_bars(months: Sequence[MonthOfWater]) -> alt.Chart:
    order = [USED, YEAR_BEFORE, BUILDING]
    long = pd.DataFrame(
        [
            (pd.Timestamp(one.month), kind, float(amount))
            for one in months
            for kind, amount in zip(order, (one.used, one.year_before, one.building), strict=True)
            if amount is not None
        ],
        columns=["month", "kind", "amount"],
    )
    bars: alt.Chart = (
        alt.Chart(long, height=260)
        .mark_bar(aria=False)
        .encode(
            x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0, labelOverlap=True)),
            xOffset=alt.XOffset("kind:N", sort=order),
            y=alt.Y("amount:Q", title="m³", axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("kind:N", title=None, sort=order, legend=legend(columns=1)),
            tooltip=[
                alt.Tooltip("yearmonth(month):T", title="Miesiąc", format="%B %Y"),
                alt.Tooltip("kind:N", title="Co"),
                alt.Tooltip("amount:Q", title="m³", format=",.3f"),
            ],
        )
    )
    return bars


def _volume(value: Decimal | None) -> str:
    return "–" if value is None else formats.volume(value)


def charge_bars(frame: pd.DataFrame) -> alt.Chart:
    """Two bars a month: `month`, `charged`, `paid`."""
    renamed = drawn(frame, "charged", "paid").rename(columns={"charged": CHARGED, "paid": PAID})
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
            color=alt.Color("kind:N", title=None, sort=order, legend=legend()),
            tooltip=[
                alt.Tooltip("yearmonth(month):T", title="Miesiąc", format="%B %Y"),
                alt.Tooltip("kind:N", title="Rodzaj"),
                alt.Tooltip("amount:Q", title="Kwota", format="$,.2f"),
            ],
        )
    )
    return bars


def legend(*, columns: int | None = None) -> alt.Legend:
    """What the colours mean, close above the drawing: a title, which Streamlit makes of nothing, would take a line."""
    return alt.Legend(orient="top", columns=columns or alt.Undefined, titleFontSize=1, titlePadding=0)


def drawn(frame: pd.DataFrame, *amounts: str) -> pd.DataFrame:
    """The frame with its amounts as floats: pixels, not money. The sentence and the table beside them do not round."""
    return frame.astype(dict.fromkeys(amounts, "float64"))


def show_chart(
    chart: alt.Chart | alt.LayerChart,
    *,
    sentence: str,
    alternative: str,
    rows: Sequence[Any],
    columns: Sequence[Column[Any]],
    caption: str,
) -> None:
    """A chart with its sentence above and its numbers as a table, folded, below."""
    if len(alternative) > ALT_LIMIT:
        raise ValueError(f"alternative text of {len(alternative)} characters")
    st.html(f'<p class="kit kit-status">{text(sentence)}</p>')
    padded = chart.properties(padding={"left": 5, "top": 5, "right": 24, "bottom": 5})
    st.altair_chart(padded, alt=alternative)
    with st.expander("Dane wykresu w tabeli"):
        table(rows, columns, caption=caption, phone="plain")
