"""Accounts made by hand, by function and by command."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import Role
from core.access.sessions import key_of
from core.accounts.creating import LOGIN_ALPHABET, LOGIN_LENGTH, create_employee, create_portal_account
from core.accounts.models import AccountState, PortalAccount
from core.accounts.sign_in import employee_scope
from core.commands import cli
from core.db import reading, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError
from tests.accounts import EMPLOYEE_PASSWORD, TENANT_PASSWORD, make_account, signed_in
from tests.cast import make_district, make_tenant


def test_identifier_is_random_and_reads_unambiguously(session: Session) -> None:
    logins = set()
    for _ in range(5):
        tenant = make_tenant(session)
        logins.add(create_portal_account(session, tenant_no=tenant.tenant_no, password=TENANT_PASSWORD).login)
    assert len(logins) == 5
    assert all(len(login) == LOGIN_LENGTH and set(login) <= set(LOGIN_ALPHABET) for login in logins)
    assert not set(LOGIN_ALPHABET) & set("ilo01")


def test_tenant_has_one_open_account(session: Session) -> None:
    tenant = make_tenant(session)
    first = create_portal_account(session, tenant_no=tenant.tenant_no, password=TENANT_PASSWORD)
    with pytest.raises(InvalidInputError):
        create_portal_account(session, tenant_no=tenant.tenant_no, password=TENANT_PASSWORD)
    first.state = AccountState.CLOSED
    session.flush()
    create_portal_account(session, tenant_no=tenant.tenant_no, password=TENANT_PASSWORD)


def test_unknown_tenant_is_refused(session: Session) -> None:
    with pytest.raises(NotFoundError):
        create_portal_account(session, tenant_no="999999", password=TENANT_PASSWORD)


def test_identifiers_are_unique_whatever_their_case(session: Session) -> None:
    make_account(session, login="anna")
    with pytest.raises(InvalidInputError):
        make_account(session, login="ANNA", name="Anna Druga")


@pytest.mark.parametrize("login", ["anna kowalska", "zażółć", "a" * 41])
def test_identifier_that_nobody_could_type_is_refused(session: Session, login: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        make_account(session, login=login)
    assert refusal.value.field == "login"


def test_employee_needs_a_role_and_known_districts(session: Session) -> None:
    make_district(session, code="CENTRUM")
    for roles, districts, refusal in (
        ([], ["CENTRUM"], InvalidInputError),
        ([Role.CLERK], ["CENTRUM", "NIGDZIE"], NotFoundError),
    ):
        with pytest.raises(refusal), session.begin_nested():
            create_employee(
                session,
                login="ewa",
                name="Ewa Urzędnik",
                password=EMPLOYEE_PASSWORD,
                roles=roles,
                district_codes=districts,
            )


def test_command_makes_an_account_and_shows_its_password_once(database: str) -> None:
    with transaction() as session:
        tenant_no = make_tenant(session).tenant_no
    result = CliRunner().invoke(cli, ["create-account", "--tenant", tenant_no])
    assert result.exit_code == 0, result.output
    login, password = re.findall(r": (\S+)", result.output)
    assert signed_in(login=login, password=password)
    with reading() as session:
        assert password not in str(vars(session.scalars(select(PortalAccount)).one()))


def test_command_reads_a_password_and_does_not_repeat_it(database: str) -> None:
    with transaction() as session:
        tenant_no = make_tenant(session).tenant_no
    result = CliRunner().invoke(
        cli,
        ["create-account", "--tenant", tenant_no, "--login", "anna", "--password-stdin"],
        input=TENANT_PASSWORD + "\n",
    )
    assert result.exit_code == 0, result.output
    assert TENANT_PASSWORD not in result.output
    assert signed_in(login="anna", password=TENANT_PASSWORD)


def test_command_makes_an_employee_with_roles_and_districts(database: str) -> None:
    with transaction() as session:
        district_id = make_district(session, code="CENTRUM").id
    arguments = ["create-employee", "--login", "ewa", "--name", "Ewa Urzędnik", "--role", "clerk", "--role", "head"]
    result = CliRunner().invoke(
        cli, [*arguments, "--district", "CENTRUM", "--password-stdin"], input=EMPLOYEE_PASSWORD + "\n"
    )
    assert result.exit_code == 0, result.output
    key = key_of(signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD))
    with reading() as session:
        scope = employee_scope(session, key)
    assert scope.roles == {Role.CLERK, Role.HEAD}
    assert scope.district_ids == {district_id}


def test_command_refuses_a_weak_password(database: str) -> None:
    with transaction() as session:
        tenant_no = make_tenant(session).tenant_no
    result = CliRunner().invoke(cli, ["create-account", "--tenant", tenant_no, "--password-stdin"], input="haslo\n")
    assert isinstance(result.exception, DomainError)


def test_command_keeps_the_address_for_notices(database: str) -> None:
    with transaction() as session:
        tenant_no = make_tenant(session).tenant_no
    arguments = ["create-account", "--tenant", tenant_no, "--email"]
    assert isinstance(CliRunner().invoke(cli, [*arguments, "anna"]).exception, DomainError)
    assert CliRunner().invoke(cli, [*arguments, "anna@example.com"]).exit_code == 0
    with reading() as session:
        assert session.scalars(select(PortalAccount.email)).all() == ["anna@example.com"]
