"""The private parts of Streamlit and streamlit-authenticator that the sign-in leans on. A new version fails here first."""

import inspect

import streamlit as st
import streamlit_authenticator
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.app_discovery import discover_asgi_app
from streamlit.web.server.starlette.starlette_websocket import gather_user_info
from streamlit_authenticator.controllers import AuthenticationController, CookieController
from streamlit_authenticator.models import AuthenticationModel

from core.settings import ROOT


def public(cls: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("_")}


def test_cookies_of_the_library_have_three_doors_and_all_are_closed() -> None:
    from ui.authenticator import NoCookies

    assert public(CookieController) == {"get_cookie", "set_cookie", "delete_cookie"}
    for name in public(CookieController):
        assert getattr(NoCookies, name) is not getattr(CookieController, name)
    assert NoCookies().get_cookie() is None


def test_flow_of_the_library_asks_the_model_for_its_yes() -> None:
    source = inspect.getsource(AuthenticationModel.login)
    assert "if self.check_credentials(username, password):" in source
    assert "self.credentials['usernames'][username]" in source
    assert "self._record_failed_login_attempts(username, reset=True)" in source
    assert list(inspect.signature(AuthenticationModel.check_credentials).parameters) == ["self", "username", "password"]
    assert list(inspect.signature(AuthenticationModel._record_failed_login_attempts).parameters) == [
        "self", "username", "reset",
    ]  # fmt: skip


def test_controller_of_the_library_has_the_parts_ours_fills() -> None:
    source = inspect.getsource(AuthenticationController.__init__)
    for part in ("secret_key", "validator", "authentication_model", "encryptor"):
        assert f"self.{part} =" in source
    view = inspect.getsource(streamlit_authenticator.Authenticate.__init__)
    for part in ("api_key", "attrs", "secret_key", "path", "cookie_controller", "authentication_controller"):
        assert f"self.{part}" in view


def test_pages_directory_is_switched_off_by_a_class_attribute() -> None:
    assert "uses_pages_directory" in vars(PagesManager)
    assert "PagesManager.uses_pages_directory is None" in inspect.getsource(PagesManager)


def test_trusted_header_is_read_from_the_handshake() -> None:
    assert "server.trustedUserHeaders" in config._config_options_template
    assert "headers.getlist(header_name)" in inspect.getsource(gather_user_info)


def test_garbage_collection_after_a_run_can_be_switched_off() -> None:
    assert "runner.postScriptGC" in config._config_options_template
    assert config.get_option("runner.postScriptGC") is False


def test_both_applications_are_found_by_the_launcher() -> None:
    for name in ("app_tenant.py", "app_staff.py"):
        found = discover_asgi_app(ROOT / name)
        assert found.is_asgi_app
        assert str(found.import_string).endswith(":app")


def test_app_takes_what_we_give_it() -> None:
    parameters = set(inspect.signature(st.App.__init__).parameters)
    assert {"routes", "middleware", "lifespan", "on_script_error"} <= parameters
