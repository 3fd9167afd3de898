"""Questions of tenants, with answers and notes.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUBJECTS = ("letter", "entry", "reading")
SUBJECT = (
    "(letter_id IS NULL OR subject_kind = 'letter') AND (entry_id IS NULL OR subject_kind = 'entry') "
    "AND (reading_id IS NULL OR subject_kind = 'reading')"
)
TENANT = "author = 'office' OR (NOT internal AND employee_id IS NULL)"
ANSWER = "waited_since IS NULL OR (author = 'office' AND NOT internal)"


def upgrade() -> None:
    op.create_table(
        "question_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_question_counter")),
    )
    op.create_table(
        "question_thread",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(length=7), nullable=False),
        sa.Column("letter_id", BIG, nullable=True),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column("reading_id", BIG, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_thread")),
        sa.UniqueConstraint("number", name=op.f("uq_question_thread_number")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_question_thread_tenant_id_tenant")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_question_thread_tenancy_id_tenancy")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_question_thread_letter_id_letter")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
            name=op.f("fk_question_thread_entry_id_ledger_entry"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"],
            ["meter_reading.id"],
            name=op.f("fk_question_thread_reading_id_meter_reading"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["assigned_to"], ["employee.id"], name=op.f("fk_question_thread_assigned_to_employee")),
        sa.CheckConstraint(
            "subject_kind IN ('general', 'letter', 'entry', 'reading')", name=op.f("ck_question_thread_subject_kind")
        ),
        sa.CheckConstraint(SUBJECT, name=op.f("ck_question_thread_subject")),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_question_thread_state")),
        sa.CheckConstraint("(state = 'open') = (waits_since IS NOT NULL)", name=op.f("ck_question_thread_waits")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_question_thread_closed")),
    )
    op.create_index("ix_question_thread_tenant", "question_thread", ["tenant_id", "id"])
    _index("ix_question_thread_waiting", "question_thread", "waits_since", where="waits_since IS NOT NULL")
    for subject in SUBJECTS:
        column = f"{subject}_id"
        _index(f"ix_question_thread_{subject}", "question_thread", column, where=f"{column} IS NOT NULL")
    op.create_table(
        "question_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("thread_id", BIG, nullable=False),
        sa.Column("author", sa.String(length=6), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attachment_sha256", sa.String(length=64), nullable=True),
        sa.Column("attachment_name", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_message")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["question_thread.id"], name=op.f("fk_question_message_thread_id_question_thread")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_question_message_employee_id_employee")
        ),
        sa.CheckConstraint("author IN ('tenant', 'office')", name=op.f("ck_question_message_author")),
        sa.CheckConstraint(TENANT, name=op.f("ck_question_message_tenant")),
        sa.CheckConstraint(ANSWER, name=op.f("ck_question_message_answer")),
        sa.CheckConstraint(
            "(attachment_sha256 IS NULL) = (attachment_name IS NULL)", name=op.f("ck_question_message_attachment")
        ),
    )
    op.create_index("ix_question_message_thread", "question_message", ["thread_id", "id"])
    op.create_index("ix_question_message_attachment_sha256", "question_message", ["attachment_sha256"])
    _index("ix_question_message_answer", "question_message", "written_at", where="waited_since IS NOT NULL")


def downgrade() -> None:
    op.drop_table("question_message")
    op.drop_table("question_thread")
    op.drop_table("question_counter")


def _index(name: str, table: str, column: str, *, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
