"""Reading aids: plain words that the office wrote, and the size of type that a tenant chose.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edited_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=13), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('document_type', 'component')", name=op.f("ck_edited_words_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edited_words")),
        sa.UniqueConstraint("kind", "name_key", name=op.f("uq_edited_words_kind")),
    )
    op.add_column("portal_account", sa.Column("text_percent", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("portal_account", "text_percent")
    op.drop_table("edited_words")
