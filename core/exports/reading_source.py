"""Readings as they leave the house: streamed device by device, each with what ran through since the one before."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SelectBase,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from core import bulk
from core.clock import today
from core.meters.models import COUNTING, Medium, Meter, MeterPoint, MeterReading
from core.registry.models import Building, Premises, Tenancy
from core.registry.queries import districts_on, premises_in_districts

_READ: dict[str, type[pl.DataType]] = {
    "reading_id": pl.Int64,
    "meter_id": pl.Int64,
    "read_on": pl.Date,
    "value": pl.Int64,
    "source": pl.String,
    "status": pl.String,
    "flags": pl.String,
    "submitted": pl.Int64,  # seconds since 1970
    "wanted": pl.Int64,  # 0: lies between, 1: wanted, 2: wanted, to say that it stands no more
}
_METER: dict[str, type[pl.DataType]] = {
    "meter_id": pl.Int64,
    "meter_no": pl.String,
    "medium": pl.String,
    "place": pl.String,
    "digits": pl.Int64,
    "installed_on": pl.Date,
    "installed_value": pl.Int64,
    "verified_until": pl.Date,
    "remote": pl.Int64,
    "premises_id": pl.Int64,
    "building_id": pl.Int64,
    "borough": pl.String,
    "street": pl.String,
    "building_no": pl.String,
    "premises_no": pl.String,
    "premises_code": pl.String,
}


@dataclass(frozen=True, slots=True)
class ReadingFilter:
    """Which readings: empty and None do not limit. Days are of the reading, both included."""

    district_ids: frozenset[int] = frozenset()
    medium: Medium | None = None
    read_from: date | None = None
    read_to: date | None = None

    def condition(self) -> ColumnElement[bool]:
        """SQL over MeterReading."""
        limits: list[ColumnElement[bool]] = []
        if self.district_ids or self.medium is not None:
            meters = (
                select(Meter.id)
                .join(MeterPoint, MeterPoint.id == Meter.point_id)
                .join(Premises, Premises.id == MeterPoint.premises_id)
            )
            if self.district_ids:
                meters = meters.where(premises_in_districts(self.district_ids, day=today()))
            if self.medium is not None:
                meters = meters.where(MeterPoint.medium == self.medium)
            limits.append(MeterReading.meter_id.in_(meters))
        if self.read_from is not None:
            limits.append(MeterReading.read_on >= self.read_from)
        if self.read_to is not None:
            limits.append(MeterReading.read_on <= self.read_to)
        return and_(true(), *limits)


class ReadingSource:
    """Readings that are wanted, as frames; what belongs to devices and tenancies is looked up once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._meters = self._load_meters()
        self._tenancies = self._load_tenancies()

    def frames(
        self, wanted: ColumnElement[bool], *, cancelled: ColumnElement[bool] | None = None, everywhere: bool = False
    ) -> Generator[pl.DataFrame, None, None]:
        """The wanted readings by device and day, in frames; `wanted` is SQL over MeterReading, `cancelled` tells which of
        them are there to say that they stand no more (then `wanted` is 2 in the frame, else 1). `everywhere`: there are
        wanted ones of nearly every device, so that looking for those devices first would only cost time.

        Volumes are integers of 0.001 m³. `previous_on`, `previous_value`, `consumption` and `days` are since the state
        before that counts; null where the reading itself does not.
        """
        for frame in _whole_devices(
            bulk.stream(self.session, self._chosen(wanted, cancelled, everywhere=everywhere), _READ)
        ):
            known = frame.join(self._meters, on="meter_id", how="left", maintain_order="left")
            yield self._with_tenancy(_with_previous(known).filter(pl.col("wanted") > 0))

    def _chosen(
        self, wanted: ColumnElement[bool], cancelled: ColumnElement[bool] | None, *, everywhere: bool
    ) -> SelectBase:
        """All that was read from the devices with wanted readings: what lies between them is needed too."""
        is_sqlite = self.session.get_bind().dialect.name == "sqlite"
        at = MeterReading.submitted_at
        seconds = cast(func.strftime("%s", at) if is_sqlite else extract("epoch", at), BigInteger)
        columns = (
            MeterReading.id,
            MeterReading.meter_id,
            MeterReading.read_on,
            MeterReading.value,
            MeterReading.source,
            MeterReading.status,
            MeterReading.flags,
            seconds,
            case((wanted & (false() if cancelled is None else cancelled), 2), (wanted, 1), else_=0),
        )
        return (
            select(*columns)
            .where(*([] if everywhere else [MeterReading.meter_id.in_(select(MeterReading.meter_id).where(wanted))]))
            .order_by(MeterReading.meter_id, MeterReading.read_on, MeterReading.id)
        )

    def _load_meters(self) -> pl.DataFrame:
        columns = (
            Meter.id, Meter.meter_no, MeterPoint.medium, MeterPoint.place, Meter.digits, Meter.installed_on,
            Meter.installed_value, Meter.verified_until, case((Meter.remote, literal(1)), else_=literal(0)), Premises.id,
            Building.id, Building.borough, Building.street, Building.building_no, Premises.premises_no, Premises.code,
        )  # fmt: skip
        chosen = (
            select(*columns)
            .select_from(Meter)
            .join(MeterPoint, MeterPoint.id == Meter.point_id)
            .join(Premises, Premises.id == MeterPoint.premises_id)
            .join(Building, Building.id == Premises.building_id)
        )
        meters = pl.concat([pl.DataFrame(schema=_METER), *bulk.stream(self.session, chosen, _METER)])
        served = districts_on(self.session, day=today())
        names = {building: name for building, (_, name) in served.items()}
        district = pl.col("building_id").replace_strict(names, default=None, return_dtype=pl.String)
        return meters.with_columns(district.alias("district"))

    def _load_tenancies(self) -> pl.DataFrame:
        schema = {"premises_id": pl.Int64, "valid_from": pl.Date, "valid_to": pl.Date, "tenancy_no": pl.String}
        chosen = select(Tenancy.premises_id, Tenancy.valid_from, Tenancy.valid_to, Tenancy.tenancy_no)
        frames = bulk.stream(self.session, chosen.order_by(Tenancy.valid_from, Tenancy.id), schema)
        return pl.concat([pl.DataFrame(schema=schema), *frames]).sort("valid_from", maintain_order=True)

    def _with_tenancy(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each reading with the tenancy of its premises on its day; null: they stood empty."""
        by_day = rows.with_row_index("nth").sort("read_on", maintain_order=True)
        met = by_day.join_asof(
            self._tenancies,
            left_on="read_on",
            right_on="valid_from",
            by="premises_id",
            strategy="backward",
            check_sortedness=False,
        ).sort("nth")
        stood = pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("read_on"))
        return met.with_columns(pl.when(stood).then(pl.col("tenancy_no")).alias("tenancy_no"))


def _whole_devices(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows, cut only between devices: what ran through is told from the reading before."""
    rest = pl.DataFrame(schema=_READ)
    for frame in frames:
        rows = pl.concat([rest, frame])
        last = pl.col("meter_id") == rows["meter_id"][-1]
        yield rows.filter(~last)
        rest = rows.filter(last)
    yield rest


def _with_previous(rows: pl.DataFrame) -> pl.DataFrame:
    counts = pl.col("status").is_in([*COUNTING])
    first = pl.col("meter_id").ne_missing(pl.col("meter_id").shift(1))

    def before(column: str, installed: str) -> pl.Expr:
        # A device begins with its installation, so nothing is filled over from the device before it.
        seen = pl.when(counts).then(pl.col(column)).shift(1)
        filled = pl.when(first).then(pl.col(installed)).otherwise(seen).forward_fill()
        return pl.when(counts).then(filled)

    rows = rows.with_columns(
        before("read_on", "installed_on").alias("previous_on"),
        before("value", "installed_value").alias("previous_value"),
    )
    used = pl.col("value") - pl.col("previous_value")
    turned = pl.lit(1000) * pl.lit(10).pow(pl.col("digits")).cast(pl.Int64)  # the ladder lets no other lower one count
    return rows.with_columns(
        pl.when(used < 0).then(used + turned).otherwise(used).alias("consumption"),
        (pl.col("read_on") - pl.col("previous_on")).dt.total_days().alias("days"),
    )
