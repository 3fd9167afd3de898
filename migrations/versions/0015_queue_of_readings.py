"""The queue of readings to clarify has an index of its own, the riskiest first.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meter_reading", sa.Column("risk", sa.Integer(), server_default="9", nullable=False))
    op.execute(
        "UPDATE meter_reading SET risk = CASE WHEN flags LIKE '%lower%' THEN 0 WHEN flags LIKE '%high%' THEN 1 "
        "WHEN flags LIKE '%low%' THEN 2 ELSE 9 END WHERE status = 'to_clarify'"
    )
    waiting = sa.text("status = 'to_clarify'")
    op.create_index(
        "ix_meter_reading_waiting",
        "meter_reading",
        ["risk", "submitted_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_index("ix_meter_reading_waiting", "meter_reading")
    op.drop_column("meter_reading", "risk")
