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
KEY = "fk_ledger_entry_reverses_id_ledger_entry"


def upgrade() -> None:
    # SQLite takes a column with its reference as it is; making the table anew would look up every line in itself.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE ledger_entry ADD COLUMN reverses_id {kind} CONSTRAINT {KEY} REFERENCES ledger_entry (id)")
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
        if op.get_bind().dialect.name == "postgresql":  # in SQLite the reference has no name, and goes with its column
            entry.drop_constraint(op.f(KEY), type_="foreignkey")
        entry.drop_column("reverses_id")
