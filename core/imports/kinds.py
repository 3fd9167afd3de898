"""The kinds of files as declarations over one engine: columns, rules of a row, and what its rows become."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from core.clock import today
from core.imports.columns import Column
from core.imports.findings import Cause, Severity
from core.imports.parsers import (
    AMOUNT,
    AREA,
    BANK_ACCOUNT,
    DAY,
    EMAIL,
    MARK,
    MEDIA,
    NIP,
    PERIOD,
    POSTAL_CODE,
    QUANTITY,
    RATE,
    STATE,
    UNIT,
    VAT,
    YES_NO,
    choice,
    code,
    text,
    whole,
)
from core.ledger.document_types import DOCUMENT_TYPES
from core.money import in_zloty

EARLIEST = date(1990, 1, 1)
FARTHEST = timedelta(days=366)
UNUSUAL_CHARGE = 20_000  # PLN a month
MOST_PLACES = 2_147_483_647  # lines and batches


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of one row: `broken` is true where the row breaks it (over typed columns)."""

    severity: Severity
    cause: Cause
    column: str  # heading to blame
    field: str  # its value is shown
    broken: Callable[[], pl.Expr]
    reason: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file (`python -m core import KIND FILE`)."""

    name: str
    title: str  # Polish, as on screen
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    key: tuple[str, ...] = ()  # fields that tell one row from another, where it is not the first column alone
    key_name: str = "Numer"  # what a message calls them

    @property
    def key_fields(self) -> tuple[str, ...]:
        """Fields that tell one row from another."""
        return self.key or (self.columns[0].field,)

    @property
    def headings(self) -> tuple[str, ...]:
        """Names of the columns of the contract."""
        return tuple(column.name for column in self.columns)


def _outside(field: str) -> Callable[[], pl.Expr]:
    return lambda: (pl.col(field) < EARLIEST) | (pl.col(field) > today() + FARTHEST)


def _day_rules(*named: tuple[str, str]) -> tuple[Rule, ...]:
    reason = "Data sprzed 1990-01-01 albo późniejsza niż za rok od dziś."
    return tuple(Rule(Severity.ERROR, Cause.VALUE, name, field, _outside(field), reason) for name, field in named)


def _off_the_dial(field: str) -> pl.Expr:
    """Whether the dial of the row's device cannot show a state (0.001 m³): too large, or too fine."""
    value, digits, decimals = pl.col(field), pl.col("digits"), pl.col("decimals")
    too_fine = value % pl.lit(10).pow(3 - decimals).cast(pl.Int64) != 0
    return (value >= pl.lit(1000) * pl.lit(10).pow(digits).cast(pl.Int64)) | too_fine


def _sides() -> pl.Expr:
    return (pl.col("debit") == 0) == (pl.col("credit") == 0)


BUILDINGS = Kind(
    "buildings",
    "Budynki",
    (
        Column("kod_budynku", "code", code(40), required=True, filled=True),
        Column("ulica", "street", text(120), required=True, filled=True),
        Column("nr_budynku", "building_no", text(20), required=True, filled=True),
        Column("kod_pocztowy", "postal_code", POSTAL_CODE, required=True, filled=True),
        Column("miejscowosc", "city", text(80), required=True, filled=True),
        Column("dzielnica", "borough", text(80), required=True, filled=True),
        Column("ron", "district", text(40), required=True, filled=True),
        Column("administrator", "administrator", text(120), required=True, filled=True),
        Column("administrator_telefon", "administrator_phone", text(40)),
        Column("administrator_email", "administrator_email", EMAIL),
        Column("od", "valid_from", DAY),
    ),
    _day_rules(("od", "valid_from")),
)

PREMISES = Kind(
    "premises",
    "Lokale",
    (
        Column("kod_lokalu", "code", code(40), required=True, filled=True),
        Column("kod_budynku", "building_code", code(40), required=True, filled=True),
        Column("nr_lokalu", "premises_no", text(20), required=True, filled=True),
        Column("rodzaj", "kind", text(40), required=True, filled=True),
        Column("pow_uzytkowa", "usable_area", AREA, required=True, filled=True),
        Column("pow_ogrzewana", "heated_area", AREA),
        Column("izby", "rooms", whole(0, 99)),
        Column("pietro", "floor", text(20)),
        Column("wyposazenie", "equipment", text(500)),
    ),
)

TENANTS = Kind(
    "tenants",
    "Kontrahenci",
    (
        Column("nr_kontrahenta", "tenant_no", code(40), required=True, filled=True),
        Column("rodzaj", "kind", choice({"osoba": "person", "firma": "company"}), required=True, filled=True),
        Column("nazwa", "name", text(200), required=True, filled=True),
        Column("nip", "nip", NIP),
        Column("email", "email", EMAIL),
        Column("telefon", "phone", text(40)),
        Column("adres_korespondencyjny", "mailing_address", text(300)),
    ),
)

TENANCIES = Kind(
    "tenancies",
    "Umowy",
    (
        Column("nr_umowy", "tenancy_no", code(40), required=True, filled=True),
        Column("nr_kontrahenta", "tenant_no", code(40), required=True, filled=True),
        Column("kod_lokalu", "premises_code", code(40), required=True, filled=True),
        Column("tytul", "title", text(120), required=True, filled=True),
        Column("od", "valid_from", DAY, required=True, filled=True),
        Column("do", "valid_to", DAY),
        Column("nr_rachunku", "bank_account_no", BANK_ACCOUNT),
        Column("osoby", "persons", whole(0, 99)),
        Column("dzien_platnosci", "payment_day", whole(1, 28), default=10),
    ),
    (
        Rule(
            Severity.ERROR,
            Cause.VALUE,
            "do",
            "valid_to",
            lambda: pl.col("valid_to") < pl.col("valid_from"),
            "Koniec umowy jest wcześniejszy niż jej początek.",
        ),
        # Leases begin long before our ledger does, and "for ever" is often written as a year far ahead.
        Rule(
            Severity.ERROR,
            Cause.VALUE,
            "od",
            "valid_from",
            lambda: ~pl.col("valid_from").dt.year().is_between(1900, 2100),
            "Początek umowy spoza lat 1900–2100.",
        ),
    ),
)

METERS = Kind(
    "meters",
    "Liczniki",
    (
        Column("nr_licznika", "meter_no", code(40), required=True, filled=True),
        Column("kod_lokalu", "premises_code", code(40), required=True, filled=True),
        Column("medium", "medium", choice(MEDIA), required=True, filled=True),
        Column("miejsce", "place", text(60), required=True, filled=True),
        Column("cyfry", "digits", whole(1, 8), required=True, filled=True),
        Column("miejsca_po_przecinku", "decimals", whole(0, 3), default=3),
        Column("cecha", "mark", MARK),
        Column("legalizacja_do", "verified_until", DAY),
        Column("data_montazu", "installed_on", DAY, required=True, filled=True),
        Column("stan_montazu", "installed_value", STATE, required=True, filled=True),
        Column("data_demontazu", "removed_on", DAY),
        Column("stan_demontazu", "removed_value", STATE),
        Column("zdalny", "remote", YES_NO, default=False),
    ),
    (
        *_day_rules(("data_montazu", "installed_on")),
        Rule(
            Severity.ERROR,
            Cause.VALUE,
            "data_demontazu",
            "removed_on",
            lambda: (pl.col("removed_on") < pl.col("installed_on")) | pl.col("removed_value").is_null(),
            "Demontaż przed montażem albo bez stanu końcowego.",
        ),
        Rule(
            Severity.ERROR,
            Cause.VALUE,
            "stan_demontazu",
            "removed_value",
            lambda: pl.col("removed_on").is_null() | _off_the_dial("removed_value"),
            "Stan końcowy bez daty demontażu albo taki, którego tarcza nie pokaże.",
        ),
        Rule(
            Severity.ERROR,
            Cause.VALUE,
            "stan_montazu",
            "installed_value",
            lambda: _off_the_dial("installed_value"),
            "Tarcza o tylu cyfrach nie pokaże takiego stanu.",
        ),
    ),
)

READINGS = Kind(
    "readings",
    "Odczyty liczników",
    (
        Column("nr_licznika", "meter_no", code(40), required=True, filled=True),
        Column("data_odczytu", "read_on", DAY, required=True, filled=True),
        Column("stan", "value", STATE, required=True, filled=True),
        Column("kod_lokalu", "premises_code", code(40)),
        Column("zrodlo", "origin", text(60)),
    ),
    _day_rules(("data_odczytu", "read_on")),
)

CHARGES = Kind(
    "charges",
    "Opłaty",
    (
        Column("nr_umowy", "tenancy_no", code(40), required=True, filled=True),
        Column("skladnik", "component", text(80), required=True, filled=True),
        Column("jednostka", "unit", UNIT, required=True, filled=True),
        Column("ilosc", "quantity", QUANTITY, required=True, filled=True),
        Column("stawka", "rate", RATE, required=True, filled=True),
        Column("od", "valid_from", DAY, required=True, filled=True),
        Column("do", "valid_to", DAY),
        Column("vat", "vat_percent", VAT),
    ),
    (
        Rule(
            Severity.ERROR,
            Cause.VALUE,
            "do",
            "valid_to",
            lambda: pl.col("valid_to") < pl.col("valid_from"),
            "Koniec składnika jest wcześniejszy niż jego początek.",
        ),
        *_day_rules(("od", "valid_from")),
        # A lost decimal comma makes a hundredfold charge; no flat in the country costs as much a month.
        Rule(
            Severity.WARNING,
            Cause.UNUSUAL_AMOUNT,
            "stawka",
            "rate",
            lambda: (pl.col("quantity") / 1_000 * pl.col("rate") / 10_000).abs() > UNUSUAL_CHARGE,
            f"Składnik wart ponad {in_zloty(100 * UNUSUAL_CHARGE)} miesięcznie: sprawdź przecinek w ilości i stawce.",
        ),
    ),
    key=("tenancy_no", "component", "valid_from"),
    key_name="Składnik umowy od tego samego dnia",
)

LEDGER = Kind(
    "ledger",
    "Kartoteka finansowa",
    (
        Column("nr_kontrahenta", "tenant_no", code(40), required=True, default=""),
        Column("nr_umowy", "tenancy_no", code(40), required=True, default=""),
        Column("nr_dokumentu", "document_no", code(60), required=True, default=""),
        Column("pozycja", "position", whole(0, MOST_PLACES), default=1),
        Column("typ_dokumentu", "document_type", code(20), required=True, filled=True),
        Column("data_ksiegowania", "booked_on", DAY, required=True, filled=True),
        Column("termin_platnosci", "due_on", DAY),
        Column("okres", "period", PERIOD),
        Column("skladnik", "component", text(80)),
        Column("tresc", "description", text(300), default=""),
        Column("obciazenie", "debit", AMOUNT, required=True, default=0),
        Column("uznanie", "credit", AMOUNT, required=True, default=0),
        Column("saldo", "balance_after", AMOUNT),
    ),
    (
        Rule(
            Severity.ERROR,
            Cause.SIDES,
            "obciazenie",
            "debit",
            _sides,
            "Dokładnie jedna z kwot obciazenie i uznanie ma być różna od zera.",
        ),
        *_day_rules(("data_ksiegowania", "booked_on"), ("termin_platnosci", "due_on")),
        Rule(
            Severity.WARNING,
            Cause.UNKNOWN_TYPE,
            "typ_dokumentu",
            "document_type",
            lambda: ~pl.col("document_type").is_in(list(DOCUMENT_TYPES)),
            f"Nieznany typ dokumentu; znane: {', '.join(DOCUMENT_TYPES)}.",
        ),
    ),
)

SUSPENSE = Kind(
    "suspense",
    "Przypisania z poczekalni",
    (
        Column("partia", "source_batch", whole(1, MOST_PLACES), required=True, filled=True),
        Column("wiersz", "source_line", whole(1, MOST_PLACES), required=True, filled=True),
        Column("nr_kontrahenta", "tenant_no", text(40), default=""),
        Column("nr_umowy", "tenancy_no", text(40), default=""),
        Column("nr_dokumentu", "document_no", text(60), default=""),
        Column("typ_dokumentu", "document_type", text(20), default=""),
        Column("data_ksiegowania", "booked_on", DAY),
        Column("tresc", "description", text(300), default=""),
        Column("obciazenie", "debit", AMOUNT),
        Column("uznanie", "credit", AMOUNT),
        Column("propozycja", "candidate", text(40), default=""),
        Column("dlaczego", "signs", text(500), default=""),
        Column("umowa", "target_no", code(40), required=True, default=""),
        Column("kwota", "amount", AMOUNT),
        Column("odeslac", "reason", text(500), default=""),
    ),
)

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (BUILDINGS, PREMISES, TENANTS, TENANCIES, METERS, READINGS, CHARGES, LEDGER, SUSPENSE)
}
