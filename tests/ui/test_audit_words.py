"""Whatever the core writes into the audit log is shown in Polish."""

import ast
from collections.abc import Iterator

from core.activation.models import RequestState
from core.faults.steps import STEPS
from core.settings import ROOT
from ui.audit_words import ACTIONS, OBJECTS


def _written() -> Iterator[tuple[str | None, str | None]]:
    """Action and kind of object of every call that writes an event, where they are plain words."""
    for path in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in ("record", "record_by"):
                continue
            named = {word.arg: word.value for word in node.keywords}
            action = named.get("action") or (node.args[2] if len(node.args) > 2 else None)
            yield _word(action), _word(named.get("object_kind"))


def _word(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_action_and_object_has_its_words() -> None:
    written = list(_written())
    assert len(written) > 20
    assert {action for action, _ in written if action} - ACTIONS.keys() == set()
    assert {kind for _, kind in written if kind} - OBJECTS.keys() == set()


def test_every_state_of_an_application_has_its_words() -> None:
    assert {f"request_{state}" for state in RequestState} - ACTIONS.keys() == set()


def test_every_step_of_a_fault_report_has_its_words() -> None:
    assert {f"fault_{step}" for step in STEPS.values()} - ACTIONS.keys() == set()
