"""Two tenants and employees, and both applications over them; each module of tests begins with them as they were."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.access.models import Realm
from core.access.scopes import Role
from core.db import transaction
from tests.accounts import EMPLOYEE_PASSWORD, make_account, make_employee, signed_in
from tests.conftest import copy_sqlite, living_in
from tests.servers import Server, running

ANNA, JAN, EWA = "Anna Kanarkowa", "Jan Kanarek", "Ewa Urzędnik"
BEGINNING = "beginning.db"


@pytest.fixture(scope="package")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `var/` with Anna and Jan, who have accounts, and Ewa, who is an accountant; and a copy of its database."""
    var = tmp_path_factory.mktemp("inhabited")
    shutil.copy(sqlite_template, var / "iok.db")
    with living_in(var), transaction() as session:
        make_account(session, login="anna", name=ANNA)
        make_account(session, login="jan", name=JAN)
        make_employee(session, Role.ACCOUNTING, login="ewa")
        make_employee(session, Role.CLERK, login="ola")
        make_employee(session, Role.ANALYST, login="alina")
    copy_sqlite(var / "iok.db", var / BEGINNING)
    return var


def as_they_were(house: Path) -> None:
    """Make the database what it was in the beginning; a server that has it open goes on with that."""
    copy_sqlite(house / BEGINNING, house / "iok.db")


@pytest.fixture(scope="package")
def portal_of_the_house(house: Path) -> Iterator[Server]:
    with running("app_tenant.py", folder=house, env=_env(house)) as server:
        yield server


@pytest.fixture(scope="package")
def dashboard_of_the_house(house: Path) -> Iterator[Server]:
    with running("app_staff.py", folder=house, env=_env(house)) as server:
        yield server


def _env(var: Path) -> dict[str, str]:
    return {"IOK_VAR": str(var), "IOK_DATABASE_URL": f"sqlite:///{var / 'iok.db'}"}


@pytest.fixture(scope="module")
def inhabited(house: Path) -> Iterator[Path]:
    """The house with nothing in its database but its people: what the tests of another module did there is gone."""
    as_they_were(house)
    with living_in(house):
        yield house


@pytest.fixture(scope="module")
def portal(inhabited: Path, portal_of_the_house: Server) -> Server:
    """The tenant portal, one process for all modules."""
    return portal_of_the_house


@pytest.fixture(scope="module")
def dashboard(inhabited: Path, dashboard_of_the_house: Server) -> Server:
    """The staff dashboard, one process for all modules."""
    return dashboard_of_the_house


def tenant_cookie(login: str = "anna") -> str:
    return f"iok_najemca={signed_in(login=login)}"


def staff_cookie(login: str = "ewa") -> str:
    return f"iok_pracownik={signed_in(Realm.STAFF, login=login, password=EMPLOYEE_PASSWORD)}"
