"""Contact data told by tenants, each change of it, and the address the way back in still goes to.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('asked', 'waiting')")


def upgrade() -> None:
    op.add_column("portal_account", sa.Column("former_email", sa.String(length=254), nullable=True))
    op.add_column("portal_account", sa.Column("former_email_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "contact_details",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_contact_details_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_contact_details")),
    )
    op.create_table(
        "contact_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("old", sa.String(length=300), nullable=False),
        sa.Column("new", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("refusal_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('email', 'phone', 'address')", name=op.f("ck_contact_change_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'waiting', 'done', 'rejected', 'frozen', 'void')", name=op.f("ck_contact_change_state")
        ),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_contact_change_tries")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_contact_change_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
    )
    op.create_index(
        "uq_contact_change_open",
        "contact_change",
        ["tenant_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_contact_change_tenant", "contact_change", ["tenant_id", "id"])
    op.create_index(op.f("ix_contact_change_refusal_hash"), "contact_change", ["refusal_hash"])


def downgrade() -> None:
    op.drop_table("contact_change")
    op.drop_table("contact_details")
    op.drop_column("portal_account", "former_email_until")
    op.drop_column("portal_account", "former_email")
