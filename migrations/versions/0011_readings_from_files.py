"""Readings from files: what waits for its device, and what several files brought.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "suspended_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("meter_no", sa.String(length=40), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("premises_code", sa.String(length=40), nullable=True),
        sa.Column("origin", sa.String(length=60), nullable=True),
        sa.Column("reading_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_suspended_reading_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["meter_reading.id"], name=op.f("fk_suspended_reading_reading_id_meter_reading")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspended_reading")),
        sa.UniqueConstraint("meter_no", "read_on", "value", name=op.f("uq_suspended_reading_meter_no")),
    )
    op.create_index(op.f("ix_suspended_reading_batch_id"), "suspended_reading", ["batch_id"])
    op.create_index(op.f("ix_suspended_reading_reading_id"), "suspended_reading", ["reading_id"])
    op.create_table(
        "repeated_reading",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("reading_id", BIG_ID, nullable=True),
        sa.Column("suspended_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(reading_id IS NULL) <> (suspended_id IS NULL)", name=op.f("ck_repeated_reading_one_target")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_repeated_reading_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["meter_reading.id"], name=op.f("fk_repeated_reading_reading_id_meter_reading")
        ),
        sa.ForeignKeyConstraint(
            ["suspended_id"], ["suspended_reading.id"], name=op.f("fk_repeated_reading_suspended_id_suspended_reading")
        ),
        sa.PrimaryKeyConstraint("batch_id", "line_no", name=op.f("pk_repeated_reading")),
    )
    op.create_index(op.f("ix_repeated_reading_reading_id"), "repeated_reading", ["reading_id"])
    op.create_index(op.f("ix_repeated_reading_suspended_id"), "repeated_reading", ["suspended_id"])


def downgrade() -> None:
    op.drop_table("repeated_reading")
    op.drop_table("suspended_reading")
