"""The office's identity provider (OpenID Connect), where an installation has one; employees may sign in through it."""

import os
from dataclasses import dataclass, field
from functools import lru_cache

from core.settings import settings

STAFF_URL = "http://localhost:8502"


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
