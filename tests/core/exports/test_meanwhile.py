"""Exports while readings arrive and change: each reading leaves once, and every file is whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Event

from sqlalchemy import select

from core import db
from core.accounts.sign_in import operator_scope
from core.errors import DomainError
from core.exports.readings import Exported, ReadingOrder, export_readings
from core.meters.models import COUNTING, MeterReading
from core.meters.reviewing import reject_reading
from core.meters.submitting import enter_reading
from tests.cast import make_building, make_district, make_meter, make_premises
from tests.core.exports.test_readings import rows_of

METERS, DAYS = 6, 12


def test_deltas_while_readings_arrive_add_up_to_what_counts(database: str) -> None:
    with db.transaction() as session:
        building = make_building(session, district=make_district(session))
        meters = [make_meter(session, make_premises(session, building=building)).id for _ in range(METERS)]
    done = Event()

    def arrive() -> None:
        for day in range(DAYS):
            for meter_id in meters:
                _quietly(meter_id, date(2026, 1, 1) + timedelta(days=30 * day), reject=(meter_id + day) % 5 == 0)
        done.set()

    def export() -> list[Exported]:
        made = []
        while not done.is_set():
            made += [_export(since_last=True), _export(since_last=False)]
        return [*made, _export(since_last=True)]

    with ThreadPoolExecutor(2) as pool:
        exporting = pool.submit(export)
        pool.submit(arrive).result()
        exports = exporting.result()
    told: set[int] = set()
    holds: set[int] = set()
    for one in exports:
        rows = rows_of(one)
        assert one.manifest["wiersze"] == len(rows)
        if one.manifest["przyrost"] is None:
            continue
        for row in rows:
            reading_id = int(row["id_odczytu"])
            if row["zapis"] == "anulowanie":
                holds.remove(reading_id)
            else:
                assert reading_id not in told
                told.add(reading_id)
                holds.add(reading_id)
    with db.reading() as session:
        counting = set(session.scalars(select(MeterReading.id).where(MeterReading.status.in_(COUNTING))))
    assert holds == counting
    assert counting


def _export(*, since_last: bool) -> Exported:
    with db.transaction() as session:
        return export_readings(session, operator_scope(), order=ReadingOrder(since_last=since_last))


def _quietly(meter_id: int, read_on: date, *, reject: bool) -> None:
    """A reading, and perhaps its rejection a moment later: what does not fit is refused and no matter here."""
    value = Decimal((read_on - date(2025, 1, 1)).days) / 10
    try:
        with db.transaction() as session:
            made = enter_reading(session, operator_scope(), meter_id=meter_id, value=value, read_on=read_on)
        if reject:
            with db.transaction() as session:
                reject_reading(session, operator_scope(), reading_id=made.reading_id, reason="Zły")
    except DomainError:
        pass
