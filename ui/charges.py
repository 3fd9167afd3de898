"""The monthly charge on screen: each component as quantity × rate = amount, what changes when, what changed and why."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from core.charges.schedule import ChargeLine, ChargeSchedule, ComponentChange, ScheduleChange
from core.ledger.monthly_charge import ChargeComparison, ComingCharge, MonthOfCharge
from core.money import in_rate, in_units
from core.plain_words.reading import PlainWords
from ui import formats
from ui.layout import note, paragraph, section
from ui.markup import Safe, text
from ui.plain_words import components_told, explanation
from ui.tables import Column, table, with_small

PAST_SHOWN = 12  # changes; older ones are of no use on a phone


def charges(schedule: ChargeSchedule, words: PlainWords) -> None:
    """The charge in force and what its components are, the changes announced, and those that were."""
    section("Opłata miesięczna")
    if schedule.lines:
        _in_force(schedule)
    elif schedule.announced:
        paragraph("Dziś nie ma opłat za ten lokal.")
    else:
        note(
            "Nie mamy jeszcze stawek tej umowy. Wysokość opłat znajdziesz na stronie Finanse "
            "i w zawiadomieniu o opłatach."
        )
    for change in schedule.announced:
        _announced(change)
    announced = [one.component for change in schedule.announced for one in change.components]
    told = components_told(words, [*(line.component for line in schedule.lines), *announced])
    explanation(told, of="składniki opłaty miesięcznej")
    if schedule.past:
        with st.expander("Wcześniejsze zmiany opłat"):
            for change in schedule.past[:PAST_SHOWN]:
                _past(change)


def months_compared(comparison: ChargeComparison, words: PlainWords) -> None:
    """What changed in the charge from one month to the next: in a sentence, by component with the reason, and what
    the components are."""
    before, after = comparison.before, comparison.after
    section("Co się zmieniło w opłacie")
    paragraph(_in_all(before, after))
    for month in (before, after):
        if month.difference:
            note(_differs(month))
    reasons = before.scheduled is not None and after.scheduled is not None
    columns: list[Column[ComponentChange]] = [
        Column("Składnik", lambda one: one.component),
        Column(formats.month(before.month).capitalize(), lambda one: _side(one.before)),
        Column(formats.month(after.month).capitalize(), lambda one: _side(one.after)),
    ]
    if reasons:
        columns.append(Column("Co się zmieniło", reason))
    table(comparison.components, columns, caption="Składniki opłaty w dwóch miesiącach")
    told = components_told(words, [one.component for one in comparison.components])
    explanation(told, of="składniki opłaty w dwóch miesiącach")


def reason(change: ComponentChange) -> str:
    """Why a component costs what it costs now, in a sentence."""
    before, after = change.before, change.after
    if before is None or after is None:
        return "Składnik zakończony." if after is None else "Nowy składnik."
    if before.unit != after.unit:
        return f"Inny sposób liczenia: {_multiplied(before)} zamieniono na {_multiplied(after)}."
    told = []
    if before.rate != after.rate:
        told.append(f"stawka {_moved(before.rate, after.rate)} z {in_rate(before.rate)} do {in_rate(after.rate)}")
    if before.quantity != after.quantity:
        sides = f"z {in_units(before.quantity, before.unit)} do {in_units(after.quantity, after.unit)}"
        told.append(f"ilość {_moved(before.quantity, after.quantity)} {sides}")
    if before.vat_percent != after.vat_percent:
        told.append(f"VAT: było {_tax(before)}, jest {_tax(after)}")
    sentence = "; ".join(told) or "bez zmian"
    return f"{sentence[0].upper()}{sentence[1:].removesuffix('.')}."  # a unit may end with its own full stop


def _moved(before: Decimal, after: Decimal) -> str:
    return "wzrosła" if after > before else "spadła"


def _tax(line: ChargeLine) -> str:
    return "bez VAT" if line.vat_percent is None else f"{line.vat_percent}%"


def _in_all(before: MonthOfCharge, after: MonthOfCharge) -> str:
    if before.scheduled is None or after.scheduled is None:
        unknown = before if before.scheduled is None else after
        known = after if before.scheduled is None else before
        return (
            f"Opłata za {formats.month(known.month)} według stawek: {formats.money(known.scheduled or Decimal(0))}. "
            f"Nie mamy stawek za {formats.month(unknown.month)}, więc nie porównamy składników."
        )
    more = after.scheduled - before.scheduled
    told = f"{formats.money(after.scheduled)}, miesiąc wcześniej {formats.money(before.scheduled)}"
    change = f"o {formats.money(abs(more))} {'więcej' if more > 0 else 'mniej'}" if more else "bez zmian"
    agrees = " Tyle naliczono w kartotece." if after.booked == after.scheduled else ""
    return f"Opłata za {formats.month(after.month)} według stawek: {told}, czyli {change}.{agrees}"


def _differs(month: MonthOfCharge) -> str:
    """That the ledger charged something else than the schedule says."""
    more = "więcej" if month.difference > 0 else "mniej"
    return (
        f"Za {formats.month(month.month)} naliczono {formats.money(month.booked or Decimal(0))}: "
        f"o {formats.money(abs(month.difference))} {more}, niż wynika ze stawek. Sprawdź to naliczenie w widoku "
        "„Operacje” i w razie wątpliwości zapytaj o nie."
    )


def coming(charges: Sequence[ComingCharge]) -> None:
    """The charges that the schedule announces for the next months."""
    section("Następne opłaty")
    if not charges:
        note("Nie znamy stawek na następne miesiące.")
        return
    columns: tuple[Column[ComingCharge], ...] = (
        Column("Za miesiąc", lambda one: formats.month(one.month)),
        Column("Zapłać do", lambda one: formats.day(one.due_on)),
        Column("Kwota", lambda one: formats.money(one.amount), numeric=True),
    )
    table(charges, columns, caption="Opłaty zapowiedziane według stawek", phone="plain")


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
    return with_small(_multiplied(line), tax)


def _multiplied(line: ChargeLine) -> str:
    return f"{in_units(line.quantity, line.unit)} × {in_rate(line.rate)}"


def _side(line: ChargeLine | None) -> Safe:
    if line is None:
        return Safe(text("nie ma"))
    return with_small(formats.money(line.amount), _multiplied(line))


def _validity(line: ChargeLine) -> str:
    until = f" do {formats.day(line.valid_to)}" if line.valid_to else ""
    return f"od {formats.day(line.valid_from)}{until}"
