"""streamlit-authenticator over our accounts: its form and its flow, none of its cookies, counters or hashes.

Its constructor mounts a cookie that scripts can read; its model copies all users into memory, counts failures of known
users only and answers faster for unknown ones. The parts replaced here are private: tests hold them still.
"""

import secrets
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController, CookieController
from streamlit_authenticator.models import AuthenticationModel
from streamlit_authenticator.utilities import Encryptor, Validator

from core.access.models import Realm
from core.accounts.attempts import network_of, normal_login
from core.accounts.sign_in import sign_in
from core.errors import DomainError

# What the library keeps in st.session_state. Nobody reads it here, and no widget may have such a key.
LIBRARY_KEYS = ("name", "authentication_status", "username", "email", "roles", "logout")


class NoCookies(CookieController):  # type: ignore[misc]
    """In the place of the library's cookie: the server's route `/sesja` sets ours."""

    def __init__(self) -> None:
        pass

    def get_cookie(self) -> dict[str, Any] | None:
        """Nobody signs in with a cookie of the library."""
        return None

    def set_cookie(self) -> None:
        """Nothing to set."""

    def delete_cookie(self) -> None:
        """Nothing to delete."""


class PortalModel(AuthenticationModel):  # type: ignore[misc]
    """The library's model with the core's accounts behind it. A right password leaves a ticket in `ticket`."""

    def __init__(self, realm: Realm, secret: str) -> None:
        super().__init__({"usernames": {}}, False, secret_key=secret, validator=Validator())
        self.realm = realm
        self.ticket: str | None = None
        self.refusal: DomainError | None = None

    def check_credentials(self, username: str, password: str) -> bool:
        """Sign in through the core; the library's flow goes on with the yes or no."""
        try:
            self.ticket = sign_in(self.realm, login=username, password=password, network=network(), device=device())
        except DomainError as refusal:
            self.refusal = refusal
            return False
        # The flow reads its one user back from here after a yes.
        self.credentials = {"usernames": {username: {"name": username, "email": None, "roles": None}}}
        return True

    def _record_failed_login_attempts(self, username: str, reset: bool = False) -> None:
        """Attempts are counted by the core, before the password is looked at."""


class PortalController(AuthenticationController):  # type: ignore[misc]
    """The library's controller, without its stripping of passwords."""

    def __init__(self, realm: Realm, secret: str) -> None:
        self.secret_key = secret
        self.validator = Validator()
        self.authentication_model = PortalModel(realm, secret)
        self.encryptor = Encryptor(secret)

    def login(self, username: str | None = None, password: str | None = None, **options: Any) -> bool | None:
        """Hand identifier and password to the model as they were typed, but for the identifier's spelling."""
        answer: bool | None = self.authentication_model.login(normal_login(username or ""), password or "", **options)
        return answer


class PortalAuthenticator(Authenticate):  # type: ignore[misc]
    """The sign-in form of one realm."""

    def __init__(self, realm: Realm) -> None:
        secret = secrets.token_urlsafe(32)
        self.api_key = None
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.secret_key = secret
        self.cookie_controller = NoCookies()
        self.authentication_controller = PortalController(realm, secret)
        self.encryptor = Encryptor(secret)
        _forget_library_state()

    def ask(self, message: DeltaGenerator) -> str | None:
        """Show the form; returns a ticket when it was sent with a right password, else writes why not into `message`."""
        with st.form("sign_in", enter_to_submit=True):
            login = st.text_input("Identyfikator", key="sign_in_login", autocomplete="username")
            password = st.text_input("Hasło", key="sign_in_secret", type="password", autocomplete="current-password")
            sent = st.form_submit_button("Zaloguj się", type="primary")
        if not sent:
            return None
        if not login.strip() or not password:
            _refuse(message, "Podaj identyfikator i hasło.")
            return None
        self.authentication_controller.login(login, password)
        _forget_library_state()
        model = self.authentication_controller.authentication_model
        if model.ticket is None and model.refusal is not None:
            _refuse(message, model.refusal.message)
        ticket: str | None = model.ticket
        return ticket


def _forget_library_state() -> None:
    for key in LIBRARY_KEYS:
        st.session_state.pop(key, None)


def _refuse(message: DeltaGenerator, text: str) -> None:
    # A new id each time makes the element new: the same refusal twice is read out twice.
    message.html(f'<p role="alert" class="iok-refusal" id="odmowa-{secrets.token_hex(4)}">{text}</p>')


def network() -> str:
    """The network of the browser that is asking, for limits."""
    address = st.context.ip_address
    return network_of(address if isinstance(address, str) else None)


def device() -> str:
    """What the browser that is asking says of itself."""
    agent = st.context.headers.get("User-Agent")
    return agent if isinstance(agent, str) else ""
