"""Photos of dials.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reading_photo",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("reading_id", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["meter_reading.id"], name=op.f("fk_reading_photo_reading_id_meter_reading")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_photo")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_reading_photo_reading_id")),
    )
    op.create_index(op.f("ix_reading_photo_sha256"), "reading_photo", ["sha256"])


def downgrade() -> None:
    op.drop_table("reading_photo")
