"""Initial and own passwords, terms, recovery, second factor; a count of attempts that starts anew.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


OUTCOMES = "outcome IN ('reserved', 'wrong', 'right', 'cleared')"
OUTCOMES_BEFORE = "outcome IN ('reserved', 'wrong', 'right')"


def upgrade() -> None:
    with op.batch_alter_table("portal_account") as account:
        account.add_column(sa.Column("email", sa.String(254)))
        account.add_column(sa.Column("password_set_at", sa.DateTime(timezone=True)))
        account.add_column(sa.Column("initial_password_hash", sa.String(200)))
        account.add_column(sa.Column("initial_password_at", sa.DateTime(timezone=True)))
        account.add_column(sa.Column("lock_reason", sa.String(20)))
        account.alter_column("password_hash", existing_type=sa.String(200), nullable=True)
    op.execute("UPDATE portal_account SET password_set_at = created_at")
    op.add_column(
        "employee", sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("employee", sa.Column("totp_secret", sa.String(200)))
    op.add_column("employee", sa.Column("totp_confirmed_at", sa.DateTime(timezone=True)))
    op.add_column("employee", sa.Column("totp_last_step", sa.BigInteger()))
    op.add_column("employee", sa.Column("oidc_subject", sa.String(255)))
    op.create_index("uq_employee_oidc_subject", "employee", ["oidc_subject"], unique=True)
    op.add_column("portal_session", sa.Column("restricted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("portal_session", sa.Column("second_factor_at", sa.DateTime(timezone=True)))
    _outcomes(OUTCOMES)
    op.drop_index("ix_sign_in_attempt_network", "sign_in_attempt")
    op.create_index("ix_sign_in_attempt_network", "sign_in_attempt", ["realm", "network", "at"])
    op.create_table(
        "terms_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_version")),
        sa.UniqueConstraint("version", name=op.f("uq_terms_version_version")),
    )
    op.create_table(
        "terms_acceptance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("terms_version_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["portal_account.id"], name=op.f("fk_terms_acceptance_account_id_portal_account")
        ),
        sa.ForeignKeyConstraint(
            ["terms_version_id"], ["terms_version.id"], name=op.f("fk_terms_acceptance_terms_version_id_terms_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptance")),
        sa.UniqueConstraint("account_id", "terms_version_id", name=op.f("uq_terms_acceptance_account_id")),
    )
    op.create_table(
        "used_password",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["portal_account.id"], name=op.f("fk_used_password_account_id_portal_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_password")),
    )
    op.create_index(op.f("ix_used_password_account_id"), "used_password", ["account_id"])
    op.create_table(
        "recovery_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["portal_account.id"], name=op.f("fk_recovery_link_account_id_portal_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_recovery_link_token_hash")),
    )
    op.create_index(op.f("ix_recovery_link_account_id"), "recovery_link", ["account_id"])
    op.create_table(
        "employee_recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_employee_recovery_code_employee_id_employee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee_recovery_code")),
    )
    op.create_index(op.f("ix_employee_recovery_code_employee_id"), "employee_recovery_code", ["employee_id"])


def downgrade() -> None:
    op.drop_table("employee_recovery_code")
    op.drop_table("recovery_link")
    op.drop_table("used_password")
    op.drop_table("terms_acceptance")
    op.drop_table("terms_version")
    op.drop_index("ix_sign_in_attempt_network", "sign_in_attempt")
    op.create_index("ix_sign_in_attempt_network", "sign_in_attempt", ["network", "at"])
    op.drop_column("portal_session", "second_factor_at")
    op.drop_column("portal_session", "restricted")
    op.execute("DELETE FROM sign_in_attempt WHERE outcome = 'cleared'")
    _outcomes(OUTCOMES_BEFORE)
    op.drop_index("uq_employee_oidc_subject", "employee")
    for name in ("oidc_subject", "totp_last_step", "totp_confirmed_at", "totp_secret", "must_change_password"):
        op.drop_column("employee", name)
    op.execute("UPDATE portal_account SET password_hash = '-' WHERE password_hash IS NULL")
    with op.batch_alter_table("portal_account") as account:
        account.alter_column("password_hash", existing_type=sa.String(200), nullable=False)
        for name in ("lock_reason", "initial_password_at", "initial_password_hash", "password_set_at", "email"):
            account.drop_column(name)


def _outcomes(allowed: str) -> None:
    name = op.f("ck_sign_in_attempt_outcome")
    with op.batch_alter_table("sign_in_attempt") as attempt:
        attempt.drop_constraint(name, type_="check")
        attempt.create_check_constraint(name, allowed)
