"""An index that answers "payments are booked up to which day" without reading the ledger.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = "ix_ledger_entry_credit_day"
ONLY_CREDITS = sa.text("credit <> 0")


def upgrade() -> None:
    op.create_index(NAME, "ledger_entry", ["booked_on"], sqlite_where=ONLY_CREDITS, postgresql_where=ONLY_CREDITS)


def downgrade() -> None:
    op.drop_index(NAME, "ledger_entry")
