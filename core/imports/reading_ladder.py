"""The ladder's easy rungs, climbed by whole columns at once: which readings of a file are plain beyond any doubt.

The rule is `core.meters.ladder.judge`. This answers only where no rounding could change the answer and leaves all the rest
to it; tests hold the two together.
"""

from datetime import date

import polars as pl

from core.meters.ladder import (
    BAND,
    LEAST_SPREAD,
    LEAST_SPREAD_A_DAY,
    MAD_SCALE,
    MIN_INTERVALS,
    PLAUSIBLE_A_DAY,
    UNREMARKABLE,
    Flag,
)

_MARGIN = 1e-6  # of a bound: what lies nearer to it is judged exactly
_LITTLE = int(UNREMARKABLE * 1000)


def with_plain(rows: pl.DataFrame, states: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """The rows with `plain`, true where the reading counts without a question, and `flags`, which it then has.

    `rows`: at most one a device, with `meter_id`, `read_on`, `value`, `in_window` and the device's `digits`, `decimals`,
    `removed_on`, `verified_until`. `states`: those that count, `meter_id`, `read_on`, `value`, each device's installation
    first, in order of days. Values are integers of 0.001 m³.
    """
    found = rows.join(_histories(rows, states), on="meter_id", how="left", maintain_order="left")
    used = pl.col("value") - pl.col("last_value")
    days = (pl.col("read_on") - pl.col("last_on")).dt.total_days()
    fine = pl.lit(10).pow(3 - pl.col("decimals")).cast(pl.Int64)
    on_dial = (pl.col("value") < pl.lit(1000) * pl.lit(10).pow(pl.col("digits")).cast(pl.Int64)) & (
        pl.col("value") % fine == 0
    )
    plain = (
        on_dial
        & (pl.col("read_on") <= today)
        & pl.col("removed_on").is_null()
        & (days > 0)
        & (used >= 0)
        & ((used <= _LITTLE) | (used < pl.col("most") * days * (1 - _MARGIN)))
        & ((used == 0) | (pl.col("least") * days < _LITTLE) | (used > pl.col("least") * days * (1 + _MARGIN)))
    )
    expired = (pl.col("verified_until") < pl.col("read_on")).fill_null(value=False)
    flags = pl.concat_str(
        pl.when(~pl.col("in_window")).then(pl.lit(Flag.FOR_INFORMATION.value)),
        pl.when(expired).then(pl.lit(Flag.EXPIRED.value)),
        separator=" ",
        ignore_nulls=True,
    )
    return found.with_columns(plain.fill_null(value=False).alias("plain"), flags.alias("flags")).select(
        *rows.columns, "plain", "flags"
    )


def _histories(rows: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """For each device its last state and the most and the least that is usual, in 0.001 m³ a day."""
    of_rows = states.join(rows.select("meter_id", "digits"), on="meter_id", how="inner", maintain_order="left")
    used = pl.col("value") - pl.col("value").shift(1).over("meter_id")
    days = (pl.col("read_on") - pl.col("read_on").shift(1).over("meter_id")).dt.total_days()
    turned = pl.lit(1000) * pl.lit(10).pow(pl.col("digits")).cast(pl.Int64)
    rates = of_rows.with_columns(
        pl.when(days > 0).then((used + pl.when(used < 0).then(turned).otherwise(0)) / days).alias("rate")
    )
    last = rates.group_by("meter_id").agg(
        pl.col("read_on").last().alias("last_on"),
        pl.col("value").last().alias("last_value"),
        pl.col("rate").count().alias("intervals"),
        pl.col("rate").median().alias("middle"),
    )
    # In a pass of its own: inside the one above every group would be computed by itself, three times as slowly.
    off = (pl.col("rate") - pl.col("middle")).abs()
    deviations = (
        rates.select("meter_id", "rate")
        .join(last.select("meter_id", "middle"), on="meter_id", how="inner")
        .group_by("meter_id")
        .agg(off.median().alias("deviation"))
    )
    last = last.join(deviations, on="meter_id", how="left")
    spread = pl.max_horizontal(
        float(MAD_SCALE) * pl.col("deviation"),
        float(LEAST_SPREAD) * pl.col("middle"),
        pl.lit(float(LEAST_SPREAD_A_DAY * 1000)),
    )
    enough = pl.col("intervals") >= MIN_INTERVALS
    return last.select(
        "meter_id",
        "last_on",
        "last_value",
        pl.when(enough).then(pl.col("middle") + BAND * spread).otherwise(float(PLAUSIBLE_A_DAY * 1000)).alias("most"),
        pl.when(enough).then(pl.col("middle") - BAND * spread).otherwise(0.0).alias("least"),
    )
