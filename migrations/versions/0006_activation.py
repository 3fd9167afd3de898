"""Tables of activation requests.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activation_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_activation_counter")),
    )
    op.create_table(
        "activation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tenant_no", sa.String(length=40), nullable=True),
        sa.Column("tenancy_no", sa.String(length=40), nullable=True),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("building_no", sa.String(length=20), nullable=False),
        sa.Column("premises_no", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("terms_version_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("administrator_received_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("document_shown", sa.Boolean(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("title_checked_on", sa.Date(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=True),
        sa.Column("reject_code", sa.String(length=30), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'company')", name=op.f("ck_activation_request_kind")),
        sa.CheckConstraint(
            "state IN ('submitted', 'filed', 'in_review', 'correction', 'approved', 'credentials_sent', "
            "'completed', 'rejected', 'expired', 'withdrawn', 'superseded')",
            name=op.f("ck_activation_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["portal_account.id"], name=op.f("fk_activation_request_account_id_portal_account")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["service_district.id"], name=op.f("fk_activation_request_district_id_service_district")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["employee.id"], name=op.f("fk_activation_request_filed_by_employee")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["employee.id"], name=op.f("fk_activation_request_reviewer_id_employee")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_activation_request_tenant_id_tenant")),
        sa.ForeignKeyConstraint(
            ["terms_version_id"],
            ["terms_version.id"],
            name=op.f("fk_activation_request_terms_version_id_terms_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_request")),
        sa.UniqueConstraint("number", name=op.f("uq_activation_request_number")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_activation_request_submission_key")),
    )
    op.create_index("ix_activation_request_email", "activation_request", ["email"])
    op.create_index("ix_activation_request_queue", "activation_request", ["state", "district_id", "deadline_on"])
    op.create_table(
        "activation_tenancy",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["activation_request.id"], name=op.f("fk_activation_tenancy_request_id_activation_request")
        ),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_activation_tenancy_tenancy_id_tenancy")),
        sa.PrimaryKeyConstraint("request_id", "tenancy_id", name=op.f("pk_activation_tenancy")),
    )
    op.create_table(
        "activation_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_activation_step_employee_id_employee")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["activation_request.id"], name=op.f("fk_activation_step_request_id_activation_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation_step")),
    )
    op.create_index(op.f("ix_activation_step_request_id"), "activation_step", ["request_id"])


def downgrade() -> None:
    op.drop_table("activation_step")
    op.drop_table("activation_tenancy")
    op.drop_table("activation_request")
    op.drop_table("activation_counter")
