"""Announcements: one, its versions, whom it was addressed to.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visible_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("announced_version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('plain', 'emergency')", name=op.f("ck_announcement_kind")),
        sa.CheckConstraint("(published_at IS NULL) = (visible_from IS NULL)", name=op.f("ck_announcement_published")),
        sa.CheckConstraint(
            "kind <> 'emergency' OR published_at IS NULL OR expires_on IS NOT NULL", name=op.f("ck_announcement_ends")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(
        "ix_announcement_untold",
        "announcement",
        ["visible_from"],
        sqlite_where=sa.text("announced_version < version"),
        postgresql_where=sa.text("announced_version < version"),
    )
    op.create_table(
        "announcement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachment_sha256", sa.String(length=64), nullable=True),
        sa.Column("attachment_name", sa.String(length=120), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_version_announcement_id_announcement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_version")),
        sa.UniqueConstraint("announcement_id", "nth", name=op.f("uq_announcement_version_announcement_id")),
    )
    op.create_index(op.f("ix_announcement_version_attachment_sha256"), "announcement_version", ["attachment_sha256"])
    op.create_table(
        "announcement_recipient",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_recipient_announcement_id_announcement"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_announcement_recipient_tenant_id_tenant")),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_announcement_recipient_tenancy_id_tenancy")
        ),
        sa.PrimaryKeyConstraint("announcement_id", "tenant_id", name=op.f("pk_announcement_recipient")),
    )
    op.create_index("ix_announcement_recipient_tenant", "announcement_recipient", ["tenant_id", "announcement_id"])


def downgrade() -> None:
    op.drop_table("announcement_recipient")
    op.drop_table("announcement_version")
    op.drop_table("announcement")
