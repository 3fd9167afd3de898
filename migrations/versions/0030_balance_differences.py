"""Balances that files state and the ledger does not make.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "balance_difference",
        sa.Column("id", BIG, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("tenancy_no", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=5), nullable=False),
        sa.Column("balance_on", sa.Date(), nullable=False),
        sa.Column("stated", sa.BigInteger(), nullable=False),
        sa.Column("computed", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("source IN ('saldo', 'BO')", name=op.f("ck_balance_difference_source")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_balance_difference_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_difference")),
    )
    op.create_index(op.f("ix_balance_difference_batch_id"), "balance_difference", ["batch_id"])


def downgrade() -> None:
    op.drop_table("balance_difference")
