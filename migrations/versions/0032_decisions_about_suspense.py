"""What employees decide about rows in suspense, and the ledger lines that come of it.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.text("taken_back_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "suspended_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=9), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_login", sa.String(length=60), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.Column("taken_back_login", sa.String(length=60), nullable=True),
        sa.CheckConstraint("decision IN ('assigned', 'sent_back')", name=op.f("ck_suspended_assignment_decision")),
        sa.CheckConstraint(
            "decision <> 'sent_back' OR reason IS NOT NULL", name=op.f("ck_suspended_assignment_reason")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_suspended_assignment_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["suspended_row.id"], name=op.f("fk_suspended_assignment_row_id_suspended_row")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspended_assignment")),
    )
    op.create_index(
        "uq_suspended_assignment_standing", "suspended_assignment", ["row_id"], unique=True,
        sqlite_where=STANDING, postgresql_where=STANDING,
    )  # fmt: skip
    op.create_index("ix_suspended_assignment_row", "suspended_assignment", ["row_id"])
    op.create_index("ix_suspended_assignment_batch", "suspended_assignment", ["batch_id"])
    op.create_table(
        "assigned_entry",
        sa.Column("entry_id", BIG, autoincrement=False, nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["suspended_assignment.id"],
            name=op.f("fk_assigned_entry_assignment_id_suspended_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_assigned_entry_entry_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_assigned_entry")),
    )  # fmt: skip
    op.create_index(op.f("ix_assigned_entry_assignment_id"), "assigned_entry", ["assignment_id"])


def downgrade() -> None:
    op.drop_table("assigned_entry")
    op.drop_table("suspended_assignment")
