"""Notices by mail once a day in one message, for who wants it; the inbox by its own index.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WAITS = sa.text("waits_for_digest")
STANDS = sa.text("dismissed_at IS NULL")


def upgrade() -> None:
    op.add_column("portal_account", sa.Column("daily_digest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("notice", sa.Column("waits_for_digest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_notice_digest", "notice", ["tenant_id"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_notice_inbox", "notice", ["tenant_id", "id"], sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_index("ix_notice_inbox", "notice")
    op.drop_index("ix_notice_digest", "notice")
    op.drop_column("notice", "waits_for_digest")
    op.drop_column("portal_account", "daily_digest")
