"""One database with two tenants and an employee, and both applications over it, for all tests of a module."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.access.models import Realm
from core.access.scopes import Role
from core.db import transaction
from tests.accounts import EMPLOYEE_PASSWORD, make_account, make_employee, signed_in
from tests.conftest import forget_settings
from tests.servers import Server, running

ANNA, JAN, EWA = "Anna Kanarkowa", "Jan Kanarek", "Ewa Urzędnik"


@pytest.fixture(scope="module")
def inhabited(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder `var/` with Anna and Jan, who have accounts, and Ewa, who is an accountant."""
    var = tmp_path_factory.mktemp("inhabited")
    shutil.copy(sqlite_template, var / "iok.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOK_VAR", str(var))
        patch.delenv("IOK_DATABASE_URL", raising=False)
        forget_settings()
        with transaction() as session:
            make_account(session, login="anna", name=ANNA)
            make_account(session, login="jan", name=JAN)
            make_employee(session, Role.ACCOUNTING, login="ewa")
            make_employee(session, Role.CLERK, login="ola")
            make_employee(session, Role.ANALYST, login="alina")
        yield var
        forget_settings()


@pytest.fixture(scope="module")
def portal(inhabited: Path) -> Iterator[Server]:
    with running("app_tenant.py", folder=inhabited) as server:
        yield server


@pytest.fixture(scope="module")
def dashboard(inhabited: Path) -> Iterator[Server]:
    with running("app_staff.py", folder=inhabited) as server:
        yield server


def tenant_cookie(login: str = "anna") -> str:
    return f"iok_najemca={signed_in(login=login)}"


def staff_cookie(login: str = "ewa") -> str:
    return f"iok_pracownik={signed_in(Realm.STAFF, login=login, password=EMPLOYEE_PASSWORD)}"
