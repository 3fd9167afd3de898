"""The environment is made once, and again when the requirements changed."""

from pathlib import Path

import pytest

from scripts import environment


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with requirements and an environment made from them."""
    (tmp_path / "requirements.txt").write_text("click==8.5.1\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9.2.0\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    for level in environment.FILES:
        stamp = tmp_path / ".venv" / f".made-for-{level}"
        stamp.write_text(environment.fingerprint(level, tmp_path), encoding="ascii")
    return tmp_path


def is_current(root: Path, level: str) -> bool:
    return environment.is_current(level, root / ".venv", root)


def test_unchanged_requirements_leave_the_environment_alone(root: Path) -> None:
    (root / "requirements.txt").touch()  # the content counts, not the time
    assert is_current(root, "run")
    assert is_current(root, "dev")


def test_changed_tools_leave_the_product_alone(root: Path) -> None:
    (root / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9.3.0\n")
    assert is_current(root, "run")
    assert not is_current(root, "dev")


def test_changed_requirements_touch_both(root: Path) -> None:
    (root / "requirements.txt").write_text("click==8.5.2\n")
    assert not is_current(root, "run")
    assert not is_current(root, "dev")


def test_broken_off_environment_is_made_again(root: Path) -> None:
    (root / ".venv" / ".made-for-run").unlink()
    assert not is_current(root, "run")


def test_old_python_is_told_which_one_is_needed() -> None:
    refusal = environment.missing_part((3, 10))
    assert refusal is not None
    assert "3.11" in refusal


def test_python_without_venv_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    refusal = environment.missing_part((3, 11))
    assert refusal is not None
    assert "python3.11-venv" in refusal


def test_this_python_will_do() -> None:
    assert environment.missing_part() is None
