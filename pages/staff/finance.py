"""Finanse: arrears by age and place, charged against paid, largest debtors, how arrears went."""

from collections.abc import Callable

from core.access.scopes import Permission
from core.db import reading
from core.ledger.arrears import city_arrears
from core.ledger.arrears_trend import arrears_trend
from core.ledger.debtors import largest_debtors
from core.ledger.turnover import turnover
from ui import finance_charts as charts
from ui import finance_desk as desk
from ui.forms import message_slot, refusals
from ui.layout import choose_view, frame, note, section
from ui.sign_in import require_employee

scope = require_employee(Permission.SEE_FINANCE)


def arrears() -> None:
    """What is overdue as of a day."""
    day = desk.day_field()
    with reading() as session:
        found = city_arrears(session, scope, as_of=day)
    desk.show_arrears(found)


def charged() -> None:
    """What was charged and paid, by month, district and component."""
    since, until = desk.months_field()
    with reading() as session:
        found = turnover(session, scope, since=since, until=until)
    charts.charged_and_paid(found)
    if found.by_component:
        section("Według rejonu")
        charts.by_group(found.by_district, name="RON")
        section("Według składnika")
        charts.by_group(found.by_component, name="Składnik", paid=False)
        note("Wpłata pokrywa całą należność, nie składnik, dlatego według składników pokazujemy tylko naliczenia.")


def debtors() -> None:
    """Who owes most."""
    with reading() as session:
        found = city_arrears(session, scope)
    part = desk.part_fields(found)
    with reading() as session:
        rows = largest_debtors(session, scope, part=part)
    desk.show_debtors(rows, named=scope.may(Permission.SEE_TENANTS))


def trend() -> None:
    """How arrears went over a year."""
    with reading() as session:
        points = arrears_trend(session, scope)
    charts.over_time(points)


VIEWS: dict[str, Callable[[], None]] = {
    "Zaległości": arrears,
    "Naliczenia i wpłaty": charged,
    "Najwięksi dłużnicy": debtors,
    "Zmiany w czasie": trend,
}

with frame("Finanse", "Kto, ile i od kiedy zalega; ile naliczono i ile wpłacono."):
    messages = message_slot("finance")
    view = choose_view(list(VIEWS), key="finance_view")
    with refusals(messages, desk.LABELS):
        VIEWS[view]()
    desk.exports_link()
