"""What makes two ledger rows the same: the document's number and position, or the content and its occurrence."""

import hashlib

import polars as pl

KEY = ("document_no", "content_key", "position")
# What must agree for a repetition; a same key with other content is a conflict.
CONTENT = ("document_type", "booked_on", "due_on", "period", "component", "description", "debit", "credit")
_HASHED = ("tenant_no", "tenancy_no", *CONTENT)


class Occurrences:
    """Counts equal rows without a number through one file, so that the n-th is told from the first in every block."""

    def __init__(self) -> None:
        self._seen = pl.DataFrame(schema={"content_key": pl.String, "before": pl.Int64})

    def number(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Set `position` of rows without a document number to their occurrence within the file so far."""
        unnumbered = pl.col("content_key") != ""
        counts = frame.filter(unnumbered).group_by("content_key").agg(pl.len().cast(pl.Int64).alias("before"))
        if counts.is_empty():
            return frame
        frame = frame.join(self._seen, on="content_key", how="left", maintain_order="left")
        nth = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("content_key") + pl.col("before").fill_null(0)
        frame = frame.with_columns(pl.when(unnumbered).then(nth).otherwise(pl.col("position")).alias("position"))
        self._seen = pl.concat([self._seen, counts]).group_by("content_key").agg(pl.col("before").sum())
        return frame.drop("before")


def with_content_key(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `content_key`: a 128-bit hash of the row where it has no document number, else an empty text."""
    unnumbered = frame.filter(pl.col("document_no") == "")
    if unnumbered.is_empty():
        return frame.with_columns(pl.lit("").alias("content_key"))
    content = unnumbered.select(
        "line_no",
        pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in _HASHED], separator="\x1f").alias(
            "content"
        ),
    )
    hashes = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in content["content"]]
    keys = content.select("line_no").with_columns(pl.Series("content_key", hashes))
    return frame.join(keys, on="line_no", how="left", maintain_order="left").with_columns(
        pl.col("content_key").fill_null("")
    )


def same_content(left: str = "", right: str = "_standing") -> pl.Expr:
    """Whether two joined rows agree in everything that makes a row's content."""
    return pl.all_horizontal(pl.col(f"{name}{left}").eq_missing(pl.col(f"{name}{right}")) for name in CONTENT)
