"""Writes the demo city as the files of the contract, the way a Polish accounting system exports them: cp1250, CRLF, `;`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.demo import names
from core.demo.cast import TENANTS
from core.demo.charges import known_years, monthly_charge
from core.demo.city import City, DemoBuilding, DemoPremises, DemoTenancy, DemoTenant
from core.demo.entries import LedgerOfTenancy, Row, months
from core.demo.meters import DECIMALS, DIGITS, meters_of
from core.demo.readings import readings_of
from core.demo.streets import CITY
from core.overview import DEMO_FILES

ENCODING = "cp1250"
SERVED_FROM = "2015-01-01"

# In the order in which they are loaded: what a file refers to comes before it.
FILES = {
    "buildings": f"{DEMO_FILES}budynki.csv",
    "premises": f"{DEMO_FILES}lokale.csv",
    "tenants": f"{DEMO_FILES}kontrahenci.csv",
    "tenancies": f"{DEMO_FILES}umowy.csv",
    "meters": f"{DEMO_FILES}liczniki.csv",
    "readings": f"{DEMO_FILES}odczyty.csv",
    "charges": f"{DEMO_FILES}oplaty.csv",
    "ledger": f"{DEMO_FILES}kartoteka.csv",
}
_LEDGER_HEADING = (
    "nr_kontrahenta;nr_umowy;nr_dokumentu;pozycja;typ_dokumentu;data_ksiegowania;termin_platnosci;okres;skladnik;tresc;"
    "obciazenie;uznanie;saldo"
)
# Payments that no tenancy claims: a wrong number in the title of a transfer, a contract from before the register.
_STRAY = (
    ("", "", "Wpłata – przelew bez tytułu", 52_000),
    ("000001", "N/99999/2001", "Wpłata – umowa sprzed ewidencji", 18_735),
    ("", "N/00001/1900", "Wpłata – przelew bez numeru kontrahenta", 30_000),
)
# Readings of devices that nobody has registered: a slip in the number, a device hung without a word.
_UNKNOWN_DEVICES = (("2200O123-L1", 88_120), ("NOWY-77", 1_204))


@dataclass(slots=True)
class Totals:
    """What the closing line of the ledger says: rows, grosze."""

    rows: int = 0
    debit: int = 0
    credit: int = 0


def write_files(folder: Path, *, city: City, years: int, seed: int) -> dict[str, Path]:
    """Write all files into `folder` (made when missing); returns kind → path in the order of loading."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / name for kind, name in FILES.items()}
    _write(paths["buildings"], _buildings(city.buildings))
    _write(paths["premises"], _premises(city.premises))
    _write(paths["tenants"], _tenants(city.tenants))
    _write(paths["tenancies"], _tenancies(city.tenancies))
    _write(paths["meters"], _meters(city, seed))
    _write(paths["readings"], _readings(city, seed))
    _write(paths["charges"], _charges(city, years))
    _write(paths["ledger"], _ledger(city, years, seed))
    return paths


def amount(grosze: int) -> str:
    """`1234,56`; a leading minus for a storno."""
    if grosze >= 0:
        return f"{grosze // 100},{grosze % 100:02d}"
    return f"-{-grosze // 100},{-grosze % 100:02d}"


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding=ENCODING, newline="\r\n") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def _cells(*cells: object) -> str:
    return ";".join(_quoted(str(cell)) for cell in cells)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if ";" in cell or '"' in cell else cell


def _buildings(buildings: Sequence[DemoBuilding]) -> Iterator[str]:
    yield (
        "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator;administrator_telefon;"
        "administrator_email;od"
    )
    extensions: dict[str, int] = {}
    for one in buildings:
        extension = extensions.setdefault(one.administrator, len(extensions) + 1)
        mailbox = names.plain(one.administrator).lower().replace(" ", ".") + "@zarzad-lokali.example"
        street = one.street
        yield _cells(
            one.code, street.name, one.number, one.postal_code, CITY, street.borough, street.district,
            one.administrator, f"000 421 {extension:03d}", mailbox, SERVED_FROM,
        )  # fmt: skip


def _premises(premises: Sequence[DemoPremises]) -> Iterator[str]:
    yield "kod_lokalu;kod_budynku;nr_lokalu;rodzaj;pow_uzytkowa;pow_ogrzewana;izby;pietro;wyposazenie"
    for one in premises:
        fittings = ["instalacja elektryczna"]
        if one.kind != "garaż":
            fittings += ["wodociągowa", "kanalizacyjna"] + (
                ["centralne ogrzewanie"] if one.heated else ["piec kaflowy"]
            )
        heated = amount(one.area * 96 // 100) if one.heated else "0,00"
        floor = "parter" if one.floor == 0 else str(one.floor)
        rooms = one.rooms or ""
        yield _cells(one.code, one.building.code, one.number, one.kind, amount(one.area), heated, rooms, floor,
                     ", ".join(fittings))  # fmt: skip


def _tenants(tenants: Sequence[DemoTenant]) -> Iterator[str]:
    yield "nr_kontrahenta;rodzaj;nazwa;nip;email;telefon;adres_korespondencyjny"
    for one in tenants:
        yield _cells(one.tenant_no, "firma" if one.nip else "osoba", one.name, one.nip, one.email, one.phone, "")


def _tenancies(tenancies: Sequence[DemoTenancy]) -> Iterator[str]:
    yield "nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od;do;nr_rachunku;osoby;dzien_platnosci"
    for one in tenancies:
        yield _cells(
            one.tenancy_no, one.tenant.tenant_no, one.premises.code, one.title, one.valid_from, one.valid_to or "",
            names.bank_account_no(one.number), one.persons or "", one.payment_day,
        )  # fmt: skip


def _meters(city: City, seed: int) -> Iterator[str]:
    yield ("nr_licznika;kod_lokalu;medium;miejsce;cyfry;miejsca_po_przecinku;cecha;data_montazu;stan_montazu;zdalny")
    for premises in city.premises:
        for one in meters_of(premises, seed=seed, day=city.day):
            state = f"{one.installed_value // 1_000},{one.installed_value % 1_000:03d}"
            yield _cells(
                one.number, premises.code, one.medium, one.place, DIGITS, DECIMALS, one.mark, one.installed_on, state,
                "tak" if one.remote else "nie",
            )  # fmt: skip


def _readings(city: City, seed: int) -> Iterator[str]:
    yield "nr_licznika;data_odczytu;stan;kod_lokalu;zrodlo"
    for tenancy in city.tenancies:
        if tenancy.valid_to and tenancy.valid_to < city.day:
            continue
        for meter in meters_of(tenancy.premises, seed=seed, day=city.day):
            monthly = meter.remote or tenancy.number <= len(TENANTS)
            origin = "odczyt zdalny" if meter.remote else "firma odczytowa"
            for read_on, litres in readings_of(meter, tenancy, monthly=monthly, seed=seed, day=city.day):
                state = f"{litres // 1_000},{litres % 1_000:03d}"
                yield _cells(meter.number, read_on, state, tenancy.premises.code, origin)
    for number, litres in _UNKNOWN_DEVICES:
        yield _cells(number, city.day.replace(day=1), f"{litres // 1_000},{litres % 1_000:03d}", "", "firma odczytowa")


def _charges(city: City, years: int) -> Iterator[str]:
    yield "nr_umowy;skladnik;jednostka;ilosc;stawka;od;do;vat"
    for tenancy in city.tenancies:
        for year in known_years(city.day, years):
            since = max(tenancy.valid_from, date(year, 1, 1))
            if since.year > year or (tenancy.valid_to and tenancy.valid_to < since):
                continue
            for one in monthly_charge(tenancy.premises, tenancy.persons, year):
                quantity = f"{one.quantity // 1_000},{one.quantity % 1_000:03d}"
                until, vat = tenancy.valid_to or "", "" if one.vat is None else one.vat
                yield f"{tenancy.tenancy_no};{one.name};{one.unit};{quantity};{amount(one.rate)};{since};{until};{vat}"


def _ledger(city: City, years: int, seed: int) -> Iterator[str]:
    yield _LEDGER_HEADING
    calendar = months(city.day, years)
    totals = Totals()
    for tenancy in city.tenancies:
        rows = LedgerOfTenancy(tenancy, seed).rows_until(city.day, calendar)
        yield from _lines(tenancy.tenant.tenant_no, tenancy.tenancy_no, rows, totals)
    for nth, (tenant_no, tenancy_no, text, paid) in enumerate([*_mistyped(city), *_STRAY], start=1):
        totals.rows += 1
        totals.credit += paid
        booked_on = calendar[-1 - nth].last
        yield f"{tenant_no};{tenancy_no};WPL/X/{nth:05d};1;WPL;{booked_on};;;;{text};0,00;{amount(paid)};"
    blank = ";" * (_LEDGER_HEADING.split(";").index("obciazenie") - 2)  # each sum stands under its own heading
    yield f"SUMA;{totals.rows};{blank}{amount(totals.debit)};{amount(totals.credit)};"


def _mistyped(city: City) -> list[tuple[str, str, str, int]]:
    """Two payments of somebody who swapped the last digits of their number; the name is in the title of the transfer."""
    known = city.tenancies[len(TENANTS) :]
    one = next(each for each in known if not each.tenant.nip and each.tenancy_no[-1] != each.tenancy_no[-2])
    wrong = one.tenancy_no[:-2] + one.tenancy_no[-1] + one.tenancy_no[-2]
    text = f"Wpłata – przelew, {one.tenant.name}, umowa {wrong}"
    return [("", wrong, text, 41_280), ("", wrong, text, 43_910)]


def _lines(tenant_no: str, tenancy_no: str, rows: Sequence[Row], totals: Totals) -> Iterator[str]:
    """Rows as they stand in the file, with the running balance; texts of ours hold neither quotes nor semicolons."""
    head = f"{tenant_no};{tenancy_no};"
    balance = 0
    for booked_on, number, position, kind, due_on, period, component, text, debit, credit in rows:
        balance += debit - credit
        totals.debit += debit
        totals.credit += credit
        yield (
            f"{head}{number};{position};{kind};{booked_on};{due_on};{period};{component};{text};"
            f"{amount(debit)};{amount(credit)};{amount(balance)}"
        )
    totals.rows += len(rows)
