"""Which property administrator an employee stands for.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FOREIGN_KEY = "fk_employee_property_administrator_id_property_administrator"


def upgrade() -> None:
    with op.batch_alter_table("employee") as employee:
        employee.add_column(sa.Column("property_administrator_id", sa.Integer()))
        employee.create_foreign_key(FOREIGN_KEY, "property_administrator", ["property_administrator_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("employee") as employee:
        employee.drop_constraint(FOREIGN_KEY, type_="foreignkey")
        employee.drop_column("property_administrator_id")
