"""The ledger as a file, read back by pandas and by LibreOffice, which is what people open it with."""

import csv
import io
import subprocess
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.errors import NotFoundError
from core.ledger.entries import LedgerFilter
from core.paying import files
from core.paying.files import COLUMNS, ledger_file
from core.registry.models import Tenancy
from tests.access.proxies import proxy_in
from tests.cast import day, make_entry, make_tenancy, make_tenant, sign_in_tenant

DESCRIPTIONS = ["Czynsz; „wrzesień”", "=1+1", "+48", "-1", "@SUM(A1)", 'Wpłata "źródło", Żabia']
SHOWN = ["Czynsz; „wrzesień”", "'=1+1", "'+48", "'-1", "'@SUM(A1)", 'Wpłata "źródło", Żabia']
NAMES = [column.name for column in COLUMNS]
AS_TEXT = {"nr_kontrahenta": str, "nr_umowy": str, "nr_dokumentu": str, "okres": str}


@pytest.fixture
def flat(session: Session) -> Tenancy:
    tenancy = make_tenancy(session, make_tenant(session, tenant_no="000077"), tenancy_no="0012")
    for month, told in enumerate(DESCRIPTIONS[:-1], start=1):
        make_entry(session, tenancy, f"2026-0{month}-01", debit="1234.56", due_on=f"2026-0{month}-10", description=told)
    make_entry(session, tenancy, "2026-06-08", credit="500.50", description=DESCRIPTIONS[-1], period="2026-05")
    return tenancy


def made(session: Session, flat: Tenancy, file_format: str, chosen: LedgerFilter | None = None) -> bytes:
    scope = sign_in_tenant(session, flat.tenant)
    return ledger_file(session, scope, tenancy_id=flat.id, chosen=chosen or LedgerFilter(), file_format=file_format)


@pytest.mark.parametrize("file_format", ["csv-pl", "xlsx"])
def test_read_back_by_pandas(
    session: Session, flat: Tenancy, file_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 2)  # several frames: later ones keep the types of the first
    content = io.BytesIO(made(session, flat, file_format))
    if file_format == "xlsx":
        read = pd.read_excel(content, sheet_name="Kartoteka", dtype=AS_TEXT)
    else:
        read = pd.read_csv(content, sep=";", decimal=",", encoding="utf-8-sig", dtype=AS_TEXT)
    assert list(read.columns) == NAMES
    assert read["nr_kontrahenta"].tolist() == ["000077"] * 6
    assert read["nr_umowy"].tolist() == ["0012"] * 6
    assert read["tresc"].tolist() == SHOWN
    assert [f"{one:.2f}" for one in read["obciazenie"].dropna()] == ["1234.56"] * 5
    assert [f"{one:.2f}" for one in read["uznanie"].dropna()] == ["500.50"]
    assert f"{read['saldo'].iloc[-1]:.2f}" == "5672.30"
    assert pd.to_datetime(read["data_ksiegowania"]).is_monotonic_increasing
    assert str(read["termin_platnosci"].iloc[0])[:10] == "2026-01-10"
    assert read["okres"].iloc[-1] == "2026-05"


def test_polish_csv_is_what_excel_in_poland_expects(session: Session, flat: Tenancy) -> None:
    content = made(session, flat, "csv-pl")
    assert content.startswith(b"\xef\xbb\xbfnr_kontrahenta;nr_umowy;nr_dokumentu;")
    assert b";1234,56;;1234,56\r\n" in content


def test_filter_chooses_the_lines_and_no_line_leaves_the_heading(session: Session, flat: Tenancy) -> None:
    chosen = LedgerFilter(since=day("2026-02-01"), document_types=frozenset({"WPL"}))
    read = pd.read_csv(io.BytesIO(made(session, flat, "csv-pl", chosen)), sep=";", decimal=",", encoding="utf-8-sig")
    assert read["uznanie"].tolist() == [500.5]
    nothing = LedgerFilter(until=day("2025-01-01"))
    assert list(pd.read_excel(io.BytesIO(made(session, flat, "xlsx", nothing))).columns) == NAMES


def test_opened_by_libreoffice(session: Session, flat: Tenancy, tmp_path: Path) -> None:
    path = tmp_path / "plik.xlsx"
    path.write_bytes(made(session, flat, "xlsx"))
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
            "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false", "--outdir", tmp_path / "out", path,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "out" / "plik.csv").open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    assert [line["nr_kontrahenta"] for line in lines] == ["000077"] * 6
    assert [line["nr_umowy"] for line in lines] == ["0012"] * 6
    assert [line["tresc"] for line in lines] == SHOWN
    assert sum(Decimal(line["obciazenie"].replace(",", "") or 0) for line in lines) == Decimal("6172.80")
    assert lines[0]["data_ksiegowania"].startswith("2026-01-01")


def test_file_is_ones_own_and_a_proxys_of_their_tenancy_only(session: Session, flat: Tenancy) -> None:
    other = make_tenancy(session, flat.tenant)
    jan = sign_in_tenant(session, make_tenant(session, "Jan Nowak"))
    maria = proxy_in(session, flat, ProxyLevel.SEE)
    every = LedgerFilter()
    assert b"000077" in ledger_file(session, maria, tenancy_id=flat.id, chosen=every, file_format="csv-pl")
    for scope, tenancy_id in ((jan, flat.id), (maria, other.id)):
        with pytest.raises(NotFoundError):
            ledger_file(session, scope, tenancy_id=tenancy_id, chosen=every, file_format="csv-pl")
