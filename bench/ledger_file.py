"""A landlord's ledger file of any size, as an accounting system writes it: cp1250, CRLF, `;`, decimal comma, stornos."""

import random
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "nr_kontrahenta;nr_umowy;nr_dokumentu;pozycja;typ_dokumentu;data_ksiegowania;termin_platnosci;okres;skladnik;"
    "tresc;obciazenie;uznanie"
)
COMPONENTS = (
    "Czynsz najmu",
    "Zaliczka: woda i ścieki",
    "Zaliczka: centralne ogrzewanie",
    "Odpady komunalne",
    "Podgrzanie",
)
BLOCK = 50_000


def tenancy_no(index: int) -> str:
    """Number of the index-th tenancy of the benchmark's registry."""
    return f"U/{index:05d}/2015"


def write_ledger(path: Path, *, rows: int, tenancies: int = 20_000, seed: int = 1, month: str = "") -> None:
    """Write `rows` rows in no order and a control line; the same seed writes the same bytes."""
    chance = random.Random(seed)
    debit = credit = 0
    with path.open("wb") as out:
        out.write((HEADER + "\r\n").encode("cp1250"))
        lines: list[str] = []
        for line, owed, paid in _rows(chance, rows, tenancies, month):
            lines.append(line)
            debit += owed
            credit += paid
            if len(lines) == BLOCK:
                out.write("".join(lines).encode("cp1250"))
                lines.clear()
        out.write("".join(lines).encode("cp1250"))
        out.write(f"SUMA;{rows};;;;;;;;;{_amount(debit)};{_amount(credit)}\r\n".encode("cp1250"))


def _rows(chance: random.Random, rows: int, tenancies: int, month: str) -> Iterator[tuple[str, int, int]]:
    for number in range(rows):
        who = int(chance.random() * tenancies)
        day, when = number % 28 + 1, month or f"{2018 + number % 8}-{number % 12 + 1:02d}"
        head = f"{who:06d};{tenancy_no(who)};"
        grosze = int(chance.random() * 150_000) + 1000
        kind = number % 10
        if kind < 7:
            text = COMPONENTS[number % 5]
            text = text if number % 3 else f'"{text}; opłata miesięczna"'
            owed = -grosze if kind == 6 and number % 50 == 6 else grosze
            yield (
                (
                    f"{head}NAL/{when[:4]}/{when[5:]}/{number:07d};1;NAL;{when}-01;{when}-10;{when};{COMPONENTS[number % 5]};"
                    f"{text};{_amount(owed)};\r\n"
                ),
                owed,
                0,
            )
        elif number % 100 == 97:
            yield f"{head};;WPL;{when}-{day:02d};;{when};;Wpłata w kasie;;{_amount(grosze)}\r\n", 0, grosze
        else:
            yield (
                (
                    f'{head}WPL/{when[:4]}/{number:08d};1;WPL;{when}-{day:02d};;{when};;"Przelew ""czynsz"" m-c {when}";;'
                    f"{_amount(grosze)}\r\n"
                ),
                0,
                grosze,
            )


def _amount(grosze: int) -> str:
    whole, rest = divmod(abs(grosze), 100)
    return f"{'-' if grosze < 0 else ''}{whole:,}".replace(",", "\u00a0") + f",{rest:02d}"
