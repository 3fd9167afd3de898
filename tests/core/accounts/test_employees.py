"""Employees are looked after by an administrator of users; nobody can take the last one away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, StepTickTimeFactory, TickingDateTimeFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.confirmations import ConfirmationUsedError
from core.access.models import Realm
from core.access.scopes import EmployeeScope, GateClosedError, Permission, Role, require_live
from core.access.sessions import key_of
from core.access.throttle import TooManyUsesError
from core.accounts.employee_list import employee_logins, employees, reach_to_give
from core.accounts.employee_passwords import change_employee_password, replace_first_password
from core.accounts.employees import (
    EmployeeAction,
    LastAdminError,
    add_employee,
    block_employee,
    close_employee,
    mint_for,
    rename_employee,
    reset_sign_in,
    set_access,
    set_provider_subject,
    unblock_employee,
)
from core.accounts.gates import Gate, open_gates
from core.accounts.models import Employee
from core.accounts.second_factor import WrongCodeError, begin_enrolment, confirm_enrolment, give_code
from core.accounts.sign_in import WrongCredentialsError, employee_scope, sign_in
from core.audit.models import AuditEvent
from core.db import reading, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.registry.models import PropertyAdministrator
from core.settings import settings
from tests.accounts import EMPLOYEE_PASSWORD, make_employee, signed_in

NEW = "cztery psy pod plotem"
Clock = FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory


@pytest.fixture
def clock(database: str) -> Iterator[Clock]:
    with freeze_time(datetime(2026, 11, 23, 9, tzinfo=UTC)) as frozen:
        yield frozen


def enter(login: str = "ewa", password: str = EMPLOYEE_PASSWORD) -> EmployeeScope:
    raw_id = signed_in(Realm.STAFF, login=login, password=password)
    with reading() as session:
        return employee_scope(session, key_of(raw_id))


@pytest.fixture
def admin(clock: Clock) -> EmployeeScope:
    with transaction() as session:
        make_employee(session, Role.ADMIN, login="adela")
        make_employee(session, Role.CLERK, login="ewa")
    return enter("adela")


def id_of(login: str) -> int:
    with reading() as session:
        return session.scalars(select(Employee.id).where(Employee.login == login)).one()


def gates(scope: EmployeeScope) -> list[Gate]:
    with reading() as session:
        return open_gates(session, scope)


def works(scope: EmployeeScope) -> bool:
    try:
        with reading() as session:
            require_live(session, scope, Permission.SEE_DESK)
    except DomainError:
        return False
    return True


def enrol(scope: EmployeeScope) -> tuple[pyotp.TOTP, list[str]]:
    with transaction() as session:
        totp = pyotp.TOTP(begin_enrolment(session, scope).secret)
    return totp, confirm_enrolment(scope, code=totp.now())


def block(session: Session, scope: EmployeeScope, employee_id: int) -> None:
    token = mint_for(session, scope, employee_id=employee_id, action=EmployeeAction.BLOCK)
    block_employee(session, scope, employee_id=employee_id, token=token)


def test_new_employee_replaces_the_first_password(admin: EmployeeScope) -> None:
    with transaction() as session:
        first = add_employee(session, admin, login="ola", name="Ola Nowa", roles=[Role.CLERK])
    scope = enter("ola", first)
    assert gates(scope) == [Gate.OWN_PASSWORD]
    assert not works(scope)
    with pytest.raises(InvalidInputError, match="inne niż obecne"):
        replace_first_password(scope, new=first, repeated=first)
    replace_first_password(scope, new=NEW, repeated=NEW)
    assert works(scope)
    assert works(enter("ola", NEW))


def test_only_an_administrator_of_users_looks_after_them(admin: EmployeeScope) -> None:
    clerk, target = enter("ewa"), id_of("adela")
    with transaction() as session:
        for refused in (
            lambda: employees(session, clerk),
            lambda: add_employee(session, clerk, login="x", name="X", roles=[Role.ADMIN]),
            lambda: set_access(session, clerk, employee_id=target, roles=[Role.CLERK]),
            lambda: block_employee(session, clerk, employee_id=target, token=""),
            lambda: unblock_employee(session, clerk, employee_id=target),
            lambda: reset_sign_in(session, clerk, employee_id=target, token=""),
            lambda: close_employee(session, clerk, employee_id=target, token=""),
            lambda: mint_for(session, clerk, employee_id=target, action=EmployeeAction.BLOCK),
            lambda: rename_employee(session, clerk, employee_id=target, name="X"),
            lambda: set_provider_subject(session, clerk, employee_id=target, subject="x"),
            lambda: reach_to_give(session, clerk),
            lambda: employee_logins(session, clerk),
        ):
            with pytest.raises(NotPermittedError):
                refused()


def test_last_administrator_of_users_stays(admin: EmployeeScope) -> None:
    me = id_of("adela")
    with transaction() as session:
        with pytest.raises(LastAdminError):
            set_access(session, admin, employee_id=me, roles=[Role.CLERK])
        with pytest.raises(LastAdminError):
            block(session, admin, me)
    with transaction() as session:
        set_access(session, admin, employee_id=id_of("ewa"), roles=[Role.ADMIN])
    with transaction() as session:
        block(session, admin, me)
    assert not works(admin)


def test_blocking_ends_the_work_at_once_and_unblocking_gives_it_back(admin: EmployeeScope) -> None:
    clerk = enter("ewa")
    with transaction() as session:
        block(session, admin, id_of("ewa"))
    assert not works(clerk)
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    with transaction() as session:
        unblock_employee(session, admin, employee_id=id_of("ewa"))
    assert works(enter("ewa"))
    with reading() as session:
        done = session.execute(select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)).all()
    assert [tuple(one) for one in done] == [
        ("account_locked", id_of("adela")),
        ("account_unlocked", id_of("adela")),
    ]


def test_list_tells_roles_state_and_second_factor(admin: EmployeeScope) -> None:
    enrol(enter("ewa"))
    with reading() as session:
        found = {one.login: one for one in employees(session, admin)}
    assert found["ewa"].roles == (Role.CLERK,)
    assert (found["ewa"].second_factor, found["adela"].second_factor) == (True, False)


def test_second_factor_is_asked_once_it_is_set_up(admin: EmployeeScope, clock: Clock) -> None:
    totp, _ = enrol(enter("ewa"))
    clock.tick(timedelta(seconds=60))
    scope = enter("ewa")
    assert gates(scope) == [Gate.SECOND_FACTOR]
    assert not works(scope)
    with pytest.raises(WrongCodeError):
        give_code(scope, code="000000" if totp.now() != "000000" else "111111")
    give_code(scope, code=totp.now())
    assert works(scope)


def test_a_code_is_good_once(admin: EmployeeScope, clock: Clock) -> None:
    totp, _ = enrol(enter("ewa"))
    with pytest.raises(WrongCodeError):
        give_code(enter("ewa"), code=totp.now())


def test_a_recovery_code_stands_in_once(admin: EmployeeScope) -> None:
    _, codes = enrol(enter("ewa"))
    assert len(set(codes)) == 10
    scope = enter("ewa")
    give_code(scope, code=f" {codes[0].upper()[:5]}-{codes[0][5:]} ")
    assert works(scope)
    with pytest.raises(WrongCodeError):
        give_code(enter("ewa"), code=codes[0])


def test_codes_cannot_be_guessed(admin: EmployeeScope, clock: Clock) -> None:
    totp, _ = enrol(enter("ewa"))
    clock.tick(timedelta(minutes=20))
    for number in range(5):
        with pytest.raises(WrongCodeError):
            # A right password in between does not start the count anew.
            give_code(enter("ewa"), code=f"{number}x")
    with pytest.raises(TooManyUsesError):
        give_code(enter("ewa"), code=totp.now())


def test_production_asks_everybody_for_a_second_factor(admin: EmployeeScope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_PRODUCTION", "1")
    settings.cache_clear()
    scope = enter("ewa")
    assert gates(scope) == [Gate.SECOND_FACTOR]
    with pytest.raises(WrongCodeError):
        give_code(scope, code="")
    enrol(scope)
    assert works(scope)


def test_who_has_an_app_proves_it_before_a_password_is_replaced(admin: EmployeeScope, clock: Clock) -> None:
    totp, _ = enrol(enter("ewa"))
    with transaction() as session:
        session.get_one(Employee, id_of("ewa")).must_change_password = True
    scope = enter("ewa")
    assert gates(scope) == [Gate.SECOND_FACTOR, Gate.OWN_PASSWORD]
    with pytest.raises(GateClosedError):
        replace_first_password(scope, new=NEW, repeated=NEW)
    clock.tick(timedelta(seconds=60))
    give_code(scope, code=totp.now())
    replace_first_password(scope, new=NEW, repeated=NEW)
    assert works(scope)


def test_reset_gives_a_new_first_password_and_forgets_the_app(admin: EmployeeScope) -> None:
    clerk = enter("ewa")
    enrol(clerk)
    with transaction() as session:
        token = mint_for(session, admin, employee_id=id_of("ewa"), action=EmployeeAction.RESET)
        first = reset_sign_in(session, admin, employee_id=id_of("ewa"), token=token)
    with pytest.raises(SessionEndedError), reading() as session:
        require_live(session, clerk)
    assert gates(enter("ewa", first)) == [Gate.OWN_PASSWORD]


def test_password_changes_with_the_current_one_and_ends_other_sessions(admin: EmployeeScope) -> None:
    here, elsewhere = enter("ewa"), enter("ewa")
    with pytest.raises(InvalidInputError) as refused:
        change_employee_password(here, current="nie to", new=NEW, repeated=NEW)
    assert refused.value.field == "current"
    change_employee_password(here, current=EMPLOYEE_PASSWORD, new=NEW, repeated=NEW)
    assert (works(here), works(elsewhere)) == (True, False)


def test_an_administrator_of_properties_stands_for_one(admin: EmployeeScope) -> None:
    with transaction() as session:
        session.add(PropertyAdministrator(name="Maria Podwórko"))
        add_employee(
            session, admin, login="ola", name="Ola", roles=[Role.ADMINISTRATOR], administrator="Maria Podwórko"
        )
        with pytest.raises(NotFoundError):
            set_access(session, admin, employee_id=id_of("ewa"), roles=[Role.ADMINISTRATOR], administrator="Nikt")
    with reading() as session:
        maria = session.scalars(select(PropertyAdministrator.id)).one()
        assert session.get_one(Employee, id_of("ola")).property_administrator_id == maria
    with transaction() as session:
        set_access(session, admin, employee_id=id_of("ewa"), roles=[Role.ADMINISTRATOR], administrator="Maria Podwórko")
    assert enter("ewa").administrator_id == maria
    with transaction() as session:
        set_access(session, admin, employee_id=id_of("ewa"), roles=[Role.CLERK])
    assert enter("ewa").administrator_id is None


def test_nobody_else_stands_for_an_administrator(admin: EmployeeScope) -> None:
    with transaction() as session:
        session.add(PropertyAdministrator(name="Maria Podwórko"))
    with transaction() as session, pytest.raises(InvalidInputError) as refused:
        set_access(session, admin, employee_id=id_of("ewa"), roles=[Role.CLERK], administrator="Maria Podwórko")
    assert refused.value.field == "administrator"


def test_a_question_is_answered_once(admin: EmployeeScope) -> None:
    ewa = id_of("ewa")
    with transaction() as session:
        token = mint_for(session, admin, employee_id=ewa, action=EmployeeAction.BLOCK)
    with transaction() as session, pytest.raises(ConfirmationUsedError):
        close_employee(session, admin, employee_id=ewa, token=token)
    with transaction() as session:
        block_employee(session, admin, employee_id=ewa, token=token)
        unblock_employee(session, admin, employee_id=ewa)
    with transaction() as session, pytest.raises(ConfirmationUsedError):
        block_employee(session, admin, employee_id=ewa, token=token)
    assert works(enter("ewa"))


def test_closed_employee_is_gone_for_good_and_the_identifier_stays_taken(admin: EmployeeScope) -> None:
    clerk, ewa = enter("ewa"), id_of("ewa")
    with transaction() as session:
        token = mint_for(session, admin, employee_id=ewa, action=EmployeeAction.CLOSE)
        close_employee(session, admin, employee_id=ewa, token=token)
    assert not works(clerk)
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    with reading() as session:
        assert [one.login for one in employees(session, admin)] == ["adela"]
        assert employee_logins(session, admin)[ewa] == "ewa"
    with transaction() as session:
        for again in (
            lambda: unblock_employee(session, admin, employee_id=ewa),
            lambda: rename_employee(session, admin, employee_id=ewa, name="Ewa"),
            lambda: mint_for(session, admin, employee_id=ewa, action=EmployeeAction.RESET),
        ):
            with pytest.raises(NotFoundError):
                again()
        with pytest.raises(InvalidInputError, match="zajęty"):
            add_employee(session, admin, login="ewa", name="Ewa", roles=[Role.CLERK])


def test_last_administrator_of_users_is_not_closed(admin: EmployeeScope) -> None:
    me = id_of("adela")
    with transaction() as session:
        token = mint_for(session, admin, employee_id=me, action=EmployeeAction.CLOSE)
        with pytest.raises(LastAdminError):
            close_employee(session, admin, employee_id=me, token=token)


def test_nobody_resets_their_own_sign_in(admin: EmployeeScope) -> None:
    with transaction() as session, pytest.raises(InvalidInputError):
        reset_sign_in(session, admin, employee_id=id_of("adela"), token="")
    assert works(admin)


def test_name_is_one_line_and_not_empty(admin: EmployeeScope) -> None:
    ewa = id_of("ewa")
    with transaction() as session:
        rename_employee(session, admin, employee_id=ewa, name="  Ewa \n Nowa ")
        for wrong in ("", " \n", "x" * 121):
            with pytest.raises(InvalidInputError):
                rename_employee(session, admin, employee_id=ewa, name=wrong)
    with reading() as session:
        assert session.get_one(Employee, ewa).name == "Ewa Nowa"


def test_provider_knows_each_employee_by_another_name(admin: EmployeeScope) -> None:
    with transaction() as session:
        set_provider_subject(session, admin, employee_id=id_of("ewa"), subject=" urzad|17 ")
        with pytest.raises(InvalidInputError) as refused:
            set_provider_subject(session, admin, employee_id=id_of("adela"), subject="urzad|17")
    assert refused.value.field == "subject"
    with reading() as session:
        found = {one.login: one.provider_subject for one in employees(session, admin)}
    assert found == {"adela": None, "ewa": "urzad|17"}
    with transaction() as session:
        set_provider_subject(session, admin, employee_id=id_of("ewa"), subject=" ")
        set_provider_subject(session, admin, employee_id=id_of("adela"), subject="")
