"""Who wrote in a tenant's place: questions, fault reports.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = ("question_message", "fault_message", "fault_step")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("proxy", sa.String(length=120), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "proxy")
