"""`/sesja`: a ticket becomes a cookie once, from our own page only; signing out ends the session for every copy."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from core.access.models import Realm
from core.accounts.sign_in import sign_in
from tests.accounts import TENANT_PASSWORD
from tests.servers import Server
from tests.ui.conftest import ANNA, tenant_cookie
from tests.ws_client import client, texts


def ticket() -> str:
    return sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)


def send(
    server: Server, method: str, *, body: Any = None, cookie: str = "", changed: Mapping[str, str] | None = None
) -> httpx.Response:
    """What our own page sends, but for `changed` headers; an empty one is left out."""
    headers = {
        "Origin": server.url,
        "Content-Type": "application/json",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": cookie,
        **(changed or {}),
    }
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    present = {name: value for name, value in headers.items() if value}
    return httpx.request(method, f"{server.url}/sesja", headers=present, content=content)


def test_ticket_becomes_an_http_only_cookie_once(portal: Server) -> None:
    body = {"ticket": ticket()}
    first, second = send(portal, "POST", body=body), send(portal, "POST", body=body)
    assert (first.status_code, second.status_code) == (204, 403)
    name, _, rest = first.headers["set-cookie"].partition("=")
    assert name == "iok_najemca"
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=lax"}
    assert first.headers["cache-control"] == "no-store"
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
    ],
)
def test_foreign_page_cannot_sign_anybody_in_or_out(portal: Server, changed: dict[str, str]) -> None:
    body, cookie = {"ticket": ticket()}, tenant_cookie()
    assert send(portal, "POST", body=body, changed=changed).status_code == 403
    assert send(portal, "DELETE", cookie=cookie, changed=changed).status_code == 403
    assert send(portal, "POST", body=body).status_code == 204
    assert ANNA in seen(portal, cookie)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"ticket": 1}', b'{"ticket": ""}', b"x" * 5000])
def test_nonsense_is_refused(portal: Server, body: bytes) -> None:
    assert send(portal, "POST", body=body).status_code == 403


def test_ticket_of_a_tenant_opens_nothing_in_the_dashboard(dashboard: Server) -> None:
    assert send(dashboard, "POST", body={"ticket": ticket()}).status_code == 403


def test_sign_out_ends_every_copy_of_the_cookie(portal: Server) -> None:
    cookie = tenant_cookie()
    with client(portal.port, cookie=cookie) as elsewhere:
        assert ANNA in texts(elsewhere.rerun())
        answer = send(portal, "DELETE", cookie=cookie)
        assert answer.status_code == 204
        assert 'iok_najemca=""' in answer.headers["set-cookie"]
        assert ANNA not in texts(elsewhere.rerun())
    assert ANNA not in seen(portal, cookie)
    assert httpx.get(f"{portal.url}/media/0123.pdf", headers={"Cookie": cookie}).status_code == 403


def seen(server: Server, cookie: str) -> str:
    with client(server.port, cookie=cookie) as connection:
        return texts(connection.rerun())
