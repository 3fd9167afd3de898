"""Which employees looked at a tenant's data.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "data_view",
        sa.Column("id", BIG, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_data_view_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_view")),
        sa.UniqueConstraint("tenant_id", "day", "employee_id", "purpose", name=op.f("uq_data_view_tenant_id")),
    )
    op.create_index("ix_data_view_day", "data_view", ["day"])


def downgrade() -> None:
    op.drop_table("data_view")
