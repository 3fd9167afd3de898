"""Reversals: a batch that tenants have seen is taken back by lines of the other sign.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NOT_NULL = sa.text("reverses_id IS NOT NULL")
BEFORE = "(document_no = '') <> (content_key = '')"
AFTER = "(document_no = '') <> (content_key = '') OR substr(content_key, 1, 1) IN ('r', 's')"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("ledger_entry") as entry:
        entry.add_column(sa.Column("reverses_id", BIG, nullable=True))
        entry.drop_constraint(op.f("ck_ledger_entry_one_key"), type_="check")
        entry.create_check_constraint(op.f("ck_ledger_entry_one_key"), AFTER)
        entry.create_foreign_key(
            op.f("fk_ledger_entry_reverses_id_ledger_entry"), "ledger_entry", ["reverses_id"], ["id"]
        )
    op.create_index(
        "uq_ledger_entry_reverses",
        "ledger_entry",
        ["reverses_id"],
        unique=True,
        sqlite_where=NOT_NULL,
        postgresql_where=NOT_NULL,
    )


def downgrade() -> None:
    op.drop_index("uq_ledger_entry_reverses", "ledger_entry")
    with op.batch_alter_table("ledger_entry") as entry:
        entry.drop_constraint(op.f("fk_ledger_entry_reverses_id_ledger_entry"), type_="foreignkey")
        entry.drop_constraint(op.f("ck_ledger_entry_one_key"), type_="check")
        entry.create_check_constraint(op.f("ck_ledger_entry_one_key"), BEFORE)
        entry.drop_column("reverses_id")
