"""Applies the rules of a kind to typed rows: every rule to every row, all findings at once."""

from collections.abc import Callable
from decimal import Decimal

import polars as pl

from core.imports.findings import Finding, Findings, Severity
from core.imports.kinds import Kind
from core.money import in_rate, in_zloty


def apply_rules(kind: Kind, rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """The rows with `ok` cleared where a rule of severity error is broken."""
    for rule in kind.rules:
        broken = rows.select((rule.broken().fill_null(value=False) & _readable(rule.field)).alias("broken"))["broken"]
        if not broken.any():
            continue
        for line, value in rows.filter(broken).select("line_no", rule.field).iter_rows():
            findings.add(Finding(rule.severity, rule.cause, rule.reason, line, rule.column, _shown(rule.field, value)))
        if rule.severity is Severity.ERROR:
            rows = rows.with_columns((pl.col("ok") & ~broken).alias("ok"))
    return rows


def _readable(field: str) -> pl.Expr:
    # A cell that could not be read has its finding already; its null must not break a second rule.
    return pl.col(field).is_not_null()


def _shown(field: str, value: object) -> str | None:
    if value is None or value == 0:
        return None
    return _WRITTEN[field](value) if field in _WRITTEN and isinstance(value, int) else str(value)


_WRITTEN: dict[str, Callable[[int], str]] = {
    "debit": in_zloty,
    "credit": in_zloty,
    "rate": lambda rate: in_rate(Decimal(rate).scaleb(-4)),
}
