"""Confirmations of any destructive action, not only of imports; the answer of an identity provider behind a ticket.

Confirmations live for an hour: those of the old table are asked for again.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("confirmation_token")
    op.create_table(
        "confirmation_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=60), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("minted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmation_token")),
    )
    op.create_index("ix_confirmation_token_object", "confirmation_token", ["purpose", "object_id"])
    op.add_column("sign_in_ticket", sa.Column("provider_answer", sa.String(64)))
    op.create_index("uq_sign_in_ticket_provider_answer", "sign_in_ticket", ["provider_answer"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_sign_in_ticket_provider_answer", "sign_in_ticket")
    with op.batch_alter_table("sign_in_ticket") as ticket:
        ticket.drop_column("provider_answer")
    op.drop_table("confirmation_token")
    op.create_table(
        "confirmation_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("minted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_confirmation_token_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmation_token")),
    )
    op.create_index("ix_confirmation_token_batch_id", "confirmation_token", ["batch_id"])
