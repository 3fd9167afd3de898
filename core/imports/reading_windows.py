"""Which rows of a file of readings fall into a reading window, for whole columns at once."""

from collections.abc import Sequence

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.meters.models import MeterPoint
from core.meters.window_models import ReadingWindow
from core.registry.models import Premises
from core.registry.queries import districts_on

_WINDOW = {"building_id": pl.Int64, "opens_on": pl.Date, "closes_on": pl.Date}


def with_window(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, which have `point_id` and `read_on`, with `in_window`: as `core.meters.windows.falls_into` says it."""
    windows = session.scalars(select(ReadingWindow).where(ReadingWindow.cancelled_at.is_(None))).all()
    if not windows:
        return rows.with_columns(pl.lit(value=True).alias("in_window"))
    inside = pl.lit(value=False)
    for one in windows:
        if one.district_id is None and one.building_id is None:
            inside |= pl.col("read_on").is_between(one.opens_on, one.closes_on)
    everywhere = any(one.district_id is None and one.building_id is None for one in windows)
    rows = rows.join(_buildings(session), on="point_id", how="left", maintain_order="left")
    local = _local(session, windows)
    hit = (
        rows.select("line_no", "building_id", "read_on")
        .join(local, on="building_id", how="inner")
        .filter(pl.col("read_on").is_between(pl.col("opens_on"), pl.col("closes_on")))
    )
    inside |= pl.col("line_no").is_in(hit["line_no"].unique().to_list())
    if not everywhere:
        inside |= ~pl.col("building_id").is_in(local["building_id"].unique().to_list())
    return rows.with_columns(inside.fill_null(value=True).alias("in_window")).drop("building_id")


def _buildings(session: Session) -> pl.DataFrame:
    found = session.execute(
        select(MeterPoint.id, Premises.building_id).join(Premises, Premises.id == MeterPoint.premises_id)
    ).all()
    return pl.DataFrame(
        [tuple(one) for one in found], schema={"point_id": pl.Int64, "building_id": pl.Int64}, orient="row"
    )


def _local(session: Session, windows: Sequence[ReadingWindow]) -> pl.DataFrame:
    """Windows of districts and buildings, a row for each building they mean."""
    found = []
    for one in windows:
        if one.building_id is not None:
            found.append((one.building_id, one.opens_on, one.closes_on))
        elif one.district_id is not None:
            served = districts_on(session, day=one.opens_on)
            found += [
                (building, one.opens_on, one.closes_on)
                for building, (district, _) in served.items()
                if district == one.district_id
            ]
    return pl.DataFrame(found, schema=_WINDOW, orient="row")
