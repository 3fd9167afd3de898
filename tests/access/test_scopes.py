"""Scopes are made in one place, after the session was looked up; no widget and no page makes itself somebody."""

import ast
import re

import pytest

from core.settings import ROOT

MAKER = "core/accounts/sign_in.py"
SOURCES = sorted(
    file
    for pattern in ("app_*.py", "core/**/*.py", "ui/**/*.py", "pages/**/*.py", "bench/**/*.py")
    for file in ROOT.glob(pattern)
)
# streamlit-authenticator keeps who signed in under these in st.session_state; a widget with such a key would say so too.
BANNED_KEYS = {"username", "name", "email", "roles", "authentication_status", "logout", "user"}


def calls(tree: ast.Module) -> list[tuple[str, ast.Call]]:
    return [
        (node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    ]


def test_scopes_are_made_in_one_place() -> None:
    makers = {
        file.relative_to(ROOT).as_posix()
        for file in SOURCES
        for name, _ in calls(ast.parse(file.read_text(encoding="utf-8")))
        if name in {"TenantScope", "EmployeeScope"}
    }
    assert makers == {MAKER}


def test_scopes_are_never_copied_with_changes() -> None:
    # dataclasses.replace(scope, tenant_id=…) would be a second maker.
    for file in SOURCES:
        for name, call in calls(ast.parse(file.read_text(encoding="utf-8"))):
            changed = {keyword.arg for keyword in call.keywords}
            assert name != "replace" or not changed & {"tenant_id", "account_id", "employee_id", "session_key"}, file


def test_no_widget_has_a_key_that_says_who_somebody_is() -> None:
    for file in SOURCES:
        for _, call in calls(ast.parse(file.read_text(encoding="utf-8"))):
            keys = {k.value.value for k in call.keywords if k.arg == "key" and isinstance(k.value, ast.Constant)}
            assert not keys & BANNED_KEYS, f"{file}:{call.lineno}"


@pytest.mark.parametrize("folder", ["pages/tenant", "pages/staff"])
def test_pages_do_not_ask_the_session_state_who_somebody_is(folder: str) -> None:
    for file in (ROOT / folder).glob("*.py"):
        assert not re.search(r"st\.user|session_key|key_hash|st\.context", file.read_text(encoding="utf-8")), file
