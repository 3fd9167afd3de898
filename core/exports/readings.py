"""Makes an export of readings: what is to be in it, the file, its manifest, all in one transaction or nothing."""

import json
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import local, now
from core.errors import InvalidInputError
from core.exports import delta
from core.exports.columns import PROFILES, Record, shaped, with_records
from core.exports.formats import SUFFIXES, write
from core.exports.making import checked_format, codes_of, districts_within, iso, keep, workshop
from core.exports.models import Export
from core.exports.reading_source import ReadingFilter, ReadingSource
from core.meters.models import STANDING, MeterReading

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What is wanted. `since_last`: a delta; else a copy of what stands, which marks nothing."""

    since_last: bool = False
    profile: str = "full"
    file_format: str = "csv-pl"
    chosen: ReadingFilter = field(default_factory=ReadingFilter)


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was made; `manifest` says what is in it."""

    export_id: int
    file_name: str
    sha256: str
    manifest: dict[str, Any]


def export_readings(
    session: Session, scope: EmployeeScope, *, order: ReadingOrder, progress: Progress | None = None
) -> Exported:
    """Write the file, keep it by its hash, and remember what was in it; `progress` is told rows done and rows in all.

    A delta carries every reading that counts and was carried by none before, and a record for every one carried before
    that counts no more. Tenancies are pseudonyms for who may not see tenants. Cut off in the middle, nothing was
    exported. Raises InvalidInputError (fields `profile`, `file_format`, `read_to`), NotFoundError for a foreign district.
    """
    require_live(session, scope, Permission.EXPORT_READINGS)
    order = _checked(session, scope, order)
    made = Export(
        kind=delta.READINGS,
        profile=order.profile,
        file_format=order.file_format,
        pseudonymous=not scope.may(Permission.SEE_TENANTS),
        districts=" ".join(map(str, sorted(order.chosen.district_ids))),
        created_at=now(),
        employee_id=scope.employee_id,
        employee_login=scope.login,
    )
    if order.since_last:
        delta.one_delta_at_a_time(session)
        made.delta_no = delta.last_delta_no(session) + 1
    session.add(made)
    session.flush()
    with tempfile.TemporaryDirectory(dir=workshop()) as folder:
        _write(session, made, order, Path(folder), progress)
    session.flush()
    record_by(session, scope, "readings_exported", object_kind="export", object_id=made.id, details={"rows": made.rows})
    return Exported(made.id, made.file_name, made.sha256, json.loads(made.manifest))


def _checked(session: Session, scope: EmployeeScope, order: ReadingOrder) -> ReadingOrder:
    if order.profile not in PROFILES:
        raise InvalidInputError(f"Nieznany układ. Dostępne: {', '.join(PROFILES)}.", field="profile")
    checked_format(order.file_format)
    chosen = order.chosen
    if chosen.read_from and chosen.read_to and chosen.read_to < chosen.read_from:
        raise InvalidInputError("Koniec okresu jest wcześniejszy niż początek. Popraw daty.", field="read_to")
    within = districts_within(session, chosen.district_ids, served=scope.district_ids)
    return replace(order, chosen=replace(chosen, district_ids=within))


def _write(session: Session, made: Export, order: ReadingOrder, folder: Path, progress: Progress | None) -> None:
    corrects: dict[int, int] = {}
    if order.since_last:
        delta.mark_new(session, made.id, order.chosen)
        delta.mark_cancelled(session, made.id, order.chosen)
        corrects = delta.corrections(session, made.id)
    standing = MeterReading.status.in_(STANDING) & order.chosen.condition()
    wanted, cancelled = delta.carried_by(made.id, corrects) if order.since_last else (standing, false())
    everywhere = not order.since_last and order.chosen == ReadingFilter()
    number = session.scalar(select(func.count()).select_from(MeterReading).where(wanted)) or 0
    counted = _Counted(number, progress)
    columns = PROFILES[order.profile]
    path = folder / "export"
    frames = (
        shaped(counted.add(with_records(frame, corrects)), columns, pseudonymous=made.pseudonymous)
        for frame in ReadingSource(session).frames(wanted, cancelled=cancelled, everywhere=everywhere)
    )
    # Closed also where writing breaks off: a connection in the middle of a COPY can do nothing else, not even roll back.
    with closing(frames):
        write(frames, path, columns=columns, file_format=order.file_format, rows=number)
    # A delta is marked and stands still; in a copy readings may have come or gone since they were counted.
    if order.since_last and counted.rows != number:
        raise AssertionError(f"{number} rows counted, {counted.rows} written")
    keep(made, path)
    made.rows, made.file_name = counted.rows, _file_name(made)
    made.manifest = json.dumps(_manifest(session, made, order, counted), ensure_ascii=False)


class _Counted:
    """What went into the file, for its manifest."""

    def __init__(self, number: int, progress: Progress | None) -> None:
        self.number, self.progress = number, progress
        self.rows = self.litres = 0
        self.records = dict.fromkeys(Record, 0)

    def add(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Count a frame and hand it on."""
        self.rows += len(frame)
        self.litres += int(frame["consumption"].sum())
        for record, number in frame["record"].value_counts().iter_rows():
            self.records[Record(record)] += number
        if self.progress is not None:
            self.progress(self.rows, max(self.rows, self.number))
        return frame


def _manifest(session: Session, made: Export, order: ReadingOrder, counted: _Counted) -> dict[str, Any]:
    chosen = order.chosen
    return {
        "eksport": made.id,
        "rodzaj": "odczyty",
        "uklad": made.profile,
        "format": made.file_format,
        "przyrost": made.delta_no,
        "od_przyrostu": made.delta_no - 1 if made.delta_no else None,
        "filtr": {
            "rejony": codes_of(session, chosen.district_ids),
            "medium": chosen.medium,
            "odczyty_od": chosen.read_from.isoformat() if chosen.read_from else None,
            "odczyty_do": chosen.read_to.isoformat() if chosen.read_to else None,
        },
        "pseudonimy": made.pseudonymous,
        "wiersze": counted.rows,
        "zapisy": {record.value: number for record, number in counted.records.items()},
        "suma_zuzycie_m3": f"{counted.litres // 1000}.{counted.litres % 1000:03d}",
        "plik": made.file_name,
        "bajty": made.size,
        "sha256": made.sha256,
        "utworzono": iso(made.created_at),
        "kto": made.employee_login or "konsola",
    }


def _file_name(made: Export) -> str:
    kind = f"przyrost-{made.delta_no:06d}" if made.delta_no else f"stan-{made.id:06d}"
    profile = "wymiana" if made.profile == "exchange" else "pelne"
    return f"odczyty-{profile}-{kind}-{local(made.created_at):%Y-%m-%d}.{SUFFIXES[made.file_format]}"
