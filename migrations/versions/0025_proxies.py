"""Proxies: a second person's access to one tenancy.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("portal_account") as account:
        account.alter_column("tenant_id", existing_type=sa.Integer(), nullable=True)
        account.add_column(sa.Column("person_name", sa.String(length=120), nullable=True))
        account.create_check_constraint(
            op.f("ck_portal_account_person"), "(tenant_id IS NULL) = (person_name IS NOT NULL)"
        )
    op.create_table(
        "proxy_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=10), nullable=True),
        sa.CheckConstraint("level IN ('see', 'readings', 'everything')", name=op.f("ck_proxy_grant_level")),
        sa.CheckConstraint("(accepted_at IS NULL) = (account_id IS NULL)", name=op.f("ck_proxy_grant_accepted")),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_proxy_grant_ended")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_proxy_grant_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_proxy_grant_tenancy_id_tenancy")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["portal_account.id"], name=op.f("fk_proxy_grant_account_id_portal_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_grant")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_proxy_grant_token_hash")),
    )
    op.create_index("ix_proxy_grant_account", "proxy_grant", ["account_id"])
    op.create_index("ix_proxy_grant_tenant", "proxy_grant", ["tenant_id"])
    with op.batch_alter_table("portal_session") as sessions:
        sessions.add_column(sa.Column("proxy_grant_id", sa.Integer(), nullable=True))
        sessions.create_foreign_key(
            op.f("fk_portal_session_proxy_grant_id_proxy_grant"), "proxy_grant", ["proxy_grant_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("portal_session") as sessions:
        sessions.drop_constraint(op.f("fk_portal_session_proxy_grant_id_proxy_grant"), type_="foreignkey")
        sessions.drop_column("proxy_grant_id")
    op.drop_table("proxy_grant")
    with op.batch_alter_table("portal_account") as account:
        account.drop_constraint(op.f("ck_portal_account_person"), type_="check")
        account.drop_column("person_name")
        account.alter_column("tenant_id", existing_type=sa.Integer(), nullable=False)
