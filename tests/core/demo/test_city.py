"""The demo city: the same for the same seed and day, plausible, and written as the contract says."""

import io
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from stdnum.pl import nip as nip_number

from core.demo import cast
from core.demo.city import City, build_city
from core.demo.entries import INTEREST_A_YEAR, LedgerOfTenancy, months
from core.demo.files import FILES, write_files
from core.demo.habits import HABITS
from core.demo.streets import DISTRICTS, STREETS
from core.imports.kinds import KINDS
from core.registry.bank_accounts import parse_bank_account_no

DAY = date(2026, 11, 23)
SIZE = 300


@pytest.fixture(scope="module")
def city() -> City:
    return build_city(tenancies=SIZE, seed=1, day=DAY)


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write_files(folder, city=city, years=3, seed=1)
    return folder


@pytest.fixture(scope="module")
def ledger(folder: Path) -> pl.DataFrame:
    text = (folder / FILES["ledger"]).read_bytes().decode("cp1250").replace("\r\n", "\n")
    body = text[: text.index("SUMA")]
    frame = pl.read_csv(io.StringIO(body), separator=";", infer_schema=False, empty_string_is_null=False)
    return frame.with_columns(
        pl.col(name).str.replace(",", "").cast(pl.Int64, strict=False) for name in ("obciazenie", "uznanie", "saldo")
    )


@pytest.fixture(scope="module")
def balances(ledger: pl.DataFrame) -> pl.Series:
    """Grosze owed by each tenancy of the city."""
    known = ledger.filter(pl.col("saldo").is_not_null())
    return known.group_by("nr_umowy").agg((pl.col("obciazenie") - pl.col("uznanie")).sum().alias("owed"))["owed"]


def test_same_seed_and_day_make_the_same_bytes(city: City, folder: Path, tmp_path: Path) -> None:
    write_files(tmp_path, city=build_city(tenancies=SIZE, seed=1, day=DAY), years=3, seed=1)

    for name in FILES.values():
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_another_seed_makes_another_city(city: City) -> None:
    other = build_city(tenancies=SIZE, seed=2, day=DAY)
    assert [one.name for one in other.tenants] != [one.name for one in city.tenants]


def test_city_has_the_tenancies_asked_for(city: City) -> None:
    for size in (20, 21, SIZE):
        made = build_city(tenancies=size, seed=3, day=DAY)
        assert len(made.tenancies) == size
        assert len({one.premises.code for one in made.tenancies}) == size


def test_five_districts_serve_boroughs_that_are_not_theirs() -> None:
    assert {street.district for street in STREETS} == {district.code for district in DISTRICTS}
    assert len(DISTRICTS) == 5
    assert {street.borough for street in STREETS} == {"Bałuty", "Górna", "Polesie", "Śródmieście", "Widzew"}
    assert {street.borough for street in STREETS if street.district == "RON Centrum"} == {"Śródmieście", "Polesie"}


def test_numbers_check(city: City, folder: Path) -> None:
    lines = (folder / FILES["tenancies"]).read_text("cp1250").splitlines()
    accounts = [line.split(";")[6] for line in lines[1:]]
    assert len(set(accounts)) == SIZE
    for account in accounts:
        assert parse_bank_account_no(account)[2:10] == "99900009"
    companies = [tenant for tenant in city.tenants if tenant.nip]
    assert len(companies) > 1
    assert all(nip_number.is_valid(tenant.nip) for tenant in companies)


def test_files_are_written_like_a_polish_accounting_system_does(folder: Path) -> None:
    for kind, name in FILES.items():
        raw = (folder / name).read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n")
        heading = raw.decode("cp1250").splitlines()[0].split(";")
        assert set(heading) <= set(KINDS[kind].headings)
        assert name.startswith("demo-")


def test_closing_line_states_the_totals_under_their_headings(folder: Path, ledger: pl.DataFrame) -> None:
    lines = (folder / FILES["ledger"]).read_text("cp1250").splitlines()
    heading, closing = lines[0].split(";"), lines[-1].split(";")
    assert closing[0] == "SUMA"
    assert int(closing[1]) == len(ledger)
    for column in ("obciazenie", "uznanie"):
        assert int(closing[heading.index(column)].replace(",", "")) == ledger[column].sum()


def test_stated_balances_are_running_sums_in_the_order_of_booking(ledger: pl.DataFrame) -> None:
    known = ledger.filter(pl.col("saldo").is_not_null())
    running = (pl.col("obciazenie") - pl.col("uznanie")).cum_sum().over("nr_umowy")
    assert known.select((running == pl.col("saldo")).all()).item()
    for (_,), rows in known.group_by("nr_umowy"):
        assert rows["data_ksiegowania"].is_sorted()


def test_nothing_is_booked_after_the_day(ledger: pl.DataFrame) -> None:
    assert ledger["data_ksiegowania"].max() <= DAY.isoformat()  # type: ignore[operator]
    assert ledger.filter(pl.col("okres") == "2026-11").height > SIZE


def test_most_accounts_are_settled_and_debts_stay_human(balances: pl.Series) -> None:
    assert (balances == 0).sum() > SIZE / 2
    assert (balances < 0).sum() > 5
    assert (balances > 100_000).sum() > 5
    assert balances.max() < 2_500_000  # type: ignore[operator]
    assert balances.min() > -200_000  # type: ignore[operator]


def test_every_kind_of_document_occurs(ledger: pl.DataFrame) -> None:
    kinds = Counter(ledger["typ_dokumentu"])
    assert set(kinds) == {"BO", "NAL", "FV", "WPL", "KOR", "ROZW", "ROZC", "ODS", "DOD", "KSZ", "PRZ", "ZWR"}
    charge = ledger.filter((pl.col("nr_umowy").str.starts_with("N/00010/")) & (pl.col("okres") == "2026-10"))
    assert charge.filter(pl.col("typ_dokumentu") == "NAL")["skladnik"].n_unique() >= 4


def test_equal_payments_without_a_number_stand_side_by_side(ledger: pl.DataFrame) -> None:
    desk = ledger.filter((pl.col("nr_dokumentu") == "") & (pl.col("nr_kontrahenta") == "000009")).drop("saldo")
    assert desk.height > 10
    assert desk.is_duplicated().sum() >= desk.height // 2


def test_document_keys_are_unique(ledger: pl.DataFrame) -> None:
    numbered = ledger.filter(pl.col("nr_dokumentu") != "").select("nr_dokumentu", "pozycja")
    assert not numbered.is_duplicated().any()


def test_a_few_rows_belong_to_nobody(ledger: pl.DataFrame, city: City) -> None:
    known = {(one.tenant.tenant_no, one.tenancy_no) for one in city.tenancies}
    stray = [key for key in ledger.select("nr_kontrahenta", "nr_umowy").iter_rows() if key not in known]
    assert 2 <= len(stray) <= 10


def test_money_moved_between_two_tenancies_cancels_out(ledger: pl.DataFrame) -> None:
    moved = ledger.filter(pl.col("typ_dokumentu") == "PRZ")
    assert moved["obciazenie"].sum() == moved["uznanie"].sum() > 0


def test_cast_lives_as_announced(city: City) -> None:
    for tenant, member in zip(city.tenants, cast.TENANTS, strict=False):
        assert tenant.name == member.name
        assert len(tenant.rents) == (2 if member.second_tenancy else 1)
        assert bool(tenant.nip) == member.company
    owed: dict[str, int] = {}
    for tenancy in city.tenancies[:11]:
        rows = LedgerOfTenancy(tenancy, 1).rows_until(DAY, months(DAY, 3))
        owed[tenancy.tenant.name] = owed.get(tenancy.tenant.name, 0) + sum(row.debit - row.credit for row in rows)
    assert owed["Anna Kowalska"] == 0
    assert owed["Jan Nowicki"] > 0
    assert owed["Halina Zielińska"] < 0
    assert owed["Marek Wójcik"] > 200_000


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2028, 2, 29), date(2027, 1, 1), date(2026, 12, 31)])
def test_city_can_be_made_on_any_day(day: date, tmp_path: Path) -> None:
    made = build_city(tenancies=20, seed=1, day=day)
    paths = write_files(tmp_path, city=made, years=1, seed=1)
    assert paths["ledger"].stat().st_size > 20 * 12 * 100


def test_months_follow_one_another_and_end_with_the_day() -> None:
    calendar = months(DAY, 3)
    assert len(calendar) == 36
    assert (calendar[0].period, calendar[-1].period) == ("2023-12", "2026-11")
    assert all(earlier.last < later.first for earlier, later in pairwise(calendar))


def test_habits_share_out_a_thousand() -> None:
    assert sum(habit.share for habit in HABITS.values()) == 1000
    assert 0 < INTEREST_A_YEAR < 1
