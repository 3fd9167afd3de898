"""The import desk: what a preview was, what a batch did to balances, how files of a source are written.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("preview_digest", sa.String(length=64), nullable=True))
    op.add_column("import_batch", sa.Column("effect", sa.Text(), nullable=True))
    op.create_table(
        "import_profile",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("heading", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "heading", name=op.f("pk_import_profile")),
    )


def downgrade() -> None:
    op.drop_table("import_profile")
    op.drop_column("import_batch", "effect")
    op.drop_column("import_batch", "preview_digest")
