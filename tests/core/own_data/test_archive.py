"""The file with one's own data holds all of it, and nothing of anybody else, in forms that programs and people read."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from freezegun import freeze_time
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.accounts.attempts import note_right_attempt
from core.accounts.models import AccountState
from core.announcements.models import AnnouncementRecipient
from core.correspondence.models import Letter
from core.db import Base
from core.documents.storage import drop_file
from core.errors import NotFoundError
from core.meters.models import MeterReading, ReadingPhoto, Source
from core.own_data.collecting import SECTIONS
from core.registry.models import Premises
from tests.cast import make_account, make_meter, make_reading
from tests.core.own_data.cast import SECRET, STAFF, Household, archive_of, everything, household

OWN, CANARY = "Sowa", "Kanarek"
# Tables that know a tenant, an account or a tenancy. What is not told is a secret, a note of the office, or a copy.
TOLD = {
    "activation_request", "announcement_recipient", "charge", "closing_request", "contact_change", "contact_details",
    "data_export", "data_view", "delivery_consent", "fault_report", "ledger_entry", "letter", "meter_reading", "notice",
    "portal_account", "proxy_grant", "question_thread", "tenancy", "terms_acceptance",
}  # fmt: skip
# Sums that are kept beside the ledger say nothing that its lines do not.
NOT_TOLD = {"activation_tenancy", "recent_due", "recovery_link", "tenancy_total", "used_password"}


@pytest.fixture
def anna(session: Session) -> Household:
    """Anna, with a neighbour who lived in her flat before her and shares everything else that can be shared."""
    with freeze_time(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        before = household(session, CANARY, valid_from=date(2015, 1, 1), valid_to=date(2024, 12, 31))
        premises = session.get_one(Premises, before.tenancy.premises_id)
        one = household(session, OWN, premises=premises)
        household(session, f"{CANARY}2")
        session.commit()
        return one


@pytest.fixture
def files(anna: Household, tmp_path: Path) -> dict[str, bytes]:
    return archive_of(anna, tmp_path / "dane.zip")


def frame(files: dict[str, bytes], name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(files[f"csv/{name}.csv"]), sep=";", decimal=",", encoding="utf-8-sig")


def told(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["dane.json"])
    return found


def test_every_table_that_knows_a_tenant_is_told_or_left_out_on_purpose() -> None:
    knows = {
        name
        for name, table in Base.metadata.tables.items()
        if {"tenant_id", "account_id", "tenancy_id"} & set(table.columns.keys())
    }
    assert knows == TOLD | NOT_TOLD


def test_neighbour_has_something_in_every_table(anna: Household, session: Session) -> None:
    for name in sorted(TOLD):
        assert session.scalar(text(f"SELECT count(*) FROM {name}")) >= 3, name


def test_nothing_of_a_neighbour_is_in_it(files: dict[str, bytes]) -> None:
    assert CANARY.lower() not in everything(files)


def test_every_section_says_something_of_its_owner(files: dict[str, bytes]) -> None:
    silent = [one.key for one in SECTIONS if OWN.lower() not in everything({"": files[f"csv/{one.key}.csv"]})]
    assert silent == ["pliki_z_danymi", "wglady"], "which have nothing but days and words of ours"
    assert told(files)["wglady"] == [{"dzien": "2026-11-23", "kto": "obsługa techniczna", "co": "pisma"}]
    assert [name for name in files if name.startswith("pytania/")] == [told(files)["pytania"][0]["plik"]]
    assert [name for name in files if name.startswith("zgloszenia/")] == ["zgloszenia/zgloszenie-2-zdjecie-1.jpg"]
    assert len(told(files)["pliki_z_danymi"]) == 1
    assert told(files).keys() == {"portal", "stan_na", *(one.key for one in SECTIONS)}


def test_no_secret_no_employee_and_no_note_of_the_office_is_in_it(files: dict[str, bytes]) -> None:
    said = everything(files)
    for secret in (SECRET, STAFF, "c0de" * 16, "55555", "kkkkk", "Administrator 9"):
        assert secret.lower() not in said


def test_letter_that_was_not_opened_is_listed_and_nothing_more(files: dict[str, bytes]) -> None:
    opened, unopened = sorted(told(files)["pisma"], key=lambda one: one["otwarto"] is None)
    assert files[opened["plik"]] == f"%PDF pismo otwarte {OWN}".encode()
    assert {name for name, value in unopened.items() if value} == {"data", "rodzaj", "w_portalu_od"}
    assert "zamkniete" not in everything(files)
    assert [name for name in files if name.startswith("pisma/")] == [opened["plik"]]
    assert "jeszcze nie otwarto" in files["index.html"].decode()


def test_announcement_that_was_not_opened_gives_its_title_only(files: dict[str, bytes]) -> None:
    texts = {one["tytul"]: one["tresc"] for one in told(files)["ogloszenia"]}
    assert texts == {f"Otwarte {OWN}": f"Treść Otwarte {OWN}", f"Nieotwarte {OWN}": None}


def test_readings_are_those_of_the_tenancy_and_photos_ones_own(
    anna: Household, session: Session, tmp_path: Path
) -> None:
    premises = session.get_one(Premises, anna.tenancy.premises_id)
    meter = make_meter(session, premises, place="kuchnia", installed_on="2020-01-01")
    for read_on in ("2024-12-31", "2025-01-01"):
        make_reading(session, meter, read_on, "1")
    other = make_reading(session, meter, "2026-02-02", "9", source=Source.TENANT, account_id=anna.account.id + 500)
    other.comment = other.reason = CANARY
    session.commit()
    files = archive_of(anna, tmp_path / "a.zip")
    readings = told(files)["odczyty"]
    assert [one["data_odczytu"] for one in readings] == ["2025-01-01", "2026-02-02", "2026-06-01"]
    assert CANARY.lower() not in everything(files), "what another wrote beside a reading of the same flat"
    assert files[readings[2]["zdjecie"]] == f"JPEG {OWN}".encode()
    assert len([name for name in files if name.startswith("zdjecia/")]) == 1


def test_numbers_are_exact_in_json_and_numbers_in_pandas(files: dict[str, bytes]) -> None:
    charged, paid = told(files)["ksiega"]
    assert (charged["obciazenie_zl"], paid["saldo_po_zl"]) == ("1234.50", "234.50")
    assert charged["data_ksiegowania"] == "2026-10-01"
    assert told(files)["konta"][0]["zalozono"] == "2026-11-23T10:00:00+01:00"
    ledger = frame(files, "ksiega")
    assert (ledger["obciazenie_zl"].sum(), ledger["saldo_po_zl"].tolist()) == (1234.5, [1234.5, 234.5])
    assert frame(files, "odczyty")["stan_m3"].tolist() == [12.5]
    for one in SECTIONS:
        assert list(frame(files, one.key).columns) == list(one.columns)
        assert files[f"csv/{one.key}.csv"].startswith(b"\xef\xbb\xbf")


def test_formula_is_a_text_in_a_table_and_as_it_was_in_json(files: dict[str, bytes]) -> None:
    assert frame(files, "ksiega")["opis"][0] == f"'=Czynsz {OWN}"
    assert told(files)["ksiega"][0]["opis"] == f"=Czynsz {OWN}"


def test_negative_amount_stays_a_number(anna: Household, session: Session, tmp_path: Path) -> None:
    session.execute(text("UPDATE ledger_entry SET credit = 200000 WHERE credit > 0"))
    session.commit()
    assert frame(archive_of(anna, tmp_path / "a.zip"), "ksiega")["saldo_po_zl"].tolist() == [1234.5, -765.5]


def test_index_names_every_file_and_runs_nothing(anna: Household, session: Session, tmp_path: Path) -> None:
    anna.tenant.name = "<script>alert(1)</script>"
    session.commit()
    files = archive_of(anna, tmp_path / "a.zip")
    page = files["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert [name for name in files if f'href="{name}"' not in page] == ["index.html"]


def test_account_closed_before_is_ones_own(anna: Household, session: Session, tmp_path: Path) -> None:
    anna.account.state = AccountState.CLOSED
    session.flush()
    newer = make_account(session, anna.tenant)
    note_right_attempt(session, realm=Realm.TENANT, login=newer.login, network="")
    session.commit()
    files = archive_of(anna, tmp_path / "a.zip")
    assert {one["identyfikator"] for one in told(files)["konta"]} == {OWN.lower(), newer.login}
    assert len(told(files)["logowania"]) == 2


def test_same_data_and_instant_make_the_same_bytes(anna: Household, tmp_path: Path) -> None:
    made = []
    for day, name in ((23, "a"), (27, "b")):
        with freeze_time(datetime(2026, 11, day, 12, tzinfo=UTC)):
            archive_of(anna, tmp_path / name, as_of=datetime(2026, 11, 23, 9, tzinfo=UTC))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_tenant_with_nothing_has_a_file_all_the_same(anna: Household, session: Session, tmp_path: Path) -> None:
    session.execute(delete(AnnouncementRecipient))
    session.execute(delete(ReadingPhoto))
    session.execute(delete(MeterReading))
    session.commit()
    files = archive_of(anna, tmp_path / "a.zip")
    assert told(files)["odczyty"] == []
    assert frame(files, "odczyty").empty


def test_letter_whose_file_is_gone_is_not_passed_over(anna: Household, session: Session, tmp_path: Path) -> None:
    opened = select(Letter.sha256).where(Letter.tenant_id == anna.tenant.id, Letter.opened_at.is_not(None))
    drop_file(session.scalars(opened).one() or "")
    with pytest.raises(NotFoundError):
        archive_of(anna, tmp_path / "a.zip")
