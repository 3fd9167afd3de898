"""The columns of an export by the contract: from our own names and integers to what stands in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import polars as pl

from core.meters.models import Medium
from core.meters.words import FLAG_WORDS, SOURCE_WORDS, STATUS_WORDS
from core.registry.pseudonyms import pseudonyms

Type = Literal["text", "day", "instant", "whole", "volume", "money"]
ZONE = "Europe/Warsaw"
MEDIA = {Medium.COLD: "zimna", Medium.HOT: "ciepła"}
SHORT_MEDIA = {Medium.COLD: "ZW", Medium.HOT: "CW"}


class Record(StrEnum):
    """What a row of a delta says."""

    NEW = "nowy"
    CORRECTION = "korekta"  # takes the place of one exported before
    CANCELLATION = "anulowanie"  # of one exported before


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column: its heading by the contract, the field it comes from, its type."""

    name: str
    field: str
    type: Type = "text"


FULL = (
    FileColumn("id_odczytu", "reading_id", "whole"),
    FileColumn("ron", "district"),
    FileColumn("dzielnica", "borough"),
    FileColumn("ulica", "street"),
    FileColumn("nr_budynku", "building_no"),
    FileColumn("nr_lokalu", "premises_no"),
    FileColumn("kod_lokalu", "premises_code"),
    FileColumn("nr_umowy", "tenancy_no"),
    FileColumn("nr_licznika", "meter_no"),
    FileColumn("medium", "medium_word"),
    FileColumn("miejsce", "place"),
    FileColumn("data_odczytu", "read_on", "day"),
    FileColumn("stan", "value", "volume"),
    FileColumn("poprz_data", "previous_on", "day"),
    FileColumn("poprz_stan", "previous_value", "volume"),
    FileColumn("zuzycie_m3", "consumption", "volume"),
    FileColumn("dni", "days", "whole"),
    FileColumn("m3_na_dobe", "a_day", "volume"),
    FileColumn("zrodlo", "source_word"),
    FileColumn("status", "status_word"),
    FileColumn("flagi", "flag_words"),
    FileColumn("legalizacja_do", "verified_until", "day"),
    FileColumn("zdalny", "remote_word"),
    FileColumn("data_zgloszenia", "submitted_at", "instant"),
    FileColumn("zapis", "record"),
    FileColumn("poprawia_id", "corrects_id", "whole"),
)
EXCHANGE = (
    FileColumn("MIE", "premises_code"),
    FileColumn("TYP", "medium_short"),
    FileColumn("NR", "meter_no"),
    FileColumn("DATA", "read_on", "day"),
    FileColumn("WAR", "value", "volume"),
)
PROFILES: Mapping[str, Sequence[FileColumn]] = {"full": FULL, "exchange": EXCHANGE}
SCHEMA_TYPES: Mapping[Type, pl.DataType] = {
    "text": pl.String(),
    "day": pl.Date(),
    "instant": pl.Datetime("ms", ZONE),
    "whole": pl.Int64(),
    "volume": pl.Decimal(18, 3),
    "money": pl.Decimal(18, 2),
}


def with_records(rows: pl.DataFrame, corrects: Mapping[int, int]) -> pl.DataFrame:
    """The rows with `record` and `corrects_id`; `corrects`: reading → the exported one whose place it takes."""
    earlier = pl.col("reading_id").replace_strict(dict(corrects), default=None, return_dtype=pl.Int64)
    record = (
        pl.when(earlier.is_not_null())
        .then(pl.lit(Record.CORRECTION.value))
        .when(pl.col("wanted") == 2)
        .then(pl.lit(Record.CANCELLATION.value))
        .otherwise(pl.lit(Record.NEW.value))
    )
    return rows.with_columns(earlier.alias("corrects_id"), record.alias("record"))


def shaped(rows: pl.DataFrame, columns: Sequence[FileColumn], *, pseudonymous: bool) -> pl.DataFrame:
    """The file's columns, typed, volumes still integers of 0.001 m³; `rows` as `ReadingSource` gives them, with
    `record` and `corrects_id`.
    """
    a_day = (pl.col("consumption") * 2 + pl.col("days")) // (2 * pl.col("days"))  # rounded to the nearest litre
    words = rows.with_columns(
        pl.when(pl.col("days") > 0).then(a_day).alias("a_day"),
        pl.col("medium").replace_strict(dict(MEDIA)).alias("medium_word"),
        pl.col("medium").replace_strict(dict(SHORT_MEDIA)).alias("medium_short"),
        pl.col("source").replace_strict(dict(SOURCE_WORDS)).alias("source_word"),
        pl.col("status").replace_strict(dict(STATUS_WORDS)).alias("status_word"),
        _flag_words(rows["flags"]).alias("flag_words"),
        pl.when(pl.col("remote") == 1).then(pl.lit("tak")).otherwise(pl.lit("nie")).alias("remote_word"),
        pl.from_epoch("submitted").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
        .alias("submitted_at"),
    )  # fmt: skip
    if pseudonymous:
        words = words.with_columns(pseudonyms(words["tenancy_no"]).alias("tenancy_no"))
    cancelled = pl.col("record") == Record.CANCELLATION
    if columns is EXCHANGE:  # without a value: the reading stands no more
        words = words.with_columns(pl.when(~cancelled).then(pl.col("value")).alias("value"))
    return words.select(pl.col(column.field).alias(column.name) for column in columns)


def _flag_words(flags: pl.Series) -> pl.Series:
    known = flags.unique().to_list()
    told = [", ".join(FLAG_WORDS[flag] for flag in FLAG_WORDS if flag in one.split()) or None for one in known]
    return flags.replace_strict(known, told, return_dtype=pl.String)
