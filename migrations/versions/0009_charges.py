"""The charge schedule; room in the history of the registry for its longer keys.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("vat_percent", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_charge_period")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_charge_quantity")),
        sa.CheckConstraint("vat_percent IS NULL OR vat_percent BETWEEN 0 AND 99", name=op.f("ck_charge_vat_percent")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_charge_tenancy_id_tenancy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("tenancy_id", "component", "valid_from", name=op.f("uq_charge_tenancy_id")),
    )
    with op.batch_alter_table("registry_change") as change:
        change.alter_column("record_key", type_=sa.String(length=160), existing_type=sa.String(length=60))


def downgrade() -> None:
    with op.batch_alter_table("registry_change") as change:
        change.alter_column("record_key", type_=sa.String(length=60), existing_type=sa.String(length=160))
    op.drop_table("charge")
