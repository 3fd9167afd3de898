"""first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "building",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("building_no", sa.String(length=20), nullable=False),
        sa.Column("postal_code", sa.String(length=6), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("borough", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("code", name=op.f("uq_building_code")),
    )
    op.create_table(
        "employee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'locked', 'closed')", name=op.f("ck_employee_state")),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_employee_login_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee")),
        sa.UniqueConstraint("login", name=op.f("uq_employee_login")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("dialect", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("employee_id", sa.Integer(), nullable=True),
        sa.Column("employee_login", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("accepted_debit", sa.BigInteger(), nullable=False),
        sa.Column("accepted_credit", sa.BigInteger(), nullable=False),
        sa.Column("warnings_accepted", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'checked', 'committed', 'undone', 'refused')", name=op.f("ck_import_batch_state")
        ),
        sa.CheckConstraint(
            "rows = accepted + repeated + suspended + rejected", name=op.f("ck_import_batch_every_row_counted")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_batch_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            "uq_import_batch_committed_content",
            ["kind", "sha256"],
            unique=True,
            sqlite_where=sa.text("state = 'committed' AND rejected = 0"),
            postgresql_where=sa.text("state = 'committed' AND rejected = 0"),
        )

    op.create_table(
        "portal_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("realm", sa.String(length=6), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("network", sa.String(length=45), nullable=False),
        sa.CheckConstraint("realm IN ('tenant', 'staff')", name=op.f("ck_portal_session_realm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_portal_session_key_hash")),
    )
    with op.batch_alter_table("portal_session", schema=None) as batch_op:
        batch_op.create_index("ix_portal_session_subject", ["realm", "subject_id", "ended_at"], unique=False)

    op.create_table(
        "property_administrator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_administrator")),
        sa.UniqueConstraint("name", name=op.f("uq_property_administrator_name")),
    )
    op.create_table(
        "service_district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.Column("hours", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_district")),
        sa.UniqueConstraint("code", name=op.f("uq_service_district_code")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("realm", sa.String(length=6), nullable=False),
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.CheckConstraint("outcome IN ('reserved', 'wrong', 'right')", name=op.f("ck_sign_in_attempt_outcome")),
        sa.CheckConstraint("realm IN ('tenant', 'staff')", name=op.f("ck_sign_in_attempt_realm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_login", ["realm", "login_hash", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_network", ["network", "at"], unique=False)

    op.create_table(
        "sign_in_ticket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("realm", sa.String(length=6), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("network", sa.String(length=45), nullable=False),
        sa.CheckConstraint("realm IN ('tenant', 'staff')", name=op.f("ck_sign_in_ticket_realm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_ticket")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_sign_in_ticket_ticket_hash")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_no", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("nip", sa.String(length=10), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("mailing_address", sa.String(length=300), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'company')", name=op.f("ck_tenant_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("tenant_no", name=op.f("uq_tenant_tenant_no")),
    )
    op.create_table(
        "batch_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=7), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=True),
        sa.Column("column", sa.String(length=60), nullable=True),
        sa.Column("cell", sa.String(length=200), nullable=True),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_batch_finding_batch_id_import_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_finding")),
    )
    with op.batch_alter_table("batch_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_finding_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "building_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("administrator_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["administrator_id"],
            ["property_administrator.id"],
            name=op.f("fk_building_service_administrator_id_property_administrator"),
        ),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name=op.f("fk_building_service_building_id_building")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["service_district.id"], name=op.f("fk_building_service_district_id_service_district")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building_service")),
        sa.UniqueConstraint("building_id", "valid_from", name=op.f("uq_building_service_building_id")),
    )
    with op.batch_alter_table("building_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_building_service_district_id"), ["district_id"], unique=False)

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
    with op.batch_alter_table("confirmation_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_token_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "employee_district",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["service_district.id"], name=op.f("fk_employee_district_district_id_service_district")
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_employee_district_employee_id_employee")
        ),
        sa.PrimaryKeyConstraint("employee_id", "district_id", name=op.f("pk_employee_district")),
    )
    op.create_table(
        "employee_role",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_employee_role_employee_id_employee")),
        sa.PrimaryKeyConstraint("employee_id", "role", name=op.f("pk_employee_role")),
    )
    op.create_table(
        "portal_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'locked', 'closed')", name=op.f("ck_portal_account_state")),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_portal_account_login_lower")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_portal_account_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_account")),
        sa.UniqueConstraint("login", name=op.f("uq_portal_account_login")),
    )
    with op.batch_alter_table("portal_account", schema=None) as batch_op:
        batch_op.create_index(
            "uq_portal_account_open",
            ["tenant_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "premises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("premises_no", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("usable_area", sa.BigInteger(), nullable=False),
        sa.Column("heated_area", sa.BigInteger(), nullable=True),
        sa.Column("rooms", sa.Integer(), nullable=True),
        sa.Column("floor", sa.String(length=20), nullable=True),
        sa.Column("equipment", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_premises_building_id_building")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises")),
        sa.UniqueConstraint("code", name=op.f("uq_premises_code")),
    )
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_premises_building_id"), ["building_id"], unique=False)

    op.create_table(
        "registry_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=30), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_key", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_registry_change_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_change")),
    )
    with op.batch_alter_table("registry_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_change_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_registry_change_record", ["entity", "record_key"], unique=False)

    op.create_table(
        "suspended_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("tenant_no", sa.String(length=40), nullable=False),
        sa.Column("tenancy_no", sa.String(length=40), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("content_key", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document_type", sa.String(length=20), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("component", sa.String(length=80), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(debit = 0) <> (credit = 0)", name=op.f("ck_suspended_row_one_side")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_suspended_row_batch_id_import_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspended_row")),
        sa.UniqueConstraint("document_no", "content_key", "position", name=op.f("uq_suspended_row_document_no")),
    )
    with op.batch_alter_table("suspended_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspended_row_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "repeated_suspension",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_repeated_suspension_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["row_id"], ["suspended_row.id"], name=op.f("fk_repeated_suspension_row_id_suspended_row")
        ),
        sa.PrimaryKeyConstraint("batch_id", "line_no", name=op.f("pk_repeated_suspension")),
    )
    with op.batch_alter_table("repeated_suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repeated_suspension_row_id"), ["row_id"], unique=False)

    op.create_table(
        "tenancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenancy_no", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("premises_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("bank_account_no", sa.String(length=26), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("payment_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("payment_day BETWEEN 1 AND 28", name=op.f("ck_tenancy_payment_day")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_tenancy_period")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_tenancy_premises_id_premises")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenancy_tenant_id_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy")),
        sa.UniqueConstraint("tenancy_no", name=op.f("uq_tenancy_tenancy_no")),
    )
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.create_index("ix_tenancy_premises", ["premises_id"], unique=False)
        batch_op.create_index("ix_tenancy_tenant", ["tenant_id"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenancy_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("document_no", sa.String(length=60), nullable=False),
        sa.Column("content_key", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document_type", sa.String(length=20), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("component", sa.String(length=80), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(document_no = '') <> (content_key = '')", name=op.f("ck_ledger_entry_one_key")),
        sa.CheckConstraint("(debit = 0) <> (credit = 0)", name=op.f("ck_ledger_entry_one_side")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_ledger_entry_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["tenancy_id"], ["tenancy.id"], name=op.f("fk_ledger_entry_tenancy_id_tenancy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("document_no", "content_key", "position", name=op.f("uq_ledger_entry_document_no")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_batch", ["batch_id"], unique=False)
        batch_op.create_index("ix_ledger_entry_tenancy_day", ["tenancy_id", "booked_on"], unique=False)

    op.create_table(
        "repeated_entry",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_repeated_entry_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_repeated_entry_entry_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("batch_id", "line_no", name=op.f("pk_repeated_entry")),
    )
    with op.batch_alter_table("repeated_entry", schema=None) as batch_op:
        batch_op.create_index("ix_repeated_entry_entry", ["entry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("repeated_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_repeated_entry_entry")

    op.drop_table("repeated_entry")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_tenancy_day")
        batch_op.drop_index("ix_ledger_entry_batch")

    op.drop_table("ledger_entry")
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_index("ix_tenancy_tenant")
        batch_op.drop_index("ix_tenancy_premises")

    op.drop_table("tenancy")
    with op.batch_alter_table("repeated_suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_repeated_suspension_row_id"))

    op.drop_table("repeated_suspension")
    with op.batch_alter_table("suspended_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suspended_row_batch_id"))

    op.drop_table("suspended_row")
    with op.batch_alter_table("registry_change", schema=None) as batch_op:
        batch_op.drop_index("ix_registry_change_record")
        batch_op.drop_index(batch_op.f("ix_registry_change_batch_id"))

    op.drop_table("registry_change")
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premises_building_id"))

    op.drop_table("premises")
    with op.batch_alter_table("portal_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_portal_account_open",
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.drop_table("portal_account")
    op.drop_table("employee_role")
    op.drop_table("employee_district")
    with op.batch_alter_table("confirmation_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_token_batch_id"))

    op.drop_table("confirmation_token")
    with op.batch_alter_table("building_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_building_service_district_id"))

    op.drop_table("building_service")
    with op.batch_alter_table("batch_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_finding_batch_id"))

    op.drop_table("batch_finding")
    op.drop_table("tenant")
    op.drop_table("sign_in_ticket")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_network")
        batch_op.drop_index("ix_sign_in_attempt_login")

    op.drop_table("sign_in_attempt")
    op.drop_table("service_district")
    op.drop_table("property_administrator")
    with op.batch_alter_table("portal_session", schema=None) as batch_op:
        batch_op.drop_index("ix_portal_session_subject")

    op.drop_table("portal_session")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_import_batch_committed_content",
            sqlite_where=sa.text("state = 'committed' AND rejected = 0"),
            postgresql_where=sa.text("state = 'committed' AND rejected = 0"),
        )
        batch_op.drop_index(batch_op.f("ix_import_batch_sha256"))

    op.drop_table("import_batch")
    op.drop_table("employee")
    op.drop_table("building")
