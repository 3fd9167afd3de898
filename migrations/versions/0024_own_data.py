"""Files with tenants' own data, and requests to close an account.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UNDER_WAY = sa.text("state IN ('waiting', 'making')")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "data_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed')", name=op.f("ck_data_export_state")),
        sa.CheckConstraint(
            "(state = 'ready') = (sha256 IS NOT NULL AND ready_at IS NOT NULL)", name=op.f("ck_data_export_ready")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_data_export_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_export")),
    )
    op.create_index(
        "uq_data_export_under_way",
        "data_export",
        ["account_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_index("ix_data_export_account", "data_export", ["account_id", "id"])
    op.create_index("ix_data_export_sha256", "data_export", ["sha256"])
    op.create_table(
        "closing_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'withdrawn', 'closed', 'rejected')", name=op.f("ck_closing_request_state")
        ),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_closing_request_decided")),
        sa.CheckConstraint("(state = 'rejected') = (answer IS NOT NULL)", name=op.f("ck_closing_request_answered")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["portal_account.id"], name=op.f("fk_closing_request_account_id_portal_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_request")),
    )
    op.create_index(
        "uq_closing_request_open",
        "closing_request",
        ["account_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_closing_request_account", "closing_request", ["account_id", "id"])


def downgrade() -> None:
    op.drop_table("closing_request")
    op.drop_table("data_export")
