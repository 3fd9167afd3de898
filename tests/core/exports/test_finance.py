"""Exports of money: what is in each file, that the ledger loads again and adds nothing, and that analysts read no names."""

import csv
import json
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope, Role
from core.accounts.sign_in import operator_scope
from core.clock import today
from core.documents.storage import hash_file, kept_file
from core.errors import InvalidInputError, NotFoundError
from core.exports.archive import exports, fetch_export
from core.exports.finance import KINDS, FinanceOrder, export_finance
from core.exports.readings import Exported
from core.imports.desk import import_file
from core.imports.options import LoadOptions
from core.ledger.maintained import broken_figures, rebuild
from core.ledger.models import LedgerEntry
from core.registry.pseudonyms import pseudonym
from tests.cast import (
    make_building,
    make_district,
    make_entry,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)
from tests.core.imports.files import count_entries, ledger_lines, ledger_state, load_lines, load_registry

D = Decimal
HEADING = (
    "nr_kontrahenta;nr_umowy;nr_dokumentu;pozycja;typ_dokumentu;data_ksiegowania;termin_platnosci;okres;skladnik;tresc;"
    "obciazenie;uznanie"
)
ROWS = [
    "0001;U/1;D/1;1;NAL;2026-10-01;2026-10-12;2026-10;Czynsz najmu;czynsz;100,00;",
    "0001;U/1;D/1;2;NAL;2026-10-01;2026-10-12;2026-10;Odpady;;20,50;",
    '0001;U/1;D/2;1;KOR;2026-11-03;;;;"=korekta; ""x""";-20,00;',
    "0001;U/1;-W/1;1;WPL;2026-11-04;;;;-przelew;;70,00",
    "0002;U/2;;;WPL;2026-11-05;;;;kasa;;1234567,89",
    "0002;U/2;;;WPL;2026-11-05;;;;kasa;;1234567,89",
    "0003;U/3;D/9;1;ZWR;2026-11-06;;;;@zwrot;;-5,00",
]


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    header = HEADING
    load_lines(tmp_path, ledger_lines(*ROWS, header=header), accept_warnings=True)
    assert count_entries() == len(ROWS)
    return tmp_path


def made(kind: str, file_format: str = "csv-pl", *, scope: EmployeeScope | None = None, **order: object) -> Exported:
    with db.transaction() as session:
        wanted = FinanceOrder(kind, file_format, **order)  # type: ignore[arg-type]
        return export_finance(session, scope or operator_scope(), order=wanted)


def lines(export: Exported) -> list[str]:
    return kept_file(export.sha256).read_text("utf-8-sig").splitlines()


@pytest.mark.parametrize("file_format", ["csv-pl", "csv"])
def test_ledger_loads_again_and_adds_nothing(folder: Path, file_format: str) -> None:
    export = made("ledger", file_format)
    before = [row[:7] for row in ledger_state() if len(row) == 9]

    report = import_file(
        operator_scope(), kind="ledger", path=kept_file(export.sha256), options=LoadOptions(accept_warnings=True)
    )

    assert (report.rows, report.accepted, report.repeated, report.rejected) == (len(ROWS), 0, len(ROWS), 0)
    assert [row[:7] for row in ledger_state() if len(row) == 9] == before
    with db.reading() as session:
        assert broken_figures(session) == []


def test_ledger_has_the_columns_of_the_contract_in_polish_spelling(folder: Path) -> None:
    found = lines(made("ledger"))

    assert found[0] == HEADING
    assert ROWS[0] in found
    assert found.count(ROWS[4]) == 2
    assert "0001;U/1;'-W/1;1;WPL;2026-11-04;;;;'-przelew;;70,00" in found


def test_ledger_of_a_period(folder: Path) -> None:
    export = made("ledger", since=date(2026, 11, 3), until=date(2026, 11, 4))

    assert export.manifest["wiersze"] == 2
    assert export.manifest["sumy"] == {"obciazenie": "-20.00", "uznanie": "70.00"}
    assert export.manifest["filtr"]["od"] == "2026-11-03"


def test_manifest_says_what_the_file_holds(folder: Path) -> None:
    export = made("ledger", "csv")
    path = kept_file(export.sha256)

    assert export.manifest["sha256"] == hash_file(path)
    assert export.manifest["bajty"] == path.stat().st_size
    assert export.manifest["rodzaj"] == "ksiega"
    assert export.manifest["sumy"] == {"obciazenie": "100.50", "uznanie": "2469200.78"}
    assert (export.manifest["wiersze"], export.manifest["pseudonimy"]) == (len(ROWS), False)
    assert export.manifest["plik"] == export.file_name
    assert json.dumps(export.manifest)


def test_parquet_keeps_money_and_days(folder: Path) -> None:
    read = pd.read_parquet(kept_file(made("ledger", "parquet").sha256), dtype_backend="pyarrow")

    assert sorted(read["uznanie"].dropna().tolist()) == [D("-5.00"), D("70.00"), D("1234567.89"), D("1234567.89")]
    assert date(2026, 10, 1) in read["data_ksiegowania"].tolist()
    assert "0001" in read["nr_kontrahenta"].tolist()


@pytest.fixture
def owing(session: Session) -> Session:
    """Anna owes 120,00 in CENTRUM for long, Bartek overpaid in ZACHOD by 30,00."""
    places = {
        code: make_building(session, district=make_district(session, code=code)) for code in ("CENTRUM", "ZACHOD")
    }
    for name, number, code in (("Anna", "00012", "CENTRUM"), ("Bartek", "00345", "ZACHOD")):
        premises = make_premises(session, building=places[code])
        tenant = make_tenant(session, name, tenant_no=number)
        tenancy = make_tenancy(session, tenant, tenancy_no=f"0{number}", premises=premises)
        booked = str(today() - timedelta(days=400))
        entry = make_entry(session, tenancy, booked, debit="200", due_on=booked, description=f"Czynsz {name}")
        entry.component = "Czynsz najmu"
        make_entry(session, tenancy, str(today() - timedelta(days=1)), credit="80" if name == "Anna" else "230")
    rebuild(session)
    session.commit()
    return session


def test_arrears_have_a_row_a_tenancy_with_balance_and_ages(owing: Session) -> None:
    heading, *rows = csv.reader(lines(made("arrears")), delimiter=";")

    found = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [one["nr_umowy"] for one in found] == ["000012", "000345"]
    assert found[0]["saldo"] == found[0]["wymagalne"] == found[0]["dni_ponad_360"] == "120,00"
    assert (found[1]["saldo"], found[1]["wymagalne"]) == ("-30,00", "0,00")
    assert found[0]["stan_na"] == str(today())
    assert heading[-5:] == ["dni_0_30", "dni_31_90", "dni_91_180", "dni_181_360", "dni_ponad_360"]


def test_arrears_of_an_earlier_day(owing: Session) -> None:
    export = made("arrears", as_of=today() - timedelta(days=2))
    assert export.manifest["sumy"] == {"saldo": "400.00", "wymagalne": "400.00"}


def test_turnover_has_a_row_a_month_district_and_component(owing: Session) -> None:
    heading, *rows = csv.reader(lines(made("turnover", "csv")))

    assert heading == ["miesiac", "ron", "skladnik", "naliczono", "wplacono", "sciagalnosc_proc"]
    month = f"{today() - timedelta(days=400):%Y-%m}"
    assert [month, "RON Centrum", "Czynsz najmu", "200.00", "0.00", "0.00"] in rows
    assert sum(D(row[4]) for row in rows) == D("310.00")


@pytest.mark.parametrize("kind", KINDS)
def test_an_analyst_reads_pseudonyms_and_no_names(owing: Session, kind: str) -> None:
    scope = sign_in_employee(owing, Role.ANALYST)
    owing.commit()
    export = made(kind, scope=scope)

    text = "\n".join(lines(export))
    for told in ("00012", "00345", "Anna", "Bartek"):
        assert told not in text
    if kind != "turnover":
        assert pseudonym("000012") in text
        assert pseudonym("00012") in text
    assert export.manifest["pseudonimy"] is True


@pytest.mark.parametrize("kind", KINDS)
def test_an_employee_of_a_district_exports_its_rows_only(owing: Session, kind: str) -> None:
    centre = make_district(owing, code="CENTRUM")
    scope = sign_in_employee(owing, Role.ACCOUNTING, districts=(centre,))
    owing.commit()
    export = made(kind, scope=scope)

    text = "\n".join(lines(export))
    assert "00345" not in text
    assert "Zachod" not in text
    assert export.manifest["filtr"]["rejony"] == ["CENTRUM"]
    assert export.manifest["wiersze"] == {"arrears": 1, "turnover": 2, "ledger": 2}[kind]


def test_a_foreign_district_is_refused(owing: Session) -> None:
    scope = sign_in_employee(owing, Role.HEAD, districts=(make_district(owing, code="CENTRUM"),))
    other = make_district(owing, code="ZACHOD").id
    owing.commit()
    with pytest.raises(NotFoundError):
        made("ledger", scope=scope, district_ids=frozenset({other}))


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "salary"},
        {"kind": "ledger", "file_format": "doc"},
        {"kind": "ledger", "since": date(2026, 2, 1), "until": date(2026, 1, 1)},
        {"kind": "arrears", "as_of": date(2020, 1, 1)},
    ],
)
def test_an_order_that_cannot_be_is_refused(session: Session, order: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        export_finance(session, operator_scope(), order=FinanceOrder(**order))  # type: ignore[arg-type]


@pytest.mark.parametrize("file_format", ["csv-pl", "xlsx", "parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_export_has_its_heading_still(database: str, kind: str, file_format: str) -> None:
    assert made(kind, file_format).manifest["wiersze"] == 0


def test_an_analyst_fetches_no_export_with_names(owing: Session) -> None:
    named = made("ledger")
    scope = sign_in_employee(owing, Role.ANALYST)
    owing.commit()
    own = made("arrears", scope=scope)
    with db.reading() as session:
        assert [one.export_id for one in exports(session, scope)] == [own.export_id]
        with pytest.raises(NotFoundError):
            fetch_export(session, scope, export_id=named.export_id)


def test_libreoffice_opens_the_sheet_with_numbers_of_tenants_intact(owing: Session, tmp_path: Path) -> None:
    source = tmp_path / "plik.xlsx"
    source.write_bytes(kept_file(made("arrears", "xlsx").sha256).read_bytes())
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to", "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false", "--outdir", tmp_path / "out",
            source,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "out" / "plik.csv").open(newline="", encoding="utf-8-sig") as file:
        heading, *rows = csv.reader(file, delimiter="\t")
    found = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [(one["nr_kontrahenta"], one["nr_umowy"]) for one in found] == [("00012", "000012"), ("00345", "000345")]
    assert D(found[0]["wymagalne"].replace(",", ".")) == D("120.00")
    assert found[0]["stan_na"].startswith(str(today()))


def test_rows_come_in_pieces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.bulk.CHUNK", 2)
    told: list[tuple[int, int]] = []
    with db.transaction() as session:
        export_finance(
            session, operator_scope(), order=FinanceOrder("ledger", "xlsx"), progress=lambda *at: told.append(at)
        )
        assert session.query(LedgerEntry).count() == len(ROWS)
    assert told == [(2, 7), (4, 7), (6, 7), (7, 7)]
