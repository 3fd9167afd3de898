"""Premises on screen: what is let, on which title, and who serves the building."""

from core.money import in_units
from core.registry.premises import PremisesDetails
from ui import formats
from ui.addresses import who_serves
from ui.layout import kv, note, section


def premises(details: PremisesDetails) -> None:
    """The premises and the tenancy, as lists of what → value; what is not known is left out."""
    section(details.address)
    heated = in_units(details.heated_area, "m²") if details.heated_area else ""
    kv(
        _known(
            ("Miejscowość", details.town),
            ("Rodzaj", details.kind),
            ("Powierzchnia użytkowa", in_units(details.usable_area, "m²")),
            ("Powierzchnia ogrzewana", heated),
            ("Liczba izb", str(details.rooms) if details.rooms else ""),
            ("Piętro", details.floor),
            ("Wyposażenie", details.equipment),
            ("Dzielnica", details.borough),
            ("Kod lokalu", details.premises_code),
        ),
        label="Lokal",
    )
    section("Umowa")
    kv(
        _known(
            ("Numer umowy", details.tenancy_no),
            ("Tytuł prawny", details.title),
            ("Obowiązuje od", formats.day(details.valid_from)),
            ("Obowiązuje do", formats.day(details.valid_to) if details.valid_to else ""),
            ("Liczba osób", str(details.persons) if details.persons else ""),
        ),
        label="Umowa",
    )


def service(details: PremisesDetails) -> None:
    """Who to turn to about the building."""
    if details.district and details.administrator:
        who_serves("Kto obsługuje ten lokal", details.district, details.administrator)
    else:
        section("Kto obsługuje ten lokal")
        note("Nie wiemy, który rejon obsługuje dziś ten budynek. Zadzwoń pod numer na dole strony.")


def _known(*items: tuple[str, str | None]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in items if value]
