"""Every page of both services against everybody: who must not see it sees the sign-in, a gate or a refusal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core import db
from core.access.models import Realm
from core.access.scopes import GRANTS, Permission, Role
from core.accounts.gates import Gate
from core.settings import ROOT
from tests.access import world as who
from tests.access.world import CANARY, Scope, World, employee_in, make_world, tenant_in
from tests.cast import make_employee, sign_in_employee

OWN = (
    "Kwiatowa 12 m. 7",
    "Anna/1/2010",
    "Czynsz Anna",
    "łazienka Anna",
    "Remont Anna",
    "Adres Anna",
    "Pismo Anna",
    "Paczka Anna",
    "A/000001/2025",
    "Pytanie Anna",
)  # what only Anna and her district may see; names of streets are public
SCRIPTS = {Realm.TENANT: "app_tenant.py", Realm.STAFF: "app_staff.py"}


@dataclass(frozen=True, slots=True)
class Page:
    """Whose page it is. `shows_own`: it shows Anna's data to whom it opens, without a further click."""

    realm: Realm
    permission: Permission | None = None
    public: bool = False
    shows_own: bool = False


PAGES: dict[str, Page] = {
    "pages/tenant/home.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/finance.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/premises.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/meters.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/announcements.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/correspondence.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/faults.py": Page(Realm.TENANT, shows_own=True),
    "pages/tenant/contact.py": Page(Realm.TENANT),
    "pages/tenant/not_me.py": Page(Realm.TENANT, public=True),
    "pages/tenant/proxy_invitation.py": Page(Realm.TENANT, public=True),
    "pages/tenant/account.py": Page(Realm.TENANT),
    "pages/tenant/sign_in.py": Page(Realm.TENANT, public=True),
    "pages/tenant/activation.py": Page(Realm.TENANT, public=True),
    "pages/tenant/request_status.py": Page(Realm.TENANT, public=True),
    "pages/tenant/recovery.py": Page(Realm.TENANT, public=True),
    "pages/tenant/administrator.py": Page(Realm.TENANT, public=True),
    "pages/tenant/terms.py": Page(Realm.TENANT, public=True),
    "pages/tenant/help.py": Page(Realm.TENANT, public=True),
    "pages/staff/desk.py": Page(Realm.STAFF, Permission.SEE_DESK),
    "pages/staff/activations.py": Page(Realm.STAFF, Permission.RECEIVE_REQUESTS),
    "pages/staff/tenants.py": Page(Realm.STAFF, Permission.SEE_TENANTS),
    "pages/staff/contact_changes.py": Page(Realm.STAFF, Permission.REVIEW_CONTACT_CHANGES, shows_own=True),
    "pages/staff/faults.py": Page(Realm.STAFF, Permission.MANAGE_FAULTS, shows_own=True),
    "pages/staff/imports.py": Page(Realm.STAFF, Permission.IMPORT_FILES),
    "pages/staff/suspense.py": Page(Realm.STAFF, Permission.IMPORT_FILES),
    "pages/staff/periods.py": Page(Realm.STAFF, Permission.IMPORT_FILES),
    "pages/staff/readings.py": Page(Realm.STAFF, Permission.MANAGE_READINGS, shows_own=True),
    "pages/staff/finance.py": Page(Realm.STAFF, Permission.SEE_FINANCE),
    "pages/staff/exports.py": Page(Realm.STAFF, Permission.EXPORT_READINGS),
    "pages/staff/announcements.py": Page(Realm.STAFF, Permission.WRITE_ANNOUNCEMENTS, shows_own=True),
    "pages/staff/correspondence.py": Page(Realm.STAFF, Permission.SEND_LETTERS, shows_own=True),
    "pages/staff/administration.py": Page(Realm.STAFF, Permission.MANAGE_MAIL),
    "pages/staff/account.py": Page(Realm.STAFF),
    "pages/staff/help.py": Page(Realm.STAFF, public=True),
    "pages/staff/sign_in.py": Page(Realm.STAFF, public=True),
}
GATE_TITLES = {"Regulamin", "Ustaw własne hasło", "Kod z aplikacji", "Drugi składnik logowania"}
DEAD = (who.ended, who.locked, who.of_the_other_realm)  # the rest is asked of the core, which decides for pages too
GATES = {Realm.TENANT: (Gate.TERMS, Gate.OWN_PASSWORD), Realm.STAFF: (Gate.OWN_PASSWORD, Gate.SECOND_FACTOR)}


@pytest.fixture(autouse=True)
def _forget_cached() -> Iterator[None]:
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def city(database: str, tmp_path: Path) -> World:
    with Session(db.engine(), expire_on_commit=False) as session:
        return make_world(session, tmp_path)


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    there = {file.relative_to(ROOT).as_posix() for file in ROOT.glob("pages/*/*.py") if file.name != "__init__.py"}
    assert there == PAGES.keys()


@pytest.mark.parametrize("realm", Realm)
def test_nobody_and_a_session_that_does_not_live_see_nothing(city: World, realm: Realm) -> None:
    wrong = []
    for state in (None, *DEAD):
        key = enter(city, realm, state=state) if state else None
        for file, page, app in walk(realm, key):
            if leaks(app) or (asks_to_sign_in(app) == page.public and not file.endswith("sign_in.py")):
                wrong.append((file, state, texts(app)[:500]))
    assert not wrong, wrong


@pytest.mark.parametrize("realm", Realm)
def test_who_stands_before_a_gate_sees_the_gate_only(city: World, realm: Realm) -> None:
    wrong = []
    for gate in GATES[realm]:
        key = enter(city, realm, state=partial(_waiting_at, gate))
        for file, page, app in walk(realm, key):
            if leaks(app) or asks_to_sign_in(app) or (not page.public and not at_gate(app)):
                wrong.append((file, gate, texts(app)[:500]))
    assert not wrong, wrong


def test_tenant_sees_own_things_only(city: World) -> None:
    key = enter(city, Realm.TENANT)
    for file, page, app in walk(Realm.TENANT, key):
        seen = texts(app)
        assert CANARY not in seen, file
        assert not page.shows_own or any(word in seen for word in OWN), file


@pytest.mark.parametrize("role", Role)
def test_employee_sees_pages_of_own_roles_and_own_district(city: World, role: Role) -> None:
    key = enter(city, Realm.STAFF, role)
    for file, page, app in walk(Realm.STAFF, key):
        seen = texts(app)
        assert CANARY not in seen, file
        refused = page.permission is not None and page.permission not in GRANTS[role]
        assert ("Nie masz uprawnień" in seen) == refused, file


def _waiting_at(gate: Gate, session: Session, scope: Scope) -> Scope:
    return who.before_gate(session, scope, gate)


def pages(realm: Realm) -> list[tuple[str, Page]]:
    return [(file, page) for file, page in PAGES.items() if page.realm is realm]


def enter(
    city: World, realm: Realm, *roles: Role, state: Callable[[Session, Scope], Scope] = lambda _, scope: scope
) -> str:
    """The key of a session in this state."""
    with Session(db.engine()) as session:
        scope: Scope = tenant_in(session, city) if realm is Realm.TENANT else _employee_in(session, city, *roles)
        key = state(session, scope).session_key
        session.commit()
    return key or ""


def _employee_in(session: Session, city: World, *roles: Role) -> Scope:
    """An employee of Anna's district with these roles and no others; a page reads them from the database."""
    if not roles:
        return employee_in(session, city, *Role)
    employee = make_employee(session, *roles, districts=(city.district,))
    return sign_in_employee(session, *roles, districts=(city.district,), employee_id=employee.id)


def walk(realm: Realm, key: str | None) -> Iterator[tuple[str, Page, AppTest]]:
    """Every page in turn in the browser of whoever has this session, through the entry script."""
    app = AppTest.from_file(ROOT / SCRIPTS[realm], default_timeout=30)
    app.user = {"sid": key} if key else {}
    app.run()
    for file, page in pages(realm):
        app.switch_page(file).run()
        assert not app.exception, (file, app.exception)
        yield file, page, app


def texts(app: AppTest) -> str:
    """All that was sent to the browser."""
    sent = "\n".join(str(element.proto) for element in app._tree if hasattr(element, "proto"))
    return sent.replace("\u00a0", " ")


def leaks(app: AppTest) -> bool:
    return any(word in texts(app) for word in (*OWN, CANARY))


def asks_to_sign_in(app: AppTest) -> bool:
    return any(field.label == "Identyfikator" for field in app.text_input) and any(
        field.label == "Hasło" for field in app.text_input
    )


def at_gate(app: AppTest) -> bool:
    return any(title.value in GATE_TITLES for title in app.title)
