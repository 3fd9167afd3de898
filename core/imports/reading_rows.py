"""Brings readings in: each climbs the ladder as one typed into a form does, in order of days whatever the file's order.

A device that is not known is never made: its readings wait in suspense, and count once a later file brings them again.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import Table, select, text, update
from sqlalchemy.orm import Session

from core import bulk
from core.clock import now, today
from core.imports.columns import Layout
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.models import RepeatedReading, SuspendedReading
from core.imports.options import LoadOptions
from core.imports.reading_ladder import with_plain
from core.imports.reading_windows import with_window
from core.imports.writer import Writer
from core.meters.dial import Dial
from core.meters.ladder import NO_RISK, Device, Doubt, ReadingRefusedError, State, judge, risk_of
from core.meters.models import COUNTING, STANDING, Meter, MeterPoint, MeterReading, ReadingStatus, Source
from core.money import in_units
from core.registry.models import Premises

METER: Table = Meter.__table__  # type: ignore[assignment]
READING: Table = MeterReading.__table__  # type: ignore[assignment]
SUSPENDED: Table = SuspendedReading.__table__  # type: ignore[assignment]
REPEATED: Table = RepeatedReading.__table__  # type: ignore[assignment]

_SCHEMA: dict[str, type[pl.DataType]] = {
    "id": pl.Int64,
    "meter_id": pl.Int64,
    "point_id": pl.Int64,
    "digits": pl.Int64,
    "decimals": pl.Int64,
    "installed_on": pl.Date,
    "installed_value": pl.Int64,
    "removed_on": pl.Date,
    "removed_value": pl.Int64,
    "verified_until": pl.Date,
    "read_on": pl.Date,
    "value": pl.Int64,
    "status": pl.String,
    "source": pl.String,
    "batch_id": pl.Int64,
    "line_no": pl.Int64,
}
_DEVICE = (
    "digits",
    "decimals",
    "installed_on",
    "installed_value",
    "removed_on",
    "removed_value",
    "verified_until",
    "point_id",
)
_KNOWN = {"id": pl.Int64, "meter_id": pl.Int64, "read_on": pl.Date, "value": pl.Int64, "line_no": pl.Int64}
_STATE = {"meter_id": pl.Int64, "read_on": pl.Date, "value": pl.Int64}
_DAY = ["meter_id", "read_on"]
_COLUMNS = {"value": "stan", "read_on": "data_odczytu"}
_ODD = {
    Doubt.HIGH: "Zużycie dużo większe niż zwykle: odczyt trafi do wyjaśnienia.",
    Doubt.LOW: "Zużycie dużo mniejsze niż zwykle: odczyt trafi do wyjaśnienia.",
    Doubt.LOWER: "Stan niższy niż poprzedni: odczyt trafi do wyjaśnienia.",
}


class ReadingsWriter(Writer):
    """One load of one file of readings."""

    def __init__(
        self, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
    ) -> None:
        super().__init__(session, batch_id, layout, options, findings)
        self._blocks: list[pl.DataFrame] = []
        self._taken: list[pl.DataFrame] = []
        self._repeats: list[pl.DataFrame] = []
        self._states = pl.DataFrame(schema=_STATE)  # that count, in order of days, installation first
        self._known = pl.DataFrame(schema=_KNOWN)  # readings that a row may repeat or contradict

    def write(self, rows: pl.DataFrame) -> None:
        """Keep the rows until all are there: only then is it known which day comes first."""
        self._blocks.append(rows.drop("ok"))

    def finish(self) -> None:
        """Judge, day by day, and bring in what stands."""
        rows = pl.concat(self._blocks)
        self._blocks.clear()
        _hold_meters(self.session)
        rows = self._with_devices(rows)
        self._suspend(rows.filter(pl.col("meter_id").is_null()))
        known = self._in_its_premises(rows.filter(pl.col("meter_id").is_not_null()))
        known = with_window(self.session, known)
        self._look_up(known)
        for turn in _turns(known):
            self._judge(turn)
        self._insert()

    def _with_devices(self, rows: pl.DataFrame) -> pl.DataFrame:
        numbers = rows.select("meter_no").unique()
        found = bulk.standing(self.session, METER, numbers, wanted=("id", *_DEVICE), schema=_SCHEMA)
        return rows.join(found.rename({"id": "meter_id"}), on="meter_no", how="left", maintain_order="left")

    def _in_its_premises(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose device hangs where the file says it does; the others are errors."""
        if not rows["premises_code"].is_not_null().any():
            return rows
        places = self.session.execute(
            select(MeterPoint.id, Premises.code).join(Premises, Premises.id == MeterPoint.premises_id)
        ).all()
        schema = {"point_id": pl.Int64, "hangs_in": pl.String}
        rows = rows.join(
            pl.DataFrame([tuple(place) for place in places], schema=schema, orient="row"),
            on="point_id",
            how="left",
            maintain_order="left",
        )
        elsewhere = (pl.col("premises_code") != pl.col("hangs_in")).fill_null(value=False)
        for line, told, number, code in (
            rows.filter(elsewhere).select("line_no", "premises_code", "meter_no", "hangs_in").iter_rows()
        ):
            reason = f"Licznik {number} wisi w lokalu {code}. Sprawdź numer licznika i kod lokalu."
            self._error(line, "kod_lokalu", told, reason)
        return rows.filter(~elsewhere)

    def _look_up(self, rows: pl.DataFrame) -> None:
        """What stands of these devices, and what the office has made of earlier files."""
        devices = rows.select("meter_id", "installed_on", "installed_value").unique("meter_id")
        wanted = ("read_on", "id", "value", "status", "source", "line_no")
        found = bulk.standing(self.session, READING, devices.select("meter_id"), wanted=wanted, schema=_SCHEMA)
        counting = found.filter(pl.col("status").is_in([*COUNTING]))
        installed = devices.rename({"installed_on": "read_on", "installed_value": "value"})
        # The sort is stable: of one day the installation comes before the reading.
        self._states = pl.concat([installed, counting.select(*_STATE)]).sort(_DAY, maintain_order=True)
        decided = (pl.col("source") == Source.FILE) & (pl.col("status") != ReadingStatus.WITHDRAWN)
        self._known = found.filter(pl.col("status").is_in([*STANDING]) | decided).with_columns(
            pl.col("status").is_in([*STANDING]).alias("stands")
        )
        self._known = self._known.select(*_KNOWN, "stands")

    def _judge(self, rows: pl.DataFrame) -> None:
        """At most one row a device: repeated, refused, to be clarified, or accepted."""
        same = self._known.sort("stands", descending=True).unique([*_DAY, "value"], keep="first", maintain_order=True)
        met = rows.join(same, on=[*_DAY, "value"], how="inner", suffix="_met", maintain_order="left")
        self._repeat(met)
        rows = rows.join(met.select("line_no"), on="line_no", how="anti", maintain_order="left")
        other = self._known.filter("stands").select(*_DAY, pl.col("value").alias("other"))
        rows = rows.join(other, on=_DAY, how="left", maintain_order="left")
        for line, value, day, stands in (
            rows.filter(pl.col("other").is_not_null()).select("line_no", "value", "read_on", "other").iter_rows()
        ):
            reason = f"Na {day:%d.%m.%Y} jest już inny odczyt: {_shown(stands)}. Popraw plik albo tamten odczyt."
            self._error(line, "stan", _shown(value), reason)
        judged = with_plain(rows.filter(pl.col("other").is_null()), self._states, today=today())
        plain = judged.filter("plain").with_columns(
            pl.lit(ReadingStatus.ACCEPTED.value).alias("status"), pl.lit(NO_RISK, pl.Int64).alias("risk")
        )
        self._take(plain)
        self._judge_each(judged.filter(~pl.col("plain")))

    def _judge_each(self, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        states = self._states.join(rows.select("meter_id"), on="meter_id", how="semi", maintain_order="left")
        by_meter = {key[0]: frame for key, frame in states.partition_by("meter_id", as_dict=True).items()}
        taken = []
        for row in rows.iter_rows(named=True):
            device = _device(row, by_meter[row["meter_id"]].select("read_on", "value").iter_rows())
            try:
                state = State(row["read_on"], _volume(row["value"]))
                verdict = judge(device, state, today=today(), in_window=row["in_window"])
            except ReadingRefusedError as refusal:
                cell = _shown(row["value"]) if refusal.field == "value" else f"{row['read_on']}"
                self._error(row["line_no"], _COLUMNS[refusal.field or "value"], cell, refusal.message)
                continue
            status = ReadingStatus.TO_CLARIFY if verdict.doubt else ReadingStatus.ACCEPTED
            if verdict.doubt:
                cell, line = _shown(row["value"]), row["line_no"]
                self.findings.add(Finding(Severity.NOTICE, Cause.READING, _ODD[verdict.doubt], line, "stan", cell))
            risk = risk_of(verdict.flags)
            taken.append({**row, "flags": " ".join(verdict.flags), "status": status.value, "risk": risk})
        self._take(pl.DataFrame(taken, schema={**rows.schema, "status": pl.String, "risk": pl.Int64}))

    def _take(self, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        self._taken.append(rows.select("meter_no", "line_no", "origin", "flags", "status", "risk", *_STATE))
        own = rows.select(pl.lit(None, pl.Int64).alias("id"), *_STATE, "line_no", pl.lit(value=True).alias("stands"))
        self._known = pl.concat([self._known, own])
        counting = rows.filter(pl.col("status") == ReadingStatus.ACCEPTED)
        self._states = pl.concat([self._states, counting.select(*_STATE)]).sort(_DAY, maintain_order=True)

    def _insert(self) -> None:
        """Bring in what was taken, and note what was repeated beside it."""
        if self._taken:
            rows = pl.concat(self._taken)
            self.accepted += len(rows)
            values = rows.select(
                *_STATE,
                pl.lit(Source.FILE.value).alias("source"),
                "status",
                "flags",
                "risk",
                pl.col("origin").alias("comment"),
                pl.lit(bulk.instant(self.session, now())).alias("submitted_at"),
                pl.lit(self.batch_id, pl.Int64).alias("batch_id"),
                "line_no",
            )
            bulk.insert_all(self.session, READING, values)
            self._release(rows)
        repeats = [one for one in self._repeats if not one.is_empty()]
        if repeats:
            rows = self._with_own_ids(pl.concat(repeats))
            bulk.insert_all(
                self.session, REPEATED, rows.select("line_no", pl.lit(self.batch_id).alias("batch_id"), "reading_id")
            )

    def _repeat(self, met: pl.DataFrame) -> None:
        self.repeated += len(met)
        self._repeats.append(
            met.select("line_no", pl.col("id").alias("reading_id"), pl.col("line_no_met").alias("first"))
        )

    def _with_own_ids(self, repeats: pl.DataFrame) -> pl.DataFrame:
        """The repeats with the readings that they repeat, also those that this very file brought."""
        if not repeats["reading_id"].is_null().any():
            return repeats
        own = self.session.execute(
            select(MeterReading.line_no, MeterReading.id).where(MeterReading.batch_id == self.batch_id)
        ).all()
        ids = pl.DataFrame([tuple(one) for one in own], schema={"first": pl.Int64, "own": pl.Int64}, orient="row")
        met = repeats.join(ids, on="first", how="left", maintain_order="left")
        return met.with_columns(pl.coalesce("reading_id", "own").alias("reading_id"))

    def _release(self, rows: pl.DataFrame) -> None:
        """What waited in suspense and came again with its device known waits no more."""
        key = ["meter_no", "read_on", "value"]
        waiting = bulk.standing(self.session, SUSPENDED, rows.select(key), wanted=("id",), schema=_SCHEMA)
        if waiting.is_empty():
            return
        lines = waiting.join(rows.select(*key, "line_no"), on=key, how="inner")
        for suspended_id, line in lines.select("id", "line_no").iter_rows():
            reading = select(MeterReading.id).where(
                MeterReading.batch_id == self.batch_id, MeterReading.line_no == line
            )
            self.session.execute(
                update(SuspendedReading)
                .where(SuspendedReading.id == suspended_id)
                .values(reading_id=reading.scalar_subquery()),
                execution_options={"synchronize_session": False},
            )

    def _suspend(self, rows: pl.DataFrame) -> None:
        """Keep readings of unknown devices for later, unless they wait already."""
        if rows.is_empty():
            return
        key = ["meter_no", "read_on", "value"]
        first = rows.sort("line_no").unique(key, keep="first", maintain_order=True)
        kept = first.select(
            *key, "line_no", "premises_code", "origin", pl.lit(self.batch_id, pl.Int64).alias("batch_id")
        )
        bulk.insert_new(self.session, SUSPENDED, kept, key=key)
        wait = bulk.standing(
            self.session, SUSPENDED, first.select(key), wanted=("id", "batch_id", "line_no"), schema=_SCHEMA
        )
        met = rows.join(wait, on=key, how="left", suffix="_met", maintain_order="left")
        own = (pl.col("batch_id") == self.batch_id) & (pl.col("line_no") == pl.col("line_no_met"))
        new, again = met.filter(own), met.filter(~own)
        self.suspended += len(new)
        self.repeated += len(again)
        reason = "Nieznany numer licznika: odczyt trafi do poczekalni. Sprawdź numer albo wczytaj najpierw ten licznik."
        self.findings.extend(
            Finding(Severity.NOTICE, Cause.SUSPENDED, reason, line, "nr_licznika", number)
            for line, number in new.select("line_no", "meter_no").iter_rows()
        )
        repeats = again.select("line_no", pl.lit(self.batch_id).alias("batch_id"), pl.col("id").alias("suspended_id"))
        bulk.insert_all(self.session, REPEATED, repeats)

    def _error(self, line: int, column: str, cell: str, reason: str) -> None:
        self.rejected += 1
        self.findings.add(Finding(Severity.ERROR, Cause.READING, reason, line, column, cell))


def _turns(rows: pl.DataFrame) -> Iterable[pl.DataFrame]:
    """The rows in turns: the first day of every device, then the second of each, and so on."""
    rows = rows.sort("meter_id", "read_on", "line_no")
    nth = pl.int_range(pl.len()).over("meter_id")
    return rows.with_columns(nth.alias("turn")).partition_by("turn", include_key=False) if len(rows) else ()


def _hold_meters(session: Session) -> None:
    """Nobody hands in a reading meanwhile: forms hold their device, and wait until the file is in."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE meter IN EXCLUSIVE MODE"))


def _device(row: dict[str, Any], states: Iterable[tuple[date, int]]) -> Device:
    installed, *counting = (State(read_on, _volume(value)) for read_on, value in states)
    removed = State(row["removed_on"], _volume(row["removed_value"])) if row["removed_on"] else None
    return Device(Dial(row["digits"], row["decimals"]), installed, counting, removed, row["verified_until"])


def _volume(value: int) -> Decimal:
    return Decimal(value).scaleb(-3)


def _shown(value: int) -> str:
    return in_units(_volume(value), "m³")
