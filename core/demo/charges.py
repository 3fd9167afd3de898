"""What a tenancy is charged a month, by component. Plausible rates of a municipal landlord, rising every year."""

from core.demo.city import DemoPremises

BASE_YEAR = 2023
_GROWTH = 1.055

# grosze per m² of usable area, m² of heated area, person
_RENT = 912
_COMMERCIAL_RENT = 2_490
_GARAGE_RENT = 1_150
_HEATING = 468
_WATER_A_PERSON = 3_960
_WASTE_A_PERSON = 4_100
_LIFT_A_PERSON = 640
_INTERCOM = 350


def monthly_charge(premises: DemoPremises, persons: int, year: int) -> list[tuple[str, int]]:
    """Components with their amounts in grosze, in the order of the bill."""
    growth = _GROWTH ** (year - BASE_YEAR)
    if premises.kind == "garaż":
        return [("Czynsz za garaż", _of(premises.area, _GARAGE_RENT * growth))]
    if premises.kind == "użytkowy":
        return [
            ("Czynsz – lokal użytkowy", _of(premises.area, _COMMERCIAL_RENT * growth)),
            ("Centralne ogrzewanie – zaliczka", _of(premises.area, _HEATING * 1.2 * growth)),
        ]
    bill = [
        ("Czynsz najmu", _of(premises.area, _RENT * growth)),
        ("Woda i ścieki – zaliczka", round(persons * _WATER_A_PERSON * growth)),
        ("Odpady komunalne", persons * round(_WASTE_A_PERSON * growth, -1)),
    ]
    if premises.heated:
        bill.insert(2, ("Centralne ogrzewanie – zaliczka", _of(premises.area, _HEATING * growth)))
    if premises.lift:
        bill.append(("Winda", round(persons * _LIFT_A_PERSON * growth)))
    bill.append(("Domofon i konserwacja", round(_INTERCOM * growth)))
    return [(name, int(amount)) for name, amount in bill]


def _of(area: int, rate: float) -> int:
    """Area in 0.01 m² × rate in grosze a m²."""
    return round(area * rate / 100)
