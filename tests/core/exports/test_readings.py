"""Exports of readings: what is in the file, deltas, corrections, pseudonyms, and that nothing is exported twice."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope, Role, TenantScope
from core.documents.storage import hash_file, kept_file
from core.errors import InvalidInputError, NotFoundError
from core.exports import formats
from core.exports.archive import exports, fetch_export
from core.exports.models import Export, ExportedReading
from core.exports.reading_source import ReadingFilter
from core.exports.readings import Exported, ReadingOrder, export_readings
from core.meters.changing import ReadingMovedError
from core.meters.models import Medium, Meter, MeterReading, ReadingStatus, Source
from core.meters.reviewing import correct_reading, reject_reading
from core.meters.submitting import submit_reading, withdraw_reading
from tests.cast import (
    make_building,
    make_district,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)


class City:
    """Anna in CENTRUM with a cold meter that turned over zero, Jan in POLESIE with a hot one."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.anna, self.jan = make_tenant(session), make_tenant(session, "Jan Nowak")
        self.centre, self.polesie = make_district(session, code="CENTRUM"), make_district(session, code="POLESIE")
        ours = make_premises(session, building=make_building(session, district=self.centre))
        theirs = make_premises(session, building=make_building(session, street="=Ptasia", district=self.polesie))
        make_tenancy(session, self.anna, tenancy_no="U/1/2025", premises=ours, valid_from=date(2025, 1, 1))
        make_tenancy(session, self.jan, tenancy_no="U/2/2025", premises=theirs, valid_from=date(2025, 1, 1))
        self.cold = make_meter(session, ours, installed_value="99990", verified_until="2026-06-30")
        self.hot = make_meter(session, theirs, medium=Medium.HOT, place="+kuchnia", digits=4, decimals=1)
        for day, value in (("2026-01-10", "99998.412"), ("2026-07-10", "2.105")):
            make_reading(session, self.cold, day, value)
        make_reading(session, self.hot, "2026-07-10", "5.5", status=ReadingStatus.REJECTED)
        make_reading(session, self.hot, "2026-07-20", "6.5", status=ReadingStatus.TO_CLARIFY)
        make_reading(session, self.hot, "2026-07-30", "7.5", source=Source.TENANT)
        self.clerk = sign_in_employee(session, Role.CLERK)
        self.analyst = sign_in_employee(session, Role.ANALYST)
        self.accounting = sign_in_employee(session, Role.ACCOUNTING)

    def export(self, scope: EmployeeScope | None = None, **order: object) -> list[dict[str, str]]:
        """The rows of an export as text."""
        return rows_of(export_readings(self.session, scope or self.accounting, order=ReadingOrder(**order)))  # type: ignore[arg-type]

    def delta(self) -> list[tuple[str, str, str]]:
        rows = self.export(self.analyst, since_last=True)
        return [(row["zapis"], row["stan"], row["poprawia_id"] and "poprawia") for row in rows]


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def rows_of(made: Exported) -> list[dict[str, str]]:
    content = kept_file(made.sha256).read_bytes().decode("utf-8-sig")
    heading, *lines = [line.split(";") for line in content.split("\r\n")[:-1]]
    return [dict(zip(heading, line, strict=True)) for line in lines]


def reading_id(session: Session, meter: Meter, day: date) -> int:
    standing = MeterReading.status.in_(("accepted", "settled"))
    return session.scalars(
        select(MeterReading.id).where(MeterReading.meter_id == meter.id, MeterReading.read_on == day, standing)
    ).one()


def test_full_profile_by_the_contract(city: City) -> None:
    rows = city.export()
    assert [row["stan"] for row in rows] == ["99998,412", "2,105", "6,500", "7,500"]
    turned = rows[1]
    assert turned | {"id_odczytu": "", "data_zgloszenia": "", "kod_lokalu": "", "nr_licznika": ""} == {
        "id_odczytu": "",
        "ron": "RON Centrum",
        "dzielnica": "Śródmieście",
        "ulica": "Kwiatowa",
        "nr_budynku": "12",
        "nr_lokalu": "7",
        "kod_lokalu": "",
        "nr_umowy": "U/1/2025",
        "nr_licznika": "",
        "medium": "zimna",
        "miejsce": "łazienka",
        "data_odczytu": "2026-07-10",
        "stan": "2,105",
        "poprz_data": "2026-01-10",
        "poprz_stan": "99998,412",
        "zuzycie_m3": "3,693",
        "dni": "181",
        "m3_na_dobe": "0,020",
        "zrodlo": "urząd",
        "status": "przyjęty",
        "flagi": "",
        "legalizacja_do": "2026-06-30",
        "zdalny": "nie",
        "data_zgloszenia": "",
        "zapis": "nowy",
        "poprawia_id": "",
    }
    waits, counts = rows[2], rows[3]
    assert (waits["status"], waits["zuzycie_m3"], waits["poprz_data"]) == ("do wyjaśnienia", "", "")
    assert (counts["zuzycie_m3"], counts["poprz_data"], counts["poprz_stan"]) == ("7,500", "2024-01-01", "0,000")


def test_formulas_are_harmless_and_numbers_left_alone(city: City) -> None:
    row = city.export()[3]
    assert (row["ulica"], row["miejsce"]) == ("'=Ptasia", "'+kuchnia")
    assert row["stan"] == "7,500"


def test_exchange_profile(city: City) -> None:
    rows = city.export(profile="exchange", file_format="csv-pl")
    assert list(rows[0]) == ["MIE", "TYP", "NR", "DATA", "WAR"]
    assert [(row["TYP"], row["DATA"], row["WAR"]) for row in rows[1:2]] == [("ZW", "2026-07-10", "2,105")]


@pytest.mark.parametrize(
    ("chosen", "values"),
    [
        ({"medium": Medium.HOT}, ["6,500", "7,500"]),
        ({"read_from": date(2026, 7, 11)}, ["6,500", "7,500"]),
        ({"read_to": date(2026, 7, 10)}, ["99998,412", "2,105"]),
        ({"read_from": date(2026, 7, 10), "read_to": date(2026, 7, 20)}, ["2,105", "6,500"]),
    ],
)
def test_filters(city: City, chosen: dict[str, object], values: list[str]) -> None:
    rows = city.export(chosen=ReadingFilter(**chosen))  # type: ignore[arg-type]
    assert [row["stan"] for row in rows] == values
    if values[0] == "2,105":
        assert rows[0]["zuzycie_m3"] == "3,693"  # also from a reading that is not in the file


def test_districts_are_ones_own(city: City) -> None:
    polesie = frozenset({city.polesie.id})
    assert [row["ron"] for row in city.export(chosen=ReadingFilter(district_ids=polesie))] == ["RON Polesie"] * 2
    head = sign_in_employee(city.session, Role.HEAD, districts=(city.centre,))
    assert {row["ron"] for row in city.export(head)} == {"RON Centrum"}
    with pytest.raises(NotFoundError):
        city.export(head, chosen=ReadingFilter(district_ids=polesie))


def test_delta_carries_each_reading_once_and_the_second_is_empty(city: City) -> None:
    assert city.delta() == [("nowy", "99998,412", ""), ("nowy", "2,105", ""), ("nowy", "7,500", "")]
    assert city.delta() == []
    settled = city.session.scalars(select(MeterReading.status).where(MeterReading.status == "settled")).all()
    assert len(settled) == 3


def test_correction_and_rejection_follow_in_the_next_delta(city: City) -> None:
    city.delta()
    correct_reading(
        city.session,
        city.clerk,
        reading_id=reading_id(city.session, city.hot, date(2026, 7, 30)),
        value=Decimal("8.5"),
        reason="Zdjęcie",
    )
    correct_reading(
        city.session,
        city.clerk,
        reading_id=reading_id(city.session, city.hot, date(2026, 7, 30)),
        value=Decimal("8.6"),
        reason="Jeszcze raz",
    )
    reject_reading(
        city.session, city.clerk, reading_id=reading_id(city.session, city.cold, date(2026, 7, 10)), reason="Zły"
    )
    assert city.delta() == [("anulowanie", "2,105", ""), ("korekta", "8,600", "poprawia")]
    assert city.delta() == []
    reject_reading(
        city.session, city.clerk, reading_id=reading_id(city.session, city.hot, date(2026, 7, 30)), reason="Zły"
    )
    assert city.delta() == [("anulowanie", "8,600", "")]


def test_cancellation_in_the_exchange_profile_has_no_value(city: City) -> None:
    city.delta()
    reject_reading(
        city.session, city.clerk, reading_id=reading_id(city.session, city.cold, date(2026, 7, 10)), reason="Zły"
    )
    assert [row["WAR"] for row in city.export(since_last=True, profile="exchange")] == [""]


def test_tenant_cannot_take_back_what_was_exported(city: City) -> None:
    scope: TenantScope = sign_in_tenant(city.session, city.jan)
    made = submit_reading(city.session, scope, meter_id=city.hot.id, value=Decimal("8.1"), read_on=date(2026, 8, 5))
    city.delta()
    with pytest.raises(ReadingMovedError):
        withdraw_reading(city.session, scope, reading_id=made.reading_id)


def test_tenancies_are_pseudonyms_for_who_may_not_see_tenants(city: City) -> None:
    named, hidden = city.export(), city.export(city.analyst)
    assert [row["nr_umowy"] for row in named] == ["U/1/2025"] * 2 + ["U/2/2025"] * 2
    masks = [row["nr_umowy"] for row in hidden]
    assert len(set(masks)) == 2
    assert not {"U/1/2025", "U/2/2025"} & set(masks)
    assert [row["nr_umowy"] for row in city.export(city.analyst)] == masks


def test_same_bytes_again_and_only_for_who_may_see_them(city: City) -> None:
    named = export_readings(city.session, city.accounting, order=ReadingOrder())
    hidden = export_readings(city.session, city.analyst, order=ReadingOrder())
    name, path = fetch_export(city.session, city.accounting, export_id=named.export_id)
    assert (name, hash_file(path)) == (named.file_name, named.manifest["sha256"])
    make_reading(city.session, city.cold, "2026-08-10", "3")
    assert hash_file(fetch_export(city.session, city.accounting, export_id=named.export_id)[1]) == named.sha256
    assert [one.export_id for one in exports(city.session, city.analyst)] == [hidden.export_id]
    with pytest.raises(NotFoundError):
        fetch_export(city.session, city.analyst, export_id=named.export_id)
    head = sign_in_employee(city.session, Role.HEAD, districts=(city.centre,))
    own = export_readings(city.session, head, order=ReadingOrder())
    assert [one.export_id for one in exports(city.session, head)] == [own.export_id]


def test_manifest_says_what_is_in_the_file(city: City) -> None:
    made = export_readings(city.session, city.analyst, order=ReadingOrder(since_last=True))
    told = made.manifest
    assert (told["wiersze"], told["przyrost"], told["od_przyrostu"], told["pseudonimy"]) == (3, 1, 0, True)
    assert told["zapisy"] == {"nowy": 3, "korekta": 0, "anulowanie": 0}
    assert told["suma_zuzycie_m3"] == "19.605"  # 8,412 + 3,693 + 7,500
    assert told["sha256"] == hash_file(kept_file(made.sha256))


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (ReadingOrder(profile="inny"), "profile"),
        (ReadingOrder(file_format="doc"), "file_format"),
        (ReadingOrder(chosen=ReadingFilter(read_from=date(2026, 2, 1), read_to=date(2026, 1, 1))), "read_to"),
    ],
)
def test_order_that_cannot_be_is_refused_at_its_field(city: City, order: ReadingOrder, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        export_readings(city.session, city.accounting, order=order)
    assert refused.value.field == field


def test_export_cut_off_in_the_middle_has_exported_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.session.commit()

    def broken(frames: Iterator[pl.DataFrame], path: Path, columns: object, rows: int, *_: object) -> None:
        next(iter(frames))
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(formats.WRITERS, "csv-pl", broken)
        with pytest.raises(OSError, match="no space"), db.transaction() as session:
            export_readings(session, city.accounting, order=ReadingOrder(since_last=True))
    with db.reading() as session:
        assert session.scalars(select(Export.id)).all() == []
        assert session.scalars(select(ExportedReading.reading_id)).all() == []
    with db.transaction() as session:
        made = export_readings(session, city.accounting, order=ReadingOrder(since_last=True))
    assert (made.manifest["przyrost"], made.manifest["wiersze"]) == (1, 3)


def test_progress_is_told_and_frames_are_cut_between_devices(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.bulk.CHUNK", 1)
    told: list[tuple[int, int]] = []
    made = export_readings(
        city.session, city.accounting, order=ReadingOrder(), progress=lambda done, whole: told.append((done, whole))
    )
    assert told[-1] == (4, 4)
    assert [row["zuzycie_m3"] for row in rows_of(made)] == ["8,412", "3,693", "", "7,500"]


def test_manifest_of_a_kept_export_is_json(city: City) -> None:
    export_readings(city.session, city.accounting, order=ReadingOrder())
    assert json.loads(city.session.scalars(select(Export.manifest)).one())["rodzaj"] == "odczyty"
