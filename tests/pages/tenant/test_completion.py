"""A tenant's own password completes the application that the account came from, whichever screen sets it."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.access.sessions import key_of
from core.accounts.creating import open_account
from core.accounts.initial_passwords import new_initial_password
from core.accounts.recovery import new_recovery_link
from core.activation.models import ActivationRequest, RequestState
from core.db import reading, transaction
from core.settings import ROOT
from tests.accounts import signed_in
from tests.cast import make_tenant
from tests.core.activation.requests import make_request

OWN = "Wiosenny4Ogrod"


@pytest.fixture
def account_id(database: str) -> int:
    """Of Anna, who has her initial password and has not signed in yet."""
    with transaction() as session:
        account = open_account(session, tenant_id=make_tenant(session).id, email="anna@example.com", login="anna")
        make_request(session, state=RequestState.CREDENTIALS_SENT).account_id = account.id
        return account.id


def state() -> str:
    with reading() as session:
        return session.scalars(select(ActivationRequest.state)).one()


def type_password(app: AppTest, form: str, label: str) -> None:
    app.text_input(key="new_secret").set_value(OWN)
    app.text_input(key="repeated_secret").set_value(OWN)
    app.button(key=f"FormSubmitter:{form}-{label}").click().run()


def test_first_sign_in_completes_the_request(account_id: int) -> None:
    with transaction() as session:
        password = new_initial_password(session, account_id=account_id)
    app = AppTest.from_file(ROOT / "app_tenant.py", default_timeout=30)
    app.user = {"sid": key_of(signed_in(login="anna", password=password))}
    app.run()
    app.checkbox(key="terms_read").check()
    app.button(key="FormSubmitter:accept_terms-Akceptuję i przechodzę dalej").click().run()
    assert state() == "credentials_sent"
    type_password(app, "own_password", "Zapisz hasło")
    assert state() == "completed"


def test_recovery_before_the_first_sign_in_completes_it_too(account_id: int) -> None:
    with transaction() as session:
        token = new_recovery_link(session, account_id=account_id)
    app = AppTest.from_file(ROOT / "app_tenant.py", default_timeout=30)
    app.user = {}
    app.run()
    app.query_params["klucz"] = token
    app.switch_page("pages/tenant/recovery.py").run()
    type_password(app, "set_anew", "Zapisz nowe hasło")
    assert state() == "completed"
