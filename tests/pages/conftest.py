"""Pages run through the real entry scripts, signed in by a row in the database as in a browser."""

import html
import re
from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.registry.models import Tenant
from core.settings import ROOT
from tests.cast import make_account, make_employee, sign_in_employee, sign_in_tenant


@pytest.fixture(autouse=True)
def _forget_cached() -> Iterator[None]:
    st.cache_data.clear()
    yield
    st.cache_data.clear()


def open_portal(session: Session, tenant: Tenant) -> AppTest:
    """The tenant portal in a browser where the tenant is signed in; what was written so far is committed."""
    scope = sign_in_tenant(session, tenant, account_id=make_account(session, tenant).id)
    session.commit()
    return _open("app_tenant.py", scope.session_key)


def open_dashboard(session: Session, *roles: Role) -> AppTest:
    """The staff dashboard in a browser where an employee with these roles is signed in; all is committed."""
    scope = sign_in_employee(session, *roles, employee_id=make_employee(session, *roles).id)
    session.commit()
    return _open("app_staff.py", scope.session_key or "")


def _open(script: str, key: str) -> AppTest:
    app = AppTest.from_file(ROOT / script, default_timeout=30)
    app.user = {"sid": key}
    return app


def shown(app: AppTest) -> str:
    """All HTML a page wrote, with ordinary blanks."""
    assert not app.exception, app.exception
    return "\n".join(element.body for element in app.html).replace("\u00a0", " ")


def to_copy(app: AppTest) -> list[str]:
    """What the page's buttons copy."""
    return [html.unescape(value) for value in re.findall(r'data-iok-copy="([^"]*)"', shown(app))]
