"""Requests to close an account.

Revision ID: 0032
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0020"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
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
