"""A session that is over is over on every way in: a run of a page, a click, a stored file, an upload, our own routes."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import Role
from core.access.sessions import end_sessions, key_of
from core.accounts.creating import change_access
from core.accounts.locking import LockReason, lock_account, unlock_account
from core.accounts.sign_in import employee_scope, sign_out
from core.audit.models import Actor
from core.db import transaction
from tests.accounts import EMPLOYEE_PASSWORD, signed_in
from tests.servers import Server
from tests.ui.conftest import EWA
from tests.ws_client import Client, client, everything, texts

PATHS = (("GET", "/media/0123.csv"), ("PUT", "/_stcore/upload_file/session/file"))


def _sign_out(session: Session, key: str) -> None:
    sign_out(session, key=key)


def _change_password(session: Session, key: str) -> None:
    subject = employee_scope(session, key).employee_id or 0
    end_sessions(session, realm=Realm.STAFF, subject_id=subject, reason="password_changed")


def _lock(session: Session, key: str) -> None:
    subject = employee_scope(session, key).employee_id or 0
    lock_account(session, realm=Realm.STAFF, subject_id=subject, reason=LockReason.GUESSES)
    # Open again at once, for the next test: what was ended stays ended.
    unlock_account(session, realm=Realm.STAFF, login="ewa", actor=Actor.SYSTEM)


def _change_role(session: Session, key: str) -> None:
    change_access(session, login="ewa", roles=(Role.ACCOUNTING,), district_codes=())


ENDS: dict[str, Callable[[Session, str], None]] = {
    "signed out": _sign_out,
    "password changed": _change_password,
    "locked": _lock,
    "role changed": _change_role,
}


@pytest.mark.parametrize("how", ENDS)
def test_nothing_opens_to_a_session_that_is_over(dashboard: Server, how: str) -> None:
    raw_id = signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    cookie = f"iok_pracownik={raw_id}"
    with client(dashboard.port, cookie=cookie) as ewa:
        assert EWA in everything(ewa.rerun())
        assert EWA in everything(ewa.rerun(page="import"))
        button = ewa.widget_id("Wyloguj się")
        assert not any(asked_to_sign_in(dashboard, *path, cookie) for path in PATHS)

        with transaction() as session:
            ENDS[how](session, key_of(raw_id))

        shows_nothing(ewa, page="import")
        shows_nothing(ewa, page="import", widgets={button: ("trigger_value", True)})
        assert all(asked_to_sign_in(dashboard, *path, cookie) for path in PATHS)
    with client(dashboard.port, cookie=cookie) as again:
        shows_nothing(again, page="import")
    renewed = httpx.post(
        f"{dashboard.url}/sesja",
        headers={"Origin": dashboard.url, "Sec-Fetch-Site": "same-origin", "Cookie": cookie},
        json={"ticket": raw_id},
    )
    assert renewed.status_code == 403
    assert "set-cookie" not in renewed.headers


def shows_nothing(tab: Client, **asked: object) -> None:
    received = tab.rerun(**asked)  # type: ignore[arg-type]
    assert EWA not in everything(received)
    assert "Wczytaj" not in texts(received)


def asked_to_sign_in(server: Server, method: str, path: str, cookie: str) -> bool:
    content = b"abc" if method == "PUT" else None
    answer = httpx.request(method, server.url + path, headers={"Cookie": cookie}, content=content)
    return answer.status_code == 403 and answer.text == "Zaloguj się."
