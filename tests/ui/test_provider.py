"""The office's identity provider: off by default, its answer read with care, its cookies gone within minutes."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.types import Message, Send

from core.settings import settings
from tests.servers import Server
from ui.provider import Provider, answer_in, provider, secrets_for_streamlit, short_lived_cookies

NAMES = {
    "IOK_OIDC_METADATA_URL": "https://idp.example/.well-known/openid-configuration",
    "IOK_OIDC_CLIENT_ID": "iok",
    "IOK_OIDC_CLIENT_SECRET": "tajne",
}
BY = Provider("https://idp.example", "iok", "tajne", "sub", "https://panel.example", "konto urzędu")
TOLD: dict[str, Any] = {
    "is_logged_in": True,
    "iss": "https://idp.example",
    "sub": "urzad|17",
    "nonce": "n1",
    "iat": 1_795_597_200,
}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (*NAMES, "IOK_OIDC_CLAIM", "IOK_OIDC_NAME", "IOK_STAFF_URL"):
        monkeypatch.delenv(name, raising=False)
    provider.cache_clear()
    yield
    provider.cache_clear()
    settings.cache_clear()


def test_without_settings_there_is_none() -> None:
    assert provider() is None


@pytest.mark.parametrize("missing", NAMES)
def test_half_a_provider_stops_the_start(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in NAMES.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=missing):
        provider()


def test_production_demands_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("IOK_PRODUCTION", "1")
    settings.cache_clear()
    with pytest.raises(ValueError, match="IOK_STAFF_URL"):
        provider()
    monkeypatch.setenv("IOK_STAFF_URL", "https://panel.example/")
    provider.cache_clear()
    found = provider()
    assert found is not None
    assert secrets_for_streamlit(found)["auth"]["redirect_uri"] == "https://panel.example/oauth2callback"
    assert "tajne" not in repr(found)


def test_answer_is_who_when_and_which() -> None:
    answer = answer_in(TOLD, BY)
    assert answer is not None
    assert (answer.subject, answer.answer) == ("urzad|17", "https://idp.example n1")
    assert answer.issued_at == datetime.fromtimestamp(1_795_597_200, UTC)


@pytest.mark.parametrize(
    "changed",
    [{"is_logged_in": False}, {"is_logged_in": "yes"}, {"nonce": None}, {"nonce": ""}, {"iat": None}, {"iat": "1"}],
)
def test_anything_less_is_no_answer(changed: dict[str, Any]) -> None:
    assert answer_in({**TOLD, **changed}, BY) is None


def test_address_that_nobody_verified_names_nobody() -> None:
    by = Provider("", "", "", "email", "", "")
    for verified, subject in ((True, "ewa@urzad.example"), (False, "")):
        answer = answer_in({**TOLD, "email": "ewa@urzad.example", "email_verified": verified}, by)
        assert answer is not None
        assert answer.subject == subject


def test_tokens_are_dropped_and_the_answer_lasts_two_minutes() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [
        (b"location", b"/"),
        (b"set-cookie", b"_streamlit_user=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
        (b"set-cookie", b"_streamlit_user_1=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
        (b"set-cookie", b"_streamlit_user_tokens=y; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"),
        (b"set-cookie", b"_streamlit_session=z; Path=/; Max-Age=1209600"),
    ]
    asyncio.run(_send(short_lived_cookies(send), {"type": "http.response.start", "status": 302, "headers": headers}))
    cookies = [value for name, value in sent[0]["headers"] if name == b"set-cookie"]
    assert cookies == [
        b"_streamlit_user=x; HttpOnly; Max-Age=120; Path=/; SameSite=lax",
        b"_streamlit_user_1=x; HttpOnly; Max-Age=120; Path=/; SameSite=lax",
        b"_streamlit_session=z; Path=/; Max-Age=1209600",
    ]


@pytest.mark.parametrize("path", ["/auth/login", "/auth/logout", "/oauth2callback", "/oauth2callback?state=x&code=y"])
def test_routes_of_streamlits_sign_in_are_closed_by_default(dashboard: Server, portal: Server, path: str) -> None:
    for server in (dashboard, portal):
        assert httpx.get(server.url + path).status_code == 404


async def _send(send: Send, message: Message) -> None:
    await send(message)
