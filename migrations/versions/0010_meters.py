"""Meter points, devices and their readings.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.text("status IN ('accepted', 'to_clarify', 'settled')")


def upgrade() -> None:
    op.create_table(
        "meter_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("premises_id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(length=4), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.CheckConstraint("medium IN ('cold', 'hot')", name=op.f("ck_meter_point_medium")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_meter_point_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_point")),
        sa.UniqueConstraint("premises_id", "medium", "place", name=op.f("uq_meter_point_premises_id")),
    )
    op.create_table(
        "meter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meter_no", sa.String(length=40), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=False),
        sa.Column("installed_value", sa.BigInteger(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removed_value", sa.BigInteger(), nullable=True),
        sa.Column("mark", sa.String(length=10), nullable=True),
        sa.Column("verified_until", sa.Date(), nullable=True),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.CheckConstraint("digits BETWEEN 1 AND 8", name=op.f("ck_meter_digits")),
        sa.CheckConstraint("decimals BETWEEN 0 AND 3", name=op.f("ck_meter_decimals")),
        sa.CheckConstraint("(removed_on IS NULL) = (removed_value IS NULL)", name=op.f("ck_meter_removal")),
        sa.CheckConstraint("removed_on IS NULL OR removed_on >= installed_on", name=op.f("ck_meter_episode")),
        sa.CheckConstraint("installed_value >= 0", name=op.f("ck_meter_installed_value")),
        sa.ForeignKeyConstraint(["point_id"], ["meter_point.id"], name=op.f("fk_meter_point_id_meter_point")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter")),
        sa.UniqueConstraint("meter_no", name=op.f("uq_meter_meter_no")),
    )
    op.create_index("ix_meter_point", "meter", ["point_id"])
    op.create_table(
        "meter_reading",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("flags", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("comment", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", BIG_ID, nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("line_no", sa.Integer(), nullable=True),
        sa.CheckConstraint("value >= 0", name=op.f("ck_meter_reading_value")),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_meter_reading_meter_id_meter")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["meter_reading.id"], name=op.f("fk_meter_reading_supersedes_id_meter_reading")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_meter_reading_batch_id_import_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading")),
    )
    op.create_index(
        "uq_meter_reading_day",
        "meter_reading",
        ["meter_id", "read_on"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_meter_reading_meter", "meter_reading", ["meter_id", "read_on"])
    op.create_index("ix_meter_reading_batch", "meter_reading", ["batch_id"])


def downgrade() -> None:
    op.drop_table("meter_reading")
    op.drop_table("meter")
    op.drop_table("meter_point")
