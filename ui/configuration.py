"""What must be right before the first request: a wrong setting stops the start instead of opening a door."""

from collections.abc import Callable
from typing import Any

from streamlit import config

from core.landlord import is_made_up
from core.settings import Settings, settings
from ui.service import SESSION_FIELD, SESSION_HEADER

SHORTEST_SECRET = 32

# (option, what it must satisfy, what to tell): always …
ALWAYS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "server.trustedUserHeaders",
        lambda value: value == {SESSION_HEADER: SESSION_FIELD},
        f'must be {{ "{SESSION_HEADER}" = "{SESSION_FIELD}" }}: no other header says who is signed in',
    ),
    ("server.enableXsrfProtection", bool, "must be true"),
    ("server.enableCORS", bool, "must be true: false lets foreign pages in"),
    ("server.enableStaticServing", lambda value: not value, "must be false: it serves files to everybody"),
    ("server.baseUrlPath", lambda value: not value, "must be empty: each service has a host name of its own"),
    ("client.showErrorDetails", lambda value: value in ("none", False), 'must be "none"'),
)
# … and in production.
PRODUCTION: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "server.cookieSecret",
        lambda value: isinstance(value, str) and len(value) >= SHORTEST_SECRET and len(set(value)) > 8,
        f"must be a random secret of at least {SHORTEST_SECRET} characters (STREAMLIT_SERVER_COOKIE_SECRET)",
    ),
    ("server.fileWatcherType", lambda value: value == "none", 'must be "none"'),
    ("global.developmentMode", lambda value: not value, "must be false"),
)


def check_configuration() -> None:
    """Refuse to start with a setting that is not safe; raises RuntimeError naming every one of them."""
    problems = wrong_settings(settings(), config.get_option, landlord_is_made_up=is_made_up())
    if problems:
        raise RuntimeError("Refusing to start:\n" + "\n".join(f"- {problem}" for problem in problems))


def wrong_settings(ours: Settings, option: Callable[[str], Any], *, landlord_is_made_up: bool = False) -> list[str]:
    """Every setting that is not safe, in words."""
    rules = ALWAYS + PRODUCTION if ours.production else ALWAYS
    problems = [f"{name} {demand}" for name, holds, demand in rules if not holds(option(name))]
    if ours.production and not ours.tls:
        problems.append("IOK_TLS must be 1: in production browsers come over TLS")
    if ours.production and landlord_is_made_up:
        problems.append("IOK_LANDLORD_NAME must be set: the terms and every screen name the landlord")
    return problems
