"""An employee's own account: the password, sessions, and a second factor of one's own will."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.models import Realm
from core.access.scopes import Role
from core.access.sessions import key_of
from core.clock import now
from core.settings import ROOT
from tests.accounts import EMPLOYEE_PASSWORD, make_employee, signed_in
from tests.pages.conftest import shown, to_copy

NEW = "cztery psy pod plotem"


def account_page(session: Session) -> AppTest:
    """Ewa's; Jan is signed in elsewhere, and so is Ewa."""
    make_employee(session, Role.CLERK, login="ewa")
    make_employee(session, Role.CLERK, login="jan")
    session.commit()
    for login in ("jan", "ewa"):
        signed_in(Realm.STAFF, login=login, password=EMPLOYEE_PASSWORD)
    app = AppTest.from_file(ROOT / "app_staff.py", default_timeout=30)
    app.user = {"sid": key_of(signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD))}
    return app.run().switch_page("pages/staff/account.py").run()


def test_own_sessions_are_seen_and_ended(session: Session) -> None:
    app = account_page(session)
    assert shown(app).count("Nieznane urządzenie") == 2
    app.button(key="end_others").click().run()
    assert "Zakończono 1 sesję" in shown(app)
    assert shown(app).count("Nieznane urządzenie") == 1


def test_earlier_sign_ins_are_folded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.account_blocks.SHOWN", 1)
    app = account_page(session)
    (folded,) = [one for one in app.expander if one.label.startswith("Wcześniejsze logowania")]
    assert folded.label == "Wcześniejsze logowania (1)"
    assert shown(app).count("udane") == 2


def test_password_is_changed_with_the_current_one(session: Session) -> None:
    app = account_page(session)
    app.text_input(key="current_secret").set_value("nie to hasło")
    app.text_input(key="new_secret").set_value(NEW)
    app.text_input(key="repeated_secret").set_value(NEW)
    app.button(key="FormSubmitter:change_password-Zmień hasło").click().run()
    assert "Podane hasło się nie zgadza" in shown(app)
    app.text_input(key="current_secret").set_value(EMPLOYEE_PASSWORD)
    app.button(key="FormSubmitter:change_password-Zmień hasło").click().run()
    assert "Hasło zmienione" in shown(app)
    assert signed_in(Realm.STAFF, login="ewa", password=NEW)


def test_second_factor_is_set_up_and_its_codes_renewed(session: Session) -> None:
    app = account_page(session)
    assert "Logujesz się samym hasłem" in shown(app)
    app.button(key="enrol").click().run()
    secret = next(one.value for one in app.text if "klucz" in one.value).split(": ")[1].replace(" ", "")
    app.text_input(key="second_factor_code").set_value("000")
    app.button(key="FormSubmitter:code-Potwierdź i włącz").click().run()
    assert "Kod jest nieprawidłowy" in shown(app)
    totp = pyotp.TOTP(secret)
    app.text_input(key="second_factor_code").set_value(totp.now())
    app.button(key="FormSubmitter:code-Potwierdź i włącz").click().run()
    first = to_copy(app)[0].split()
    assert len(first) == 10
    app.button(key="codes_kept").click().run()
    assert "Masz jeszcze 10 kodów zapasowych" in shown(app)
    # The next code: the first one was used for the set-up.
    app.text_input(key="second_factor_code").set_value(totp.at(now() + timedelta(seconds=30)))
    app.button(key="FormSubmitter:code-Wydaj nowe kody").click().run()
    renewed = to_copy(app)[0].split()
    assert len(renewed) == 10
    assert not set(first) & set(renewed)
