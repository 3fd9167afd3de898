"""Exports, the readings they carried, and the machines that may fetch them.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("delta_no", sa.Integer(), nullable=True),
        sa.Column("profile", sa.String(length=10), nullable=False),
        sa.Column("file_format", sa.String(length=10), nullable=False),
        sa.Column("pseudonymous", sa.Boolean(), nullable=False),
        sa.Column("districts", sa.String(length=400), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("employee_login", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    numbered = sa.text("delta_no IS NOT NULL")
    op.create_index(
        "uq_export_delta", "export", ["kind", "delta_no"], unique=True, sqlite_where=numbered, postgresql_where=numbered
    )
    op.create_index(op.f("ix_export_sha256"), "export", ["sha256"])
    op.create_table(
        "exported_reading",
        sa.Column("reading_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("cancelled_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["meter_reading.id"], name=op.f("fk_exported_reading_reading_id_meter_reading")
        ),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_exported_reading_export_id_export")),
        sa.ForeignKeyConstraint(["cancelled_in"], ["export.id"], name=op.f("fk_exported_reading_cancelled_in_export")),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_exported_reading")),
    )
    op.create_index("ix_exported_reading_export", "exported_reading", ["export_id"])
    op.create_index("ix_exported_reading_cancelled", "exported_reading", ["cancelled_in"])
    op.create_table(
        "api_consumer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_consumer")),
        sa.UniqueConstraint("name", name=op.f("uq_api_consumer_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_consumer_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("api_consumer")
    op.drop_table("exported_reading")
    op.drop_table("export")
