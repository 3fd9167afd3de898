"""The WebSocket: whose it is says the cookie of its handshake, looked up in the database, and nothing a client sends."""

from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from core.access.sessions import end_session, key_of
from core.accounts.sign_in import sign_out
from core.db import transaction
from tests.accounts import signed_in
from tests.repeats import FULL, sampled
from tests.servers import Server, running
from tests.ui.conftest import ANNA, EWA, JAN, staff_cookie, tenant_cookie
from tests.ws_client import client, everything, texts

# Of each application its first screen, one by its path, the sign-in, two by the names of their files, one by its place.
PAGES = {
    "app_tenant.py": ["", "finanse", "logowanie", "home", "finance", "pages/tenant/finance"],
    "app_staff.py": ["", "import", "logowanie", "desk", "imports", "pages/staff/imports"],
}


def seen(server: Server, cookie: str | None = None, **options: str) -> str:
    with client(server.port, cookie=cookie, headers=options) as connection:
        return everything(connection.rerun())


def test_cookie_says_who_it_is(portal: Server, dashboard: Server) -> None:
    assert ANNA in seen(portal, tenant_cookie("anna"))
    assert JAN in seen(portal, tenant_cookie("jan"))
    assert EWA in seen(dashboard, staff_cookie())


@pytest.mark.parametrize(
    "cookie", [None, "iok_najemca=", "iok_najemca=made-up", 'iok_najemca="; =;;', "a=b; iok_najemca"]
)
def test_without_a_session_there_is_the_sign_in_screen(portal: Server, cookie: str | None) -> None:
    with client(portal.port, cookie=cookie) as connection:
        shown = texts(connection.rerun())
    assert "Logowanie" in shown
    assert "Identyfikator" in shown
    assert "Wyloguj się" not in shown


def test_cookie_of_the_other_realm_is_nothing(portal: Server, dashboard: Server) -> None:
    assert EWA not in seen(portal, staff_cookie().replace("iok_pracownik", "iok_najemca"))
    assert ANNA not in seen(dashboard, tenant_cookie().replace("iok_najemca", "iok_pracownik"))


@pytest.mark.parametrize("name", ["X-Iok-Session", "x-iok-session", "X-IOK-SESSION", "X_Iok_Session"])
def test_trusted_header_sent_by_a_client_is_dropped(portal: Server, name: str) -> None:
    assert ANNA not in seen(portal, **{name: key_of(signed_in(login="anna"))})
    # Nor does it take the place of one's own.
    shown = seen(portal, tenant_cookie("jan"), **{name: key_of(signed_in(login="anna"))})
    assert JAN in shown
    assert ANNA not in shown


@pytest.mark.parametrize("origin", [None, "https://example.com", "http://127.0.0.1", "http://localhost:1", "null"])
def test_handshake_from_elsewhere_is_refused(portal: Server, origin: str | None) -> None:
    with (
        pytest.raises(InvalidStatus) as refusal,
        client(portal.port, cookie=tenant_cookie(), origin=origin),
    ):
        pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("thief", ["nobody", "jan"])
def test_streamlit_session_of_another_cannot_be_taken_over(portal: Server, thief: str) -> None:
    with client(portal.port, cookie=tenant_cookie("anna")) as anna:
        assert ANNA in everything(anna.rerun())
        stolen = anna.session_id
        cookie = tenant_cookie(thief) if thief != "nobody" else None
        with client(portal.port, cookie=cookie, session_id=stolen) as other:
            shown = everything(other.rerun())
            assert other.session_id != stolen
        assert ANNA not in shown
    with client(portal.port, cookie=cookie, session_id=stolen) as later:
        assert ANNA not in everything(later.rerun())
        assert later.session_id != stolen


def test_session_that_ends_while_connected_shows_nothing_more(portal: Server) -> None:
    raw_id = signed_in(login="anna")
    with client(portal.port, cookie=f"iok_najemca={raw_id}") as anna:
        assert ANNA in texts(anna.rerun())
        with transaction() as session:
            sign_out(session, key=key_of(raw_id))
        shown = texts(anna.rerun(page="finanse"))
    assert "Identyfikator" in shown
    assert ANNA not in shown


def _cold_pages() -> list[tuple[str, str]]:
    """Both applications with all of them in a drill; in a build each kind of address with one of the two."""
    portal, dashboard = ([(app, page) for page in pages] for app, pages in PAGES.items())
    return [*portal, *dashboard] if FULL else [*portal[::2], *dashboard[1::2]]


@sampled
@pytest.mark.parametrize(("app", "page"), _cold_pages())
def test_cold_process_shows_no_page_to_who_is_not_signed_in(inhabited: Path, app: str, page: str) -> None:
    with running(app, folder=inhabited) as server, client(server.port) as stranger:
        first = texts(stranger.rerun(page=page, query="rok=2026"))
        with client(server.port) as another:
            sign_in_screen = texts(another.rerun())
    assert "Identyfikator" in first
    assert first == sign_in_screen


@pytest.mark.parametrize("path", ["reload", "next run"])
def test_over_session_tells_why_on_the_sign_in_screen(portal: Server, path: str) -> None:
    raw_id = signed_in(login="anna")
    with client(portal.port, cookie=f"iok_najemca={raw_id}") as anna:
        assert ANNA in texts(anna.rerun())
        with transaction() as session:
            end_session(session, key=key_of(raw_id), reason="password_changed")
        shown = everything(anna.rerun()) if path == "next run" else seen(portal, f"iok_najemca={raw_id}")
    assert "ponieważ zmieniono hasło" in shown
    assert "ponieważ zmieniono hasło" not in seen(portal)
