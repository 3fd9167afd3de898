"""Reading windows, the tenants' inbox, and whether notices are wanted by mail.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reading_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("building_id", sa.Integer(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("reading_day", sa.Date(), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("every_months", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_reading_window_period")),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 60", name=op.f("ck_reading_window_grace_days")),
        sa.CheckConstraint("district_id IS NULL OR building_id IS NULL", name=op.f("ck_reading_window_one_place")),
        sa.CheckConstraint(
            "every_months IS NULL OR every_months BETWEEN 1 AND 24", name=op.f("ck_reading_window_every_months")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["service_district.id"], name=op.f("fk_reading_window_district_id_service_district")
        ),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_reading_window_building_id_building")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["reading_window.id"], name=op.f("fk_reading_window_series_id_reading_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_window")),
        sa.UniqueConstraint("series_id", "nth", name=op.f("uq_reading_window_series_id")),
    )
    op.create_index("ix_reading_window_opens_on", "reading_window", ["opens_on"])
    op.create_table(
        "notice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_until", sa.Date(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_notice_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("tenant_id", "kind", "key", name=op.f("uq_notice_tenant_id")),
    )
    unmailed = sa.text("mailed_at IS NULL")
    op.create_index("ix_notice_unmailed", "notice", ["id"], sqlite_where=unmailed, postgresql_where=unmailed)
    op.add_column(
        "portal_account", sa.Column("notices_by_mail", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("portal_account", "notices_by_mail")
    op.drop_table("notice")
    op.drop_table("reading_window")
