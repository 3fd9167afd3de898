"""Figures kept beside the ledger: sums of tenancies, what fell due recently, turnover of months; filled from what stands.

Revision ID: 0031
Revises: 0030
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays
import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEPT = timedelta(days=800)
STORNO = sa.text("storno <> 0")
SIDES = "SUM(CASE WHEN debit > 0 THEN debit ELSE 0 END), SUM(CASE WHEN debit < 0 THEN -debit ELSE 0 END)"


def upgrade() -> None:
    op.create_table(
        "tenancy_total",
        sa.Column("tenancy_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("storno", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenancy_id", name=op.f("pk_tenancy_total")),
    )
    op.create_table(
        "recent_due",
        sa.Column("tenancy_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("storno", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenancy_id", "counts_on", "due_on", name=op.f("pk_recent_due")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recent_due_storno", "recent_due", ["counts_on"], sqlite_where=STORNO, postgresql_where=STORNO)
    op.create_table(
        "month_turnover",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("building_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("component", sa.String(length=80), nullable=False),
        sa.Column("charged", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "building_id", "component", name=op.f("pk_month_turnover")),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO tenancy_total (tenancy_id, debit, storno, credit) "
        f"SELECT tenancy_id, {SIDES}, SUM(credit) FROM ledger_entry GROUP BY tenancy_id"
    )
    op.execute(
        "INSERT INTO month_turnover (month, building_id, component, charged, paid) "
        "SELECT substr(CAST(booked_on AS VARCHAR), 1, 7), building_id, COALESCE(component, ''), SUM(debit), SUM(credit) "
        "FROM ledger_entry JOIN tenancy ON tenancy.id = tenancy_id JOIN premises ON premises.id = premises_id "
        "GROUP BY 1, 2, 3"
    )
    _fill_recent_dues()


def downgrade() -> None:
    op.drop_table("month_turnover")
    op.drop_table("recent_due")
    op.drop_table("tenancy_total")


def _fill_recent_dues() -> None:
    since = datetime.now(UTC).date() - KEPT
    debits = (
        sa.text(
            "SELECT tenancy_id, payment_day, booked_on, due_on, period, debit FROM ledger_entry "
            "JOIN tenancy ON tenancy.id = tenancy_id "
            "WHERE debit <> 0 AND (booked_on > :since OR due_on > :since OR period >= :month)"
        )
        .bindparams(since=since, month=f"{since - timedelta(days=40):%Y-%m}")
        .columns(sa.column("tenancy_id"), sa.column("payment_day"), sa.column("booked_on", sa.Date()),
                 sa.column("due_on", sa.Date()), sa.column("period"), sa.column("debit"))
    )  # fmt: skip
    sums: dict[tuple[int, date, date], list[int]] = defaultdict(lambda: [0, 0])
    for tenancy_id, payment_day, booked_on, due_on, period, debit in op.get_bind().execute(debits):
        due = due_on or _implied(payment_day, booked_on, period, negative=debit < 0)
        sums[tenancy_id, max(due, booked_on), due][debit < 0] += abs(debit)
    table = sa.table(
        "recent_due", sa.column("tenancy_id"), sa.column("counts_on", sa.Date()), sa.column("due_on", sa.Date()),
        sa.column("debit"), sa.column("storno"),
    )  # fmt: skip
    op.bulk_insert(
        table,
        [
            {"tenancy_id": tenancy_id, "counts_on": counts_on, "due_on": due_on, "debit": debit, "storno": storno}
            for (tenancy_id, counts_on, due_on), (debit, storno) in sums.items()
        ],
    )


def _implied(payment_day: int, booked_on: date, period: str | None, *, negative: bool) -> date:
    if period is not None:
        year, month = period.split("-")
        return _next_working_day(date(int(year), int(month), payment_day))
    if negative:
        return booked_on
    nominal = booked_on.replace(day=payment_day)
    if nominal < booked_on:
        nominal = (nominal.replace(day=28) + timedelta(days=4)).replace(day=payment_day)
    return _next_working_day(nominal)


@cache
def _next_working_day(day: date) -> date:
    while day.weekday() > 4 or day in _days_off(day.year):
        day += timedelta(days=1)
    return day


@cache
def _days_off(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("PL", years=year))
