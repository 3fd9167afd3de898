"""Before the gates nothing of the portal is shown or done, whatever page or widget a raw client asks for."""

import itertools
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from core.access.models import PortalSession, Realm
from core.access.sessions import key_of
from core.accounts.initial_passwords import new_initial_password
from core.accounts.models import PortalAccount
from core.accounts.terms import publish_terms
from core.audit.models import Actor
from core.db import reading, transaction
from core.registry.models import Tenant
from tests.accounts import TENANT_PASSWORD, signed_in
from tests.cast import make_building, make_entry, make_premises, make_tenancy
from tests.servers import Server
from tests.ui.conftest import ANNA
from tests.ui.test_asgi_websocket import PAGES
from tests.ws_client import client, everything, texts

STREET, AMOUNT = "Skryta", "4 321,99"
NEW = "Zimowy8Poranek"
_versions = itertools.count(1)


@pytest.fixture(autouse=True)
def _home_of_anna(inhabited: Path) -> None:
    """A tenancy and a debt that nobody may see before the gates."""
    with transaction() as session:
        anna = session.scalars(select(Tenant).where(Tenant.name == ANNA)).one()
        premises = make_premises(session, building=make_building(session, street=STREET))
        make_entry(session, make_tenancy(session, anna, premises=premises), "2026-10-01", debit="4321.99")


def new_terms() -> None:
    version = f"{next(_versions)}.0"
    with transaction() as session:
        publish_terms(session, version=version, text=f"Postanowienia {version}", actor=Actor.CONSOLE)


def past_the_gates() -> str:
    """The raw id of a session of Anna's that may do all."""
    raw_id = signed_in(login="anna")
    with transaction() as session:
        session.execute(update(PortalSession).values(restricted=False))
    return raw_id


def told(text: str) -> bool:
    text = text.replace("\u00a0", " ")
    return STREET in text or AMOUNT in text


def test_new_terms_close_every_page_of_a_connection_that_is_open(portal: Server) -> None:
    with client(portal.port, cookie=f"iok_najemca={past_the_gates()}") as anna:
        assert told(everything(anna.rerun()))
        hashes = {page.page_script_hash for page in anna.messages[0].new_session.app_pages} | {"0" * 32}
        new_terms()
        asked = [{"page": page} for page in PAGES["app_tenant.py"]] + [{"page_hash": one} for one in hashes]
        asked.append({"query": "umowa=1"})
        for options in asked:
            received = anna.rerun(**options)
            assert not told(everything(received)), options
            assert "Postanowienia" in texts(received), options


def test_first_sign_in_stands_before_every_page(portal: Server) -> None:
    with transaction() as session:
        account = session.scalars(select(PortalAccount).where(PortalAccount.login == "anna")).one()
        own, account.password_hash = account.password_hash, None
        initial = new_initial_password(session, account_id=account.id)
    raw_id = signed_in(login="anna", password=initial)
    with transaction() as session:
        session.execute(update(PortalAccount).where(PortalAccount.login == "anna").values(password_hash=own))
    for page in PAGES["app_tenant.py"]:
        with client(portal.port, cookie=f"iok_najemca={raw_id}") as anna:
            assert not told(everything(anna.rerun(page=page))), page


def test_widgets_of_a_page_behind_the_gate_do_nothing(portal: Server) -> None:
    elsewhere, raw_id = past_the_gates(), past_the_gates()
    with client(portal.port, cookie=f"iok_najemca={raw_id}") as anna:
        anna.rerun(page="konto")
        typed = {
            anna.widget_id("Obecne hasło"): ("string_value", TENANT_PASSWORD),
            anna.widget_id("Nowe hasło"): ("string_value", NEW),
            anna.widget_id("Powtórz nowe hasło"): ("string_value", NEW),
        }
        pressed = [anna.widget_id("Zmień hasło"), anna.widget_id("Zakończ wszystkie inne sesje")]
        new_terms()
        for button in pressed:
            received = anna.rerun(page="konto", widgets={**typed, button: ("trigger_value", True)})
            assert not told(everything(received))
    assert signed_in(login="anna", password=TENANT_PASSWORD)
    with reading() as session:
        ended = select(PortalSession.ended_at).where(PortalSession.key_hash == key_of(elsewhere))
        assert session.scalars(ended).one() is None


def test_files_are_closed_before_the_gates(portal: Server) -> None:
    raw_id = signed_in(Realm.TENANT, login="anna")
    new_terms()
    for path in ("/media/made-up.pdf", "/_stcore/upload_file/a/b"):
        answer = httpx.get(f"{portal.url}{path}", cookies={"iok_najemca": raw_id})
        assert answer.status_code in (403, 404, 405), path
    sent = httpx.put(f"{portal.url}/_stcore/upload_file/a/b", cookies={"iok_najemca": raw_id}, content=b"abc")
    assert (sent.status_code, sent.text) == (403, "Nie masz uprawnień do przesyłania plików.")
