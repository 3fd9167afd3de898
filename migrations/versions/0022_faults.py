"""Fault reports: a report, its timeline, messages and photos; incidents of buildings.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("status IN ('accepted', 'in_progress')")


def upgrade() -> None:
    op.create_table(
        "fault_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_fault_counter")),
    )
    op.create_table(
        "fault_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closing_note", sa.String(length=500), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closing_note IS NULL)", name=op.f("ck_fault_incident_closed")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_fault_incident_building_id_building")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_incident")),
    )
    op.create_index("ix_fault_incident_building", "fault_incident", ["building_id", "closed_at"])
    _reports()
    op.create_table(
        "fault_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("by_tenant", sa.Boolean(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sent', 'in_progress', 'done', 'rejected', 'reopened', 'due_changed', 'linked', 'unlinked', "
            "'assigned', 'rated')",
            name=op.f("ck_fault_step_kind"),
        ),
        sa.CheckConstraint("NOT by_tenant OR employee_id IS NULL", name=op.f("ck_fault_step_who")),
        sa.ForeignKeyConstraint(["report_id"], ["fault_report.id"], name=op.f("fk_fault_step_report_id_fault_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_step")),
    )
    op.create_index("ix_fault_step_report", "fault_step", ["report_id", "id"])
    op.create_table(
        "fault_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_tenant", sa.Boolean(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("NOT (by_tenant AND internal)", name=op.f("ck_fault_message_internal")),
        sa.CheckConstraint("NOT by_tenant OR employee_id IS NULL", name=op.f("ck_fault_message_who")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["fault_report.id"], name=op.f("fk_fault_message_report_id_fault_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_message")),
    )
    op.create_index("ix_fault_message_report", "fault_message", ["report_id", "id"])
    op.create_table(
        "fault_photo",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("nth BETWEEN 1 AND 3", name=op.f("ck_fault_photo_nth")),
        sa.ForeignKeyConstraint(["report_id"], ["fault_report.id"], name=op.f("fk_fault_photo_report_id_fault_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_photo")),
        sa.UniqueConstraint("report_id", "nth", name=op.f("uq_fault_photo_report_id")),
    )
    op.create_index("ix_fault_photo_sha256", "fault_photo", ["sha256"])


def _reports() -> None:
    op.create_table(
        "fault_report",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("at_home", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=11), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_comment", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "status IN ('accepted', 'in_progress', 'done', 'rejected')", name=op.f("ck_fault_report_status")
        ),
        sa.CheckConstraint(
            "(status IN ('done', 'rejected')) = (closed_at IS NOT NULL)", name=op.f("ck_fault_report_closed")
        ),
        sa.CheckConstraint("reopened BETWEEN 0 AND 3", name=op.f("ck_fault_report_reopened")),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name=op.f("ck_fault_report_rating")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_fault_report_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_fault_report_tenancy_id_tenancy")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_fault_report_building_id_building")),
        sa.ForeignKeyConstraint(["assigned_to"], ["employee.id"], name=op.f("fk_fault_report_assigned_to_employee")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["fault_incident.id"], name=op.f("fk_fault_report_incident_id_fault_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_report")),
        sa.UniqueConstraint("number", name=op.f("uq_fault_report_number")),
        sa.UniqueConstraint("tenant_id", "submission_key", name=op.f("uq_fault_report_tenant_id")),
    )
    op.create_index("ix_fault_report_queue", "fault_report", ["due_on", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_fault_report_tenancy", "fault_report", ["tenancy_id"])
    op.create_index("ix_fault_report_building", "fault_report", ["building_id", "status"])
    op.create_index("ix_fault_report_incident", "fault_report", ["incident_id"])


def downgrade() -> None:
    for table in ("fault_photo", "fault_message", "fault_step", "fault_report", "fault_incident", "fault_counter"):
        op.drop_table(table)
    # What this version knows and the one before does not.
    op.execute("DELETE FROM notice WHERE kind = 'fault_changed'")
