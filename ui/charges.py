"""The monthly charge on screen: each component as quantity × rate = amount, and what changes when."""

import streamlit as st

from core.charges.schedule import ChargeLine, ChargeSchedule, ComponentChange, ScheduleChange
from core.money import in_rate, in_units
from ui import formats
from ui.layout import note, paragraph, section
from ui.markup import Safe, text
from ui.tables import Column, table, with_small

PAST_SHOWN = 12  # changes; older ones are of no use on a phone


def charges(schedule: ChargeSchedule) -> None:
    """The charge in force, the changes announced, and those that were."""
    section("Opłata miesięczna")
    if schedule.lines:
        _in_force(schedule)
    elif schedule.announced:
        paragraph("Dziś nie ma opłat za ten lokal.")
    else:
        note(
            "Nie mamy jeszcze stawek tej umowy. Wysokość opłat znajdziesz w zakładce „Finanse” "
            "i w zawiadomieniu o opłatach."
        )
    for change in schedule.announced:
        _announced(change)
    if schedule.past:
        with st.expander("Wcześniejsze zmiany opłat"):
            for change in schedule.past[:PAST_SHOWN]:
                _past(change)


def _in_force(schedule: ChargeSchedule) -> None:
    st.html(
        f'<p class="kit kit-amount">{text(formats.money(schedule.total))}</p>'
        f'<p class="kit kit-status">tyle wynosi opłata za miesiąc według stawek na {text(formats.day(schedule.as_of))}</p>'
    )
    columns: tuple[Column[ChargeLine], ...] = (
        Column("Składnik", lambda line: line.component),
        Column("Ilość × stawka", _calculation),
        Column("Kwota", lambda line: formats.money(line.amount), numeric=True),
        Column("Obowiązuje", _validity),
    )
    table(schedule.lines, columns, caption="Składniki opłaty miesięcznej")


def _announced(change: ScheduleChange) -> None:
    section(f"Zmiana od {formats.day(change.day)}")
    paragraph(f"Opłata za miesiąc: {_difference(change)}.")
    _components(change, "Teraz", "Będzie")


def _past(change: ScheduleChange) -> None:
    paragraph(f"Od {formats.day(change.day)} opłata za miesiąc: {_difference(change)}.")
    _components(change, "Przedtem", "Potem")


def _components(change: ScheduleChange, before: str, after: str) -> None:
    columns: tuple[Column[ComponentChange], ...] = (
        Column("Składnik", lambda one: one.component),
        Column(before, lambda one: _side(one.before)),
        Column(after, lambda one: _side(one.after)),
    )
    table(change.components, columns, caption=f"Składniki zmienione od {formats.day(change.day)}")


def _difference(change: ScheduleChange) -> str:
    more = change.total_after - change.total_before
    told = f"{formats.money(change.total_before)} → {formats.money(change.total_after)}"
    if not more:
        return f"{told}, razem bez zmian"
    return f"{told}, o {formats.money(abs(more))} {'więcej' if more > 0 else 'mniej'}"


def _calculation(line: ChargeLine) -> Safe:
    tax = f"i {formats.money(line.vat)} VAT ({line.vat_percent}%)" if line.vat_percent is not None else ""
    return with_small(f"{in_units(line.quantity, line.unit)} × {in_rate(line.rate)}", tax)


def _side(line: ChargeLine | None) -> Safe:
    if line is None:
        return Safe(text("nie ma"))
    return with_small(formats.money(line.amount), f"{in_units(line.quantity, line.unit)} × {in_rate(line.rate)}")


def _validity(line: ChargeLine) -> str:
    until = f" do {formats.day(line.valid_to)}" if line.valid_to else ""
    return f"od {formats.day(line.valid_from)}{until}"
