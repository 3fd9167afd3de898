"""Who is signed in, and the sign-in screen.

The screen and its flow are streamlit-authenticator's, over our accounts. Its cookie and its counters are off: a right
password gives a one-time ticket, `portal.js` posts it to `/sesja`, the page reloads with an HttpOnly cookie, and from then
on the session's row in the database is the only thing that says who is signed in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission, TenantScope
from core.access.sessions import activity_due, note_activity, why_ended
from core.accounts.provider_sign_in import AnswerUsedError, sign_in_by_provider
from core.accounts.sign_in import employee_scope, sign_out, tenant_scope
from core.db import reading, transaction
from core.errors import DomainError, SessionEndedError
from ui.authenticator import PortalAuthenticator, device, network
from ui.forms import show_refusal
from ui.layout import Links, frame, link_list, note, paragraph, public_header
from ui.provider import answer_in, provider
from ui.service import SERVICES, SESSION_FIELD
from ui.text_size import ZOOM

SIGN_IN_PATH = "/logowanie"
FORM_WIDTH = 480  # pixels; narrower screens make it narrower

SIGN_IN_LINKS = {
    Realm.TENANT: [
        ("Nie masz konta? Wyślij wniosek o aktywację", "/aktywacja"),
        ("Wniosek już wysłany? Sprawdź jego stan", "/wniosek"),
        ("Nie pamiętasz hasła albo konto jest zablokowane? Odzyskaj dostęp", "/odzyskiwanie"),
    ]
}

_found: ContextVar[TenantScope | EmployeeScope | None] = ContextVar("found", default=None)


def current_tenant() -> TenantScope | None:
    """The tenant signed in in this browser, or None. A fragment that keeps people busy calls it as well."""
    key = _session_key()
    if key is None:
        return None
    try:
        with reading() as session:
            scope = tenant_scope(session, key)
    except SessionEndedError:
        return None
    return scope if _in_use(key, scope.seen_at) else None


def current_employee() -> EmployeeScope | None:
    """The employee signed in in this browser, with the roles of this moment, or None."""
    key = _session_key()
    if key is None:
        return None
    try:
        with reading() as session:
            scope = employee_scope(session, key)
    except SessionEndedError:
        return None
    return scope if _in_use(key, scope.seen_at) else None


@contextmanager
def this_run(scope: TenantScope | EmployeeScope) -> Iterator[None]:
    """While the router runs a page, the page's guard takes the router's answer instead of asking again.

    It holds for this run of this thread only: fragments, callbacks and downloads run outside and ask the database, and
    every function of the core asks it again in any case.
    """
    token = _found.set(scope)
    try:
        yield
    finally:
        _found.reset(token)


def require_tenant() -> TenantScope:
    """The first line of every page of the portal: the tenant's scope, or the sign-in screen and nothing else."""
    found = _found.get()
    return found if isinstance(found, TenantScope) else current_tenant() or sign_in_or_stop(Realm.TENANT)


def require_employee(permission: Permission | None = None) -> EmployeeScope:
    """The first line of every page of the dashboard: a scope with the permission, or no more of the page."""
    found = _found.get()
    scope = found if isinstance(found, EmployeeScope) else current_employee() or sign_in_or_stop(Realm.STAFF)
    if permission is not None and not scope.may(permission):
        st.title("Brak uprawnień", anchor=False)
        st.error("Nie masz uprawnień do tej strony. Zwróć się do administratora systemu.")
        st.stop()
    return scope


def sign_in_or_stop(realm: Realm, *, menu: Links = ()) -> NoReturn:
    """Show the sign-in screen, below the `menu` of screens that need no sign-in, and end the run."""
    public_header(SERVICES[realm].name, menu, current=SIGN_IN_PATH)
    with frame("Logowanie"), st.container(width=FORM_WIDTH):
        # Filled only by a refusal, but always there: an element that appears above a form takes the focus out of it.
        message = st.container(key="sign_in_message")
        _say_why_ended(message)
        ticket = _ticket_by_provider(realm, message) or PortalAuthenticator(realm).ask(message)
        _offer_provider(realm)
        if ticket is not None:
            with message:
                _browser_task("open-session", ticket, "Trwa logowanie…")
        if links := SIGN_IN_LINKS.get(realm):
            link_list(links, label="Pomoc w logowaniu")
        if realm is Realm.TENANT:
            paragraph(ZOOM)
    st.stop()


def _offer_provider(realm: Realm) -> None:
    if realm is not Realm.STAFF or (by := provider()) is None:
        return
    if st.button(f"Zaloguj się przez {by.name}", key="sign_in_provider", width="stretch"):
        st.login()


def _ticket_by_provider(realm: Realm, message: DeltaGenerator) -> str | None:
    """A ticket for a browser that comes back from the office's identity provider; why not goes into `message`."""
    by = provider() if realm is Realm.STAFF else None
    answer = answer_in(st.user.to_dict(), by) if by else None
    if answer is None:
        return None
    try:
        return sign_in_by_provider(answer, network=network(), device=device())
    except AnswerUsedError:
        return None  # the page is about to be left, or was left open
    except DomainError as refusal:
        with message:
            show_refusal(refusal, {})
    return None


def _say_why_ended(message: DeltaGenerator) -> None:
    key = _session_key()
    if key is None:
        return
    with reading() as session:
        reason = why_ended(session, key=key)
    if reason:
        with message:
            note(reason)


def sign_out_button() -> None:
    """A button that ends the session everywhere it is open, at once."""
    if st.button("Wyloguj się", key="sign_out", width="stretch"):
        key = _session_key()
        if key is not None:
            with transaction() as session:
                sign_out(session, key=key)
        st.session_state.clear()
        _browser_task("close-session", "", "Trwa wylogowywanie…")
        st.stop()


def ask_to_sign_in_again(message: str) -> None:
    """Say that the session has ended and start over with a clean page."""
    st.session_state.clear()
    st.warning(message)
    _browser_task("reload", "", "")


def _browser_task(name: str, ticket: str, text: str) -> None:
    # portal.js watches for this attribute. Values are ours: a word, a URL-safe token, a constant sentence.
    st.html(f'<p role="status" class="iok-task" data-iok-task="{name}" data-iok-ticket="{ticket}">{text}</p>')


def _session_key() -> str | None:
    key = st.user.get(SESSION_FIELD)
    return key if isinstance(key, str) else None


def _in_use(key: str, seen_at: datetime | None) -> bool:
    """Write now and then that a live session is being used; False when it ended meanwhile."""
    if seen_at is None or not activity_due(seen_at):
        return True
    with transaction() as session:
        return note_activity(session, key=key)
