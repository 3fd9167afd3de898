"""An environment is made once, and again when its requirements changed."""

from pathlib import Path

import pytest

from scripts import environment


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with requirements and environments made from them."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "requirements.txt").write_text("click==8.5.1\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9.2.0\n")
    (tmp_path / "bench" / "requirements-peers.txt").write_text("csvkit==2.2.0\n")
    for level in environment.FILES:
        python = environment.folder(level, tmp_path) / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        stamp = environment.folder(level, tmp_path) / f".made-for-{level}"
        stamp.write_text(environment.fingerprint(level, tmp_path), encoding="ascii")
    return tmp_path


def is_current(root: Path, level: str) -> bool:
    return environment.is_current(level, root)


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


def test_peers_stand_apart_and_touch_nothing_of_the_product(root: Path) -> None:
    (root / "bench" / "requirements-peers.txt").write_text("csvkit==2.3.0\n")
    assert not is_current(root, "peers")
    assert is_current(root, "run")
    assert is_current(root, "dev")
    assert environment.folder("peers", root) != environment.folder("dev", root) == environment.folder("run", root)


def test_product_needs_no_peers(root: Path) -> None:
    (root / ".venv-peers" / ".made-for-peers").unlink()
    assert is_current(root, "dev")


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
