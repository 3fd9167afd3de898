"""The office's identity provider (OpenID Connect), where an installation has one; employees may sign in through it."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.types import Message, Send

from core.accounts.provider_sign_in import ProviderAnswer
from core.settings import settings

STAFF_URL = "http://localhost:8502"
# Streamlit's routes of a sign-in; its sign-out stays closed, ours is `/sesja`.
LOGIN_PATH, CALLBACK_PATH = "/auth/login", "/oauth2callback"
COOKIE, TOKENS_COOKIE = "_streamlit_user", "_streamlit_user_tokens"
COOKIE_SECONDS = 120
_MAX_AGE = re.compile(rb"max-age=[1-9]\d*", re.I)


@dataclass(frozen=True, slots=True)
class Provider:
    """What Streamlit's own sign-in needs, and the claim under which an employee is known."""

    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str
    staff_url: str
    name: str  # on the button


@lru_cache(maxsize=1)
def provider() -> Provider | None:
    """The provider of this process, or None when employees sign in with passwords only.

    `IOK_OIDC_METADATA_URL` (…/.well-known/openid-configuration), `IOK_OIDC_CLIENT_ID` and `IOK_OIDC_CLIENT_SECRET` turn it on;
    `IOK_OIDC_CLAIM` (default `sub`) names an employee, `IOK_OIDC_NAME` the button, `IOK_STAFF_URL` is where browsers reach
    the dashboard. Raises ValueError for a setting that is missing, and in production for addresses without TLS.
    """
    given = {name: os.environ.get(f"IOK_OIDC_{name}") or "" for name in ("METADATA_URL", "CLIENT_ID", "CLIENT_SECRET")}
    if not any(given.values()):
        return None
    if missing := [f"IOK_OIDC_{name}" for name, value in given.items() if not value]:
        raise ValueError(f"{', '.join(missing)}: missing beside the other IOK_OIDC_ settings")
    staff_url = (os.environ.get("IOK_STAFF_URL") or STAFF_URL).rstrip("/")
    if settings().production and not (
        given["METADATA_URL"].startswith("https://") and staff_url.startswith("https://")
    ):
        raise ValueError("IOK_OIDC_METADATA_URL and IOK_STAFF_URL must begin with https:// in production")
    return Provider(
        metadata_url=given["METADATA_URL"],
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        claim=os.environ.get("IOK_OIDC_CLAIM") or "sub",
        staff_url=staff_url,
        name=os.environ.get("IOK_OIDC_NAME") or "konto urzędu",
    )


def secrets_for_streamlit(of: Provider) -> dict[str, Any]:
    """The section `auth` of Streamlit's secrets, which never stands in a file.

    The provider asks for a password each time: our limit of idleness would mean nothing if it let anybody at the desk in.
    """
    return {
        "auth": {
            "redirect_uri": of.staff_url + CALLBACK_PATH,
            # Signs what has to last from the provider's answer to the reload: a new one each start is good enough.
            "cookie_secret": secrets.token_urlsafe(32),
            "client_id": of.client_id,
            "client_secret": of.client_secret,
            "server_metadata_url": of.metadata_url,
            "client_kwargs": {"scope": "openid email profile", "prompt": "login"},
        }
    }


def answer_in(told: Mapping[str, Any], of: Provider) -> ProviderAnswer | None:
    """The provider's answer in what Streamlit tells of a browser that comes back from it; None of any other browser."""
    if told.get("is_logged_in") is not True:
        return None
    issued_at, nonce, subject = told.get("iat"), told.get("nonce"), told.get(of.claim)
    if not isinstance(issued_at, int) or not isinstance(nonce, str) or not nonce:
        return None
    if of.claim == "email" and told.get("email_verified") is False:
        subject = None  # anybody could have written it there
    return ProviderAnswer(
        subject=subject if isinstance(subject, str) else "",
        answer=f"{told.get('iss')} {nonce}",
        issued_at=datetime.fromtimestamp(issued_at, UTC),
    )


def short_lived_cookies(send: Send) -> Send:
    """Streamlit would keep the provider's answer for thirty days; two minutes last until our session begins.

    The provider's tokens are not kept at all.
    """

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if not _sets_tokens(name, value)]
            message = {**message, "headers": [(name, _shortened(name, value)) for name, value in kept]}
        await send(message)

    return answer


def _sets_tokens(name: bytes, value: bytes) -> bool:
    return name.lower() == b"set-cookie" and value.startswith(TOKENS_COOKIE.encode()) and bool(_MAX_AGE.search(value))


def _shortened(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie" or not value.startswith(COOKIE.encode()):
        return value
    shorter = _MAX_AGE.sub(f"Max-Age={COOKIE_SECONDS}".encode(), value)
    return shorter + b"; Secure" if settings().tls and b"; secure" not in shorter.lower() else shorter
