"""Letters to tenants, by batches.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNMATCHED = sa.text("tenant_id IS NULL AND put_aside_at IS NULL")
STANDS = sa.text("visible_at IS NOT NULL AND recalled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("within", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('upload', 'template')", name=op.f("ck_letter_batch_source")),
        sa.CheckConstraint(
            "state IN ('making', 'paused', 'checked', 'sent', 'discarded')", name=op.f("ck_letter_batch_state")
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_letter_batch_sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_table(
        "letter",
        sa.Column("id", BIG, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("tenancy_id", sa.Integer(), nullable=True),
        sa.Column("doubt", sa.String(length=20), nullable=True),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("letter_no", sa.String(length=60), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("visible_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_sha256", sa.String(length=64), nullable=True),
        sa.Column("opened_session_id", sa.Integer(), nullable=True),
        sa.Column("opened_account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "visible_at IS NULL OR (tenant_id IS NOT NULL AND sha256 IS NOT NULL)", name=op.f("ck_letter_visible")
        ),
        sa.CheckConstraint("opened_at IS NULL OR visible_at IS NOT NULL", name=op.f("ck_letter_opened")),
        sa.CheckConstraint("opened_at IS NULL OR recalled_at IS NULL", name=op.f("ck_letter_recalled")),
        sa.CheckConstraint("(opened_at IS NULL) = (opened_sha256 IS NULL)", name=op.f("ck_letter_opened_what")),
        sa.ForeignKeyConstraint(["batch_id"], ["letter_batch.id"], name=op.f("fk_letter_batch_id_letter_batch")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_letter_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_letter_tenancy_id_tenancy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_tenant", "letter", ["tenant_id", "visible_at"])
    op.create_index("ix_letter_batch", "letter", ["batch_id", "tenant_id"])
    op.create_index("ix_letter_sha256", "letter", ["sha256"])
    op.create_index("ix_letter_unmatched", "letter", ["id"], sqlite_where=UNMATCHED, postgresql_where=UNMATCHED)
    op.create_index(
        "uq_letter_stands",
        "letter",
        ["tenant_id", "sha256"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_table("letter")
    op.drop_table("letter_batch")
