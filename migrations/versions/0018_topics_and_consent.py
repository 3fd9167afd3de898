"""Which notices are mailed, by topic; consent to letters in the portal.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.add_column("portal_account", sa.Column("muted_topics", sa.String(length=200), server_default="", nullable=False))
    # Who wanted no mail wants none of any topic.
    op.execute(
        "UPDATE portal_account SET muted_topics = 'readings verification announcements contact' WHERE NOT notices_by_mail"
    )
    op.drop_column("portal_account", "notices_by_mail")
    op.create_table(
        "delivery_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_delivery_consent_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_consent")),
    )
    op.create_index(
        "uq_delivery_consent_stands",
        "delivery_consent",
        ["tenant_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_table("delivery_consent")
    op.add_column(
        "portal_account", sa.Column("notices_by_mail", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.execute("UPDATE portal_account SET notices_by_mail = (muted_topics = '')")
    op.drop_column("portal_account", "muted_topics")
