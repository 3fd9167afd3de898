"""Streets of Łódź by borough, and the five service districts (RON) with contact data that are invented."""

from dataclasses import dataclass

CITY = "Łódź"


@dataclass(frozen=True, slots=True)
class District:
    """A Rejon Obsługi Najemców. Its area is not that of a borough, as in life."""

    code: str
    address: str
    phone: str
    email: str
    hours: str
    administrators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Street:
    """A street with the borough, the first digits of its postal codes, and who serves it."""

    name: str
    borough: str
    postal_prefix: str  # "91-3": two digits are added a building
    district: str


_HOURS = "pon. 8:00-16:00, wt. 9:00-17:00, śr.-pt. 8:00-16:00"


def _district(name: str, number: int, address: str, *administrators: str) -> District:
    mailbox = f"ron{number}@zarzad-lokali.example"
    return District(f"RON {name}", address, f"000 420 {number:02d}0", mailbox, _HOURS, administrators)


DISTRICTS = (
    _district("Bałuty", 1, "Przykładowa 1, 91-001 Łódź", "Renata Cegielska", "Mirosław Pawlik", "Iwona Skrzypek"),
    _district("Centrum", 2, "Przykładowa 2, 90-001 Łódź", "Artur Kominek", "Beata Oficynska", "Leszek Bramski"),
    _district("Górna", 3, "Przykładowa 3, 93-001 Łódź", "Jolanta Strych", "Dariusz Parapet"),
    _district("Polesie", 4, "Przykładowa 4, 94-001 Łódź", "Grażyna Sieniawska", "Robert Podworski"),
    _district("Widzew", 5, "Przykładowa 5, 92-001 Łódź", "Małgorzata Klatka", "Sławomir Dachowski"),
)

_NAMES = {
    ("Bałuty", "91-0", "RON Bałuty"): "Drewnowska Limanowskiego Lutomierska Rybna Bazarowa",
    ("Bałuty", "91-4", "RON Bałuty"): "Zgierska Łagiewnicka Franciszkańska Młynarska Organizacji_WiN Wojska_Polskiego",
    ("Bałuty", "91-8", "RON Bałuty"): "Marysińska Inflancka Sędziowska Pasterska",
    ("Śródmieście", "90-0", "RON Centrum"): "Piotrkowska Nawrot Sienkiewicza Roosevelta Tuwima",
    ("Śródmieście", "90-1", "RON Centrum"): "Wschodnia Kilińskiego Narutowicza Pomorska Północna",
    ("Śródmieście", "90-2", "RON Centrum"): "Jaracza Włókiennicza Rewolucji_1905_r. Próchnika",
    ("Polesie", "90-6", "RON Centrum"): "Gdańska Więckowskiego 1_Maja Zielona",
    ("Polesie", "90-7", "RON Polesie"): "Legionów Żeligowskiego Struga 6_Sierpnia Lipowa Pogonowskiego",
    ("Polesie", "94-0", "RON Polesie"): "Wileńska Krzemieniecka Srebrzyńska Kasprzaka al._Włókniarzy",
    ("Górna", "93-0", "RON Górna"): "Rzgowska Pabianicka Paderewskiego Praska Senatorska Zarzewska",
    ("Górna", "93-2", "RON Górna"): "Broniewskiego Felińskiego Śląska Przybyszewskiego Dąbrowskiego",
    ("Widzew", "90-3", "RON Widzew"): "Przędzalniana Tymienieckiego Fabryczna Magazynowa",
    ("Widzew", "92-3", "RON Widzew"): "Niciarniana Milionowa Czajkowskiego Rokicińska al._Piłsudskiego Szpitalna",
}

STREETS = tuple(
    Street(name.replace("_", " "), borough, prefix, district)
    for (borough, prefix, district), names in _NAMES.items()
    for name in names.split()
)
