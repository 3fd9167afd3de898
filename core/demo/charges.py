"""What a tenancy is charged a month, by component. Plausible rates of a municipal landlord, rising every year."""

from dataclasses import dataclass
from datetime import date

from core.demo.city import DemoPremises

BASE_YEAR = 2023
ANNOUNCED_FROM_MONTH = 10  # next year's rates are known three months ahead
_GROWTH = 1.055

# grosze in the base year: a m² of usable area, a m² of heated area, a m³, a person, a flat
_RENT = 912
_COMMERCIAL_RENT = 2_025  # net
_GARAGE_RENT = 1_150
_HEATING = 468
_WATER = 1_320
_WASTE = 4_100
_LIFT = 640
_INTERCOM = 350
_WATER_A_PERSON = 3_000  # 0.001 m³ a month
_VAT = 23


@dataclass(frozen=True, slots=True)
class Component:
    """One line of the bill: quantity in 0.001 of the unit, rate in grosze (net where there is a VAT rate).

    Units are written as accounting systems do, whose files have no ²."""

    name: str
    unit: str
    quantity: int
    rate: int
    vat: int | None = None

    @property
    def amount(self) -> int:
        """Grosze a month; net and tax are rounded on their own."""
        net = _half_up(self.quantity * self.rate, 1_000)
        return net + _half_up(net * (self.vat or 0), 100)


def monthly_charge(premises: DemoPremises, persons: int, year: int) -> list[Component]:
    """Components in the order of the bill."""
    growth = _GROWTH ** (year - BASE_YEAR)
    area = premises.area * 10  # from 0.01 to 0.001 m²

    def line(name: str, unit: str, quantity: int, rate: float, vat: int | None = None) -> Component:
        return Component(name, unit, quantity, round(rate * growth), vat)

    if premises.kind == "garaż":
        return [line("Czynsz za garaż", "m2", area, _GARAGE_RENT, _VAT)]
    if premises.kind == "użytkowy":
        return [
            line("Czynsz – lokal użytkowy", "m2", area, _COMMERCIAL_RENT, _VAT),
            line("Centralne ogrzewanie – zaliczka", "m2", area, _HEATING, _VAT),
        ]
    bill = [
        line("Czynsz najmu", "m2", area, _RENT),
        line("Woda i ścieki – zaliczka", "m3", persons * _WATER_A_PERSON, _WATER),
        Component("Odpady komunalne", "os.", persons * 1_000, int(round(_WASTE * growth, -1))),
    ]
    if premises.heated:
        bill.insert(2, line("Centralne ogrzewanie – zaliczka", "m2", premises.area * 96 // 100 * 10, _HEATING))
    if premises.lift:
        bill.append(line("Winda", "os.", persons * 1_000, _LIFT))
    bill.append(line("Domofon i konserwacja", "lokal", 1_000, _INTERCOM))
    return bill


def known_years(day: date, years: int) -> range:
    """The years whose rates are known on a day: those of the ledger, and the next one once it is announced."""
    return range(day.year - years, day.year + 1 + (day.month >= ANNOUNCED_FROM_MONTH))


def _half_up(value: int, by: int) -> int:
    return (2 * value + by) // (2 * by)
