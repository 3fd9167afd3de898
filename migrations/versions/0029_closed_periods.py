"""Closed months of the ledger, and what a second person is asked about them.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TWO_PEOPLE = "state <> 'confirmed' OR (decided_by IS NOT NULL AND decided_by <> asked_by)"


def upgrade() -> None:
    op.create_table(
        "closed_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_login", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.Integer(), nullable=True),
        sa.Column("reopened_login", sa.String(length=60), nullable=True),
        sa.Column("reopen_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name=op.f("ck_closed_period_reopened")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
    )
    _unique("uq_closed_period_standing", "closed_period", "month", where="reopened_at IS NULL")
    op.create_table(
        "period_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=4), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_login", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_login", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint("action IN ('load', 'undo')", name=op.f("ck_period_request_action")),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'refused', 'replaced')", name=op.f("ck_period_request_state")
        ),
        sa.CheckConstraint(TWO_PEOPLE, name=op.f("ck_period_request_two_people")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_period_request_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_request")),
    )
    _unique("uq_period_request_waiting", "period_request", "batch_id", where="state = 'waiting'")
    op.create_index("ix_period_request_batch", "period_request", ["batch_id"])


def downgrade() -> None:
    op.drop_table("period_request")
    op.drop_table("closed_period")


def _unique(name: str, table: str, column: str, *, where: str) -> None:
    op.create_index(name, table, [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
