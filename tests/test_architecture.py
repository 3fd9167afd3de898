"""The rules of the house that no linter knows. Each is a function; each has been seen to fail on a planted example."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from core.commands import cli

ROOT = Path(__file__).resolve().parent.parent
# Pages that everybody may open. Anything else begins with its guard.
PUBLIC_PAGES = frozenset(
    {
        "staff/help.py",
        "staff/sign_in.py",
        "tenant/activation.py",
        "tenant/administrator.py",
        "tenant/help.py",
        "tenant/not_me.py",
        "tenant/proxy_invitation.py",
        "tenant/recovery.py",
        "tenant/request_status.py",
        "tenant/sign_in.py",
        "tenant/terms.py",
    }
)
GUARDS = frozenset({"require_tenant", "require_employee"})
LONGEST_PAGE = 100
LONGEST_MODULE = 400
PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[0-9][A-Za-z0-9.+!]*$")


def modules(folder: Path) -> Iterator[Path]:
    """The Python files under a folder."""
    yield from (path for path in sorted(folder.rglob("*.py")) if "__pycache__" not in path.parts)


def scripts_directly_in_pages(pages: Path) -> list[str]:
    """Streamlit serves `pages/*.py` of a cold server without running the entry script, hence without its sign-in."""
    return [path.name for path in sorted(pages.glob("*.py")) if path.name != "__init__.py"]


def unguarded_pages(pages: Path, public: frozenset[str]) -> list[str]:
    """Pages whose first statement after docstring and imports is not their guard."""
    named = [(path, path.relative_to(pages).as_posix()) for path in modules(pages) if path.name != "__init__.py"]
    return [name for path, name in named if name not in public and not _begins_with_guard(path)]


def _begins_with_guard(page: Path) -> bool:
    body = ast.parse(page.read_text(encoding="utf-8")).body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    first = next((one for one in body if not isinstance(one, ast.Import | ast.ImportFrom)), None)
    if not isinstance(first, ast.Assign | ast.AnnAssign | ast.Expr):
        return False
    called = first.value
    return isinstance(called, ast.Call) and isinstance(called.func, ast.Name) and called.func.id in GUARDS


def engines_and_commits_elsewhere(root: Path) -> list[str]:
    """Uses of `create_engine` and `.commit()` outside the one module that may."""
    found = []
    sources = [path for folder in ("core", "ui", "pages") for path in modules(root / folder)]
    for path in [*sources, *root.glob("app_*.py")]:
        name = path.relative_to(root).as_posix()
        if name == "core/db.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("commit", "create_engine"):
                found.append(f"{name}:{node.lineno} {node.attr}")
            elif (
                isinstance(node, ast.Name | ast.alias)
                and getattr(node, "id", getattr(node, "name", "")) == "create_engine"
            ):
                found.append(f"{name}:{node.lineno} create_engine")
    return found


def kept_files_sought_elsewhere(root: Path) -> list[str]:
    """Uses of `settings().files` outside the one module that knows where files are kept: they would miss the bucket."""
    found = []
    sources = [path for folder in ("core", "ui", "pages", "bench") for path in modules(root / folder)]
    for path in [*sources, *root.glob("app_*.py")]:
        name = path.relative_to(root).as_posix()
        if name == "core/documents/storage.py":
            continue
        found += [
            f"{name}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("settings().files")
        ]
    return found


def commands_without_help(command: click.Command, path: str = "core") -> list[str]:
    """Commands without a help text, and options without one."""
    found = [] if command.help else [path]
    found += [
        f"{path} {option.opts[0]}"
        for option in command.params
        if isinstance(option, click.Option) and not option.help and not option.hidden
    ]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            found += commands_without_help(below, f"{path} {name}") if below else [f"{path} {name}"]
    return found


def too_long(root: Path) -> list[str]:
    """Pages over their limit, modules of core and ui over theirs."""
    limits = {"pages": LONGEST_PAGE, "core": LONGEST_MODULE, "ui": LONGEST_MODULE}
    return [
        path.relative_to(root).as_posix()
        for folder, limit in limits.items()
        for path in modules(root / folder)
        if len(path.read_text(encoding="utf-8").splitlines()) > limit
    ]


def unpinned(requirements: str) -> list[str]:
    """Requirements that leave their version open."""
    wanted = [line.split("#")[0].strip() for line in requirements.splitlines()]
    return [line for line in wanted if line and not line.startswith("-r ") and not PINNED.match(line)]


def parts_outside_the_arrows(core: Path, pyproject: str) -> list[str]:
    """Packages and modules of core that the import contract gives no place."""
    contracts = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    inside = next(contract for contract in contracts if contract.get("containers") == ["core"])
    placed = {part.strip() for layer in inside["layers"] for part in layer.split("|")}
    placed |= {"__init__", *inside["exhaustive_ignores"]}
    parts = {path.stem for path in core.glob("*.py")} | {path.parent.name for path in core.glob("*/__init__.py")}
    return sorted(parts - placed)


def glossary_names(glossary: str, heading: str) -> set[str]:
    """The names in code of the table under a heading: what its second column has in backticks."""
    section = glossary.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("|")]
    return {name for row in rows[2:] for name in re.findall(r"`([^`]+)`", row[2])}


def names_defined_in(core: Path) -> set[str]:
    """Everything core gives a name to: classes, functions, parameters, attributes, variables, and its own folders."""
    found = {path.stem for path in modules(core)} | {path.parent.name for path in modules(core)}
    for path in modules(core):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


@pytest.fixture(scope="module")
def glossary() -> str:
    return (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def defined() -> set[str]:
    return names_defined_in(ROOT / "core")


def plant(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_no_script_stands_directly_in_pages() -> None:
    assert scripts_directly_in_pages(ROOT / "pages") == []


def test_script_directly_in_pages_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, "__init__.py", "")
    plant(tmp_path, "tenant/home.py", "")
    plant(tmp_path, "secret.py", "")
    assert scripts_directly_in_pages(tmp_path) == ["secret.py"]


def test_each_page_begins_with_its_guard() -> None:
    assert unguarded_pages(ROOT / "pages", PUBLIC_PAGES) == []


def test_public_pages_exist() -> None:
    assert [name for name in PUBLIC_PAGES if not (ROOT / "pages" / name).exists()] == []


@pytest.mark.parametrize(
    ("page", "guarded"),
    [
        ('"""Home."""\nfrom ui.sign_in import require_tenant\nscope = require_tenant()\nshow(scope)\n', True),
        ('"""Desk."""\nimport x\nrequire_employee(Permission.SEE_DESK)\n', True),
        ('"""Home."""\nimport x\nx.show()\nscope = require_tenant()\n', False),
        ('"""Home."""\ndef f():\n    require_tenant()\nf()\n', False),
        ('"""Home."""\nscope = demo.require_tenant\n', False),
        ('"""Home."""\n', False),
    ],
)
def test_missing_guard_is_seen(tmp_path: Path, page: str, guarded: bool) -> None:
    plant(tmp_path, "tenant/home.py", page)
    plant(tmp_path, "tenant/open.py", "")
    assert unguarded_pages(tmp_path, frozenset({"tenant/open.py"})) == ([] if guarded else ["tenant/home.py"])


def test_one_module_makes_engines_and_commits() -> None:
    assert engines_and_commits_elsewhere(ROOT) == []


def test_engine_and_commit_elsewhere_are_seen(tmp_path: Path) -> None:
    plant(tmp_path, "core/db.py", "engine = create_engine(url)\nsession.commit()\n")
    plant(tmp_path, "core/a.py", "def f(session):\n    session.commit()\n")
    plant(tmp_path, "ui/b.py", "from sqlalchemy import create_engine\n")
    plant(tmp_path, "pages/c.py", "import sqlalchemy as sa\nsa.create_engine('')\n")
    plant(tmp_path, "app_tenant.py", "connection.commit()\n")
    found = engines_and_commits_elsewhere(tmp_path)
    assert [place.split(":")[0] for place in found] == ["core/a.py", "ui/b.py", "pages/c.py", "app_tenant.py"]


def test_one_module_knows_where_files_are_kept() -> None:
    assert kept_files_sought_elsewhere(ROOT) == []


def test_file_sought_past_the_store_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, "core/documents/storage.py", "place = settings().files / sha256\n")
    plant(tmp_path, "core/a.py", "place = core.settings.settings().files / 'ab'\nurl = settings().files_url\n")
    plant(tmp_path, "ui/b.py", "\nfor file in settings().files.rglob('*'): ...\n")
    assert kept_files_sought_elsewhere(tmp_path) == ["core/a.py:1", "ui/b.py:2"]


def test_every_command_and_option_has_help() -> None:
    assert commands_without_help(cli) == []


def test_missing_help_is_seen() -> None:
    @click.group()
    def planted() -> None:
        """A group."""

    @planted.command()
    @click.option("--mute")
    @click.option("--loud", help="Says so.")
    def silent(mute: str, loud: str) -> None: ...

    assert commands_without_help(planted) == ["core silent", "core silent --mute"]


def test_no_file_is_too_long() -> None:
    assert too_long(ROOT) == []


def test_too_long_files_are_seen(tmp_path: Path) -> None:
    plant(tmp_path, "pages/tenant/long.py", "pass\n" * 101)
    plant(tmp_path, "pages/tenant/fits.py", "pass\n" * 100)
    plant(tmp_path, "core/long.py", "pass\n" * 401)
    plant(tmp_path, "ui/fits.py", "pass\n" * 400)
    assert too_long(tmp_path) == ["pages/tenant/long.py", "core/long.py"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_names_its_version(name: str) -> None:
    assert unpinned((ROOT / name).read_text(encoding="utf-8")) == []


def test_open_requirement_is_seen() -> None:
    text = "# tools\n-r requirements.txt\npytest==9.2.0  # runner\npsycopg[binary]==3.3.9\nruff\nmypy>=2\nx==1.*\n"
    assert unpinned(text) == ["ruff", "mypy>=2", "x==1.*"]


def test_every_part_of_core_has_its_place_in_the_arrows() -> None:
    assert parts_outside_the_arrows(ROOT / "core", (ROOT / "pyproject.toml").read_text(encoding="utf-8")) == []


def test_part_outside_the_arrows_is_seen(tmp_path: Path) -> None:
    for name in ("__init__.py", "__main__.py", "db.py", "ledger/__init__.py", "faults/__init__.py", "helpers.py"):
        plant(tmp_path, name, "")
    contract = (
        '[[tool.importlinter.contracts]]\ncontainers = ["core"]\nexhaustive_ignores = ["__main__"]\n'
        'layers = ["ledger | charges", "db"]\n'
    )
    assert parts_outside_the_arrows(tmp_path, contract) == ["faults", "helpers"]


def test_glossary_names_exist(glossary: str, defined: set[str]) -> None:
    names = glossary_names(glossary, "Built")
    assert len(names) > 20
    assert sorted(names - defined) == []


def test_announced_names_are_not_built_yet(glossary: str, defined: set[str]) -> None:
    names = glossary_names(glossary, "Announced")  # none, when all that was announced is built
    assert sorted(names & defined) == []


def test_glossary_is_compared_with_code(tmp_path: Path) -> None:
    table = "| Polish | in code | note |\n|---|---|---|\n"
    text = f"# G\n\n## Built\n\n{table}| najemca | `Tenant`, `tenant_no` | `x` |\n\n## Announced\n\n{table}| a | `Meter` | |\n"
    plant(tmp_path, "registry/models.py", "class Tenant:\n    tenant_no: str\n\nclass Meter: ...\n")
    assert glossary_names(text, "Built") == {"Tenant", "tenant_no"}
    assert glossary_names(text, "Announced") & names_defined_in(tmp_path) == {"Meter"}
    assert {"Tenant", "tenant_no", "registry"} <= names_defined_in(tmp_path)
