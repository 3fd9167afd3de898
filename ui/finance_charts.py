"""Charts of the office's finance: arrears by age and part of the city, how they went, charged against paid."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import altair as alt
import pandas as pd

from core.ledger.ageing import age_labels
from core.ledger.arrears import ArrearsSum
from core.ledger.arrears_trend import ArrearsOfDay
from core.ledger.turnover import Turnover, TurnoverSum
from ui import formats
from ui.charts import CHARGED, PAID, charge_bars, drawn, legend, show_chart
from ui.tables import Column

LABELS = tuple(f"{label} dni" for label in age_labels())
PARTS_DRAWN = 12  # a drawing of more could not be read; the table has them all
DEBTORS = "Dłużnicy"
LABEL_LIMIT = alt.expr("width < 480 ? 110 : 230")  # px; on a phone the bars need the room


def by_age(whole: ArrearsSum, *, day: date) -> None:
    """A bar for each age of what is overdue."""
    rows = list(zip(LABELS, whole.buckets, strict=True))
    frame = pd.DataFrame(rows, columns=["age", "amount"])
    bars = (
        alt.Chart(drawn(frame, "amount"), height=240)
        .mark_bar(aria=False)
        .encode(
            y=alt.Y(
                "age:N", title="po terminie", sort=list(LABELS), axis=alt.Axis(labelOverlap=False, labelFlush=False)
            ),
            x=alt.X("amount:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=4)),
            tooltip=[alt.Tooltip("age:N", title="Po terminie"), alt.Tooltip("amount:Q", title="Kwota", format="$,.2f")],
        )
    )
    show_chart(
        bars,
        sentence=(
            f"Zaległości na {formats.day(day)}: {formats.money(whole.overdue)}, {debtors(whole.debtors)}; "
            f"z tego starsze niż 360 dni: {formats.money(whole.buckets[-1])}."
        ),
        alternative=f"Wykres zaległości według wieku na {formats.day(day)}. Dane w tabeli pod wykresem.",
        rows=rows,
        columns=(
            Column("Po terminie", lambda row: row[0]),
            Column("Kwota", lambda row: formats.money(row[1]), numeric=True),
            Column("Udział", lambda row: share(row[1], whole.overdue), numeric=True),
        ),
        caption="Zaległości według wieku",
    )


def by_part(parts: Sequence[ArrearsSum], *, name: str) -> None:
    """A bar for each part of the city, made of the ages."""
    shown = [(formats.district(one.name), one.buckets) for one in parts[:PARTS_DRAWN]]
    frame = pd.DataFrame(
        [(part, label, place, amount)
         for part, amounts in shown for place, (label, amount) in enumerate(zip(LABELS, amounts, strict=True))],
        columns=["part", "age", "place", "amount"],
    )  # fmt: skip
    bars = (
        alt.Chart(drawn(frame, "amount"), height=34 * len(shown) + 110)
        .mark_bar(aria=False)
        .encode(
            y=alt.Y("part:N", title=None, sort=[part for part, _ in shown],
                    axis=alt.Axis(labelLimit=LABEL_LIMIT, labelOverlap=False, labelFlush=False)),
            x=alt.X("amount:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=4)),
            color=alt.Color(
                "age:N", title=None, sort=list(LABELS), scale=alt.Scale(scheme="blues"),
                legend=legend(columns=2),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("part:N", title=name), alt.Tooltip("age:N", title="Po terminie"),
                alt.Tooltip("amount:Q", title="Kwota", format="$,.2f"),
            ],
        )
    )  # fmt: skip
    first = parts[0]
    show_chart(
        bars,
        sentence=f"{name}: najwięcej {first.name}, {formats.money(first.overdue)}, {debtors(first.debtors)}.",
        alternative=f"Wykres zaległości ({name}) według wieku. Dane w tabeli pod wykresem.",
        rows=parts,
        columns=part_columns(name),
        caption=f"Zaległości: {name}",
    )


def part_columns(name: str) -> tuple[Column[ArrearsSum], ...]:
    """Name, debtors, each age, sum."""
    ages = (
        Column(label, lambda one, place=place: formats.money(one.buckets[place]), numeric=True)  # type: ignore[misc]
        for place, label in enumerate(LABELS)
    )
    return (
        Column(name, lambda one: one.name),
        Column(DEBTORS, lambda one: formats.count(one.debtors), numeric=True),
        *ages,
        Column("Razem", lambda one: formats.money(one.overdue), numeric=True),
    )


def over_time(points: Sequence[ArrearsOfDay]) -> None:
    """What was overdue at the end of each month, as a line."""
    frame = pd.DataFrame([(pd.Timestamp(one.day), one.overdue, one.debtors) for one in points],
                         columns=["day", "overdue", "debtors"])  # fmt: skip
    line = (
        alt.Chart(drawn(frame, "overdue"), height=260)
        .mark_line(aria=False, point=True, strokeWidth=2.5)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", labelOverlap=True)),
            y=alt.Y("overdue:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=5)),
            tooltip=[
                alt.Tooltip("day:T", title="Dzień", format="%d.%m.%Y"),
                alt.Tooltip("overdue:Q", title="Zaległości", format="$,.2f"),
                alt.Tooltip("debtors:Q", title=DEBTORS),
            ],
        )
    )
    first, last = points[0], points[-1]
    change = last.overdue - first.overdue
    compared = f"o {formats.money(abs(change))} {'więcej' if change > 0 else 'mniej'} niż" if change else "tyle samo co"
    show_chart(
        line,
        sentence=(
            f"Zaległości na {formats.day(last.day)}: {formats.money(last.overdue)}, {compared} {formats.day(first.day)}."
        ),
        alternative=f"Wykres zaległości od {formats.day(first.day)} do {formats.day(last.day)}. Dane w tabeli pod wykresem.",
        rows=points[::-1],
        columns=(
            Column("Dzień", lambda one: formats.day(one.day)),
            Column("Zaległości", lambda one: formats.money(one.overdue), numeric=True),
            Column(DEBTORS, lambda one: formats.count(one.debtors), numeric=True),
        ),
        caption="Zaległości na koniec miesiąca",
    )


def charged_and_paid(found: Turnover) -> None:
    """Two bars a month, with how much of what was charged was paid."""
    months = [(date.fromisoformat(f"{one.name}-01"), one) for one in found.by_month]
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime([month for month, _ in months]),
            "charged": pd.Series([one.charged for _, one in months], dtype=object),
            "paid": pd.Series([one.paid for _, one in months], dtype=object),
        }
    )
    span = f"{formats.month(found.since)} – {formats.month(found.until)}"
    show_chart(
        charge_bars(frame),
        sentence=(
            f"Okres {span}: naliczono {formats.money(found.whole.charged)}, wpłacono {formats.money(found.whole.paid)}, "
            f"ściągalność {rate(found.whole)}."
        ),
        alternative=f"Wykres naliczeń i wpłat według miesięcy, {span}. Dane w tabeli pod wykresem.",
        rows=months[::-1],
        columns=(
            Column("Miesiąc", lambda row: formats.month(row[0])),
            Column(CHARGED, lambda row: formats.money(row[1].charged), numeric=True),
            Column(PAID, lambda row: formats.money(row[1].paid), numeric=True),
            Column("Ściągalność", lambda row: rate(row[1]), numeric=True),
        ),
        caption="Naliczenia i wpłaty według miesięcy",
    )


def by_group(rows: Sequence[TurnoverSum], *, name: str, paid: bool = True) -> None:
    """Bars of what was charged in each district or for each component, and of what was paid where that can be told."""
    shown = [(formats.district(one.name), one) for one in rows[:PARTS_DRAWN]]
    kinds = (CHARGED, PAID) if paid else (CHARGED,)
    frame = pd.DataFrame(
        [(label, kind, one.charged if kind == CHARGED else one.paid) for label, one in shown for kind in kinds],
        columns=["part", "kind", "amount"],
    )
    bars = (
        alt.Chart(drawn(frame, "amount"), height=34 * len(shown) + 70)
        .mark_bar(aria=False)
        .encode(
            y=alt.Y("part:N", title=None, sort=[label for label, _ in shown],
                    axis=alt.Axis(labelLimit=LABEL_LIMIT, labelOverlap=False, labelFlush=False)),
            yOffset=alt.YOffset("kind:N", sort=list(kinds)),
            x=alt.X("amount:Q", title="zł", axis=alt.Axis(format=",.0f", tickCount=3)),
            color=alt.Color("kind:N", title=None, sort=list(kinds), legend=legend() if paid else None),
            tooltip=[
                alt.Tooltip("part:N", title=name), alt.Tooltip("kind:N", title="Rodzaj"),
                alt.Tooltip("amount:Q", title="Kwota", format="$,.2f"),
            ],
        )
    )  # fmt: skip
    first = rows[0]
    told = f", wpłacono {formats.money(first.paid)}, ściągalność {rate(first)}" if paid else ""
    columns = [
        Column[TurnoverSum](name, lambda one: one.name),
        Column[TurnoverSum](CHARGED, lambda one: formats.money(one.charged), numeric=True),
    ]
    if paid:
        columns += [
            Column(PAID, lambda one: formats.money(one.paid), numeric=True),
            Column("Ściągalność", rate, numeric=True),
        ]
    show_chart(
        bars,
        sentence=f"{name}: najwięcej naliczono – {first.name}, {formats.money(first.charged)}{told}.",
        alternative=f"Wykres naliczeń{' i wpłat' if paid else ''} ({name}). Dane w tabeli pod wykresem.",
        rows=rows,
        columns=columns,
        caption=f"{'Naliczenia i wpłaty' if paid else 'Naliczenia'}: {name}",
    )


def debtors(number: int) -> str:
    """`1 dłużnik`, `2 dłużników`."""
    return formats.plural(number, "dłużnik", "dłużników", "dłużników")


def rate(one: TurnoverSum) -> str:
    """`98,4%`; a dash where nothing was charged."""
    return "–" if one.rate is None else f"{one.rate}".replace(".", ",") + "%"


def share(part: Decimal, whole: Decimal) -> str:
    """The part of a whole in percent; a dash of nothing."""
    return formats.percent(int(part * 100), int(whole * 100)) if whole else "–"
