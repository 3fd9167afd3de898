"""The one place that makes engines and commits.

SQLite (embedded default): WAL, foreign keys, `BEGIN IMMEDIATE` for writers, busy timeout, full sync, secure delete, and
a read-only engine beside it. PostgreSQL: the same code. Defaults of either lose concurrent updates without an error.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Insert,
    Integer,
    MetaData,
    String,
    Update,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from core.errors import DomainError
from core.money import Area, Money, Quantity, Rate, Volume
from core.settings import ROOT, settings

MIGRATIONS = ROOT / "migrations"
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Engines(StrEnum):
    """The engines there are."""

    WRITING = "writing"
    NOTING = "noting"  # does not wait for the disk
    READING = "reading"


BUSY = "Baza danych jest zajęta przez inną operację. Poczekaj, aż się skończy, i spróbuj ponownie."
BUSY_TIMEOUT = 30_000  # milliseconds a SQLite writer waits for another

# 64 bits on PostgreSQL; SQLite's rowid is 64 bits already and must be spelled INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class ScaledType(TypeDecorator[Any]):
    """A Decimal kept as an integer of 10**-places."""

    impl = BigInteger
    cache_ok = True
    places = 2

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Store the scaled integer; a value with more places than the column keeps is a bug."""
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give back the Decimal with all its places."""
        # PostgreSQL answers SUM(bigint) with a numeric; int() brings both databases to the same ground.
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class GroszeType(ScaledType):
    """PLN as integer grosze."""

    cache_ok = True


class VolumeType(ScaledType):
    """m³ as an integer of 0.001 m³."""

    cache_ok = True
    places = 3


class AreaType(ScaledType):
    """m² as an integer of 0.01 m²."""

    cache_ok = True


class QuantityType(ScaledType):
    """A quantity of whatever unit as an integer of 0.001."""

    cache_ok = True
    places = 3


class RateType(ScaledType):
    """PLN a unit as an integer of 0.0001."""

    cache_ok = True
    places = 4


class UtcType(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, UTC text on SQLite, aware UTC in Python on both."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive instant is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        Money: GroszeType(),
        Volume: VolumeType(),
        Area: AreaType(),
        Quantity: QuantityType(),
        Rate: RateType(),
        datetime: UtcType(),
        str: String(),
    }


def _sqlite_pragmas(kind: Engines) -> Any:
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we begin ourselves: the driver's own BEGIN is deferred and loses updates
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -65536")
        if kind is Engines.READING:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute(f"PRAGMA synchronous = {'NORMAL' if kind is Engines.NOTING else 'FULL'}")
            cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    return connect


def _begin(statement: str) -> Any:
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)

    return begin


@lru_cache(maxsize=6)
def _engine(url: str, kind: Engines) -> Engine:
    if url.startswith("sqlite"):
        Path(make_url(url).database or ".").parent.mkdir(parents=True, exist_ok=True)
        made = create_engine(url, hide_parameters=True)
        event.listen(made, "connect", _sqlite_pragmas(kind))
        event.listen(made, "begin", _begin("BEGIN" if kind is Engines.READING else "BEGIN IMMEDIATE"))
        return made
    made = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    if kind is Engines.READING:
        event.listen(made, "begin", _begin("SET TRANSACTION READ ONLY"))
    if kind is Engines.NOTING:
        event.listen(made, "begin", _begin("SET LOCAL synchronous_commit = off"))
    return made


def engine() -> Engine:
    """The engine that writes."""
    return _engine(settings().database_url, Engines.WRITING)


def read_engine() -> Engine:
    """The engine that only reads; a write through it is refused by the database."""
    return _engine(settings().database_url, Engines.READING)


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits on success and rolls back on any exception; core never commits itself."""
    with _committed(engine()) as session:
        yield session


@contextmanager
def noting() -> Iterator[Session]:
    """A session like that of `transaction` which does not wait for the disk: only for what may happen again.

    What it wrote outlives the end of this program, however sudden; a power failure may undo all that followed the last
    `transaction`.
    """
    with _committed(_engine(settings().database_url, Engines.NOTING)) as session:
        yield session


@contextmanager
def _committed(on: Engine) -> Iterator[Session]:
    with Session(on) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def rehearsal() -> Iterator[Session]:
    """A session that writes like any other and is always rolled back: what would happen, without its happening."""
    with Session(engine()) as session:
        try:
            yield session
        finally:
            session.rollback()


@contextmanager
def reading() -> Iterator[Session]:
    """A session on the read-only engine: pages that only look never wait for a writer."""
    with Session(read_engine()) as session:
        yield session


def is_busy(error: Exception) -> bool:
    """Whether the database refused because another writer held it for longer than we wait."""
    if not isinstance(error, OperationalError):
        return False
    return "database is locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "55P03"


def changed_rows(
    session: Session, statement: Update | Delete | Insert, parameters: Mapping[str, Any] | None = None
) -> int:
    """Run a conditional UPDATE, DELETE or INSERT … SELECT and tell how many rows met its condition.

    `parameters` fill the `bindparam`s of a statement that was built once.
    """
    # Of an INSERT the count is not kept by itself.
    result = session.execute(statement, parameters, execution_options={"preserve_rowcount": True})
    if not isinstance(result, CursorResult):
        raise TypeError("a statement that returns rows has no count of changed ones")
    return result.rowcount


def migrate(revision: str = "head") -> None:
    """Bring the schema to a revision; each migration runs in a transaction of its own."""
    from alembic import command  # only here and below: it takes longer to import than most commands to run

    command.upgrade(alembic_config(), revision)


def newest_revision() -> str:
    """The revision that this program knows as the newest; the files of the migrations begin with theirs, in their order."""
    return max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def require_schema() -> None:
    """Give an empty database the newest schema; refuse one of another version, which only `migrate` may change.

    Raises DomainError.
    """
    with read_engine().connect() as connection:
        tables = inspect(connection).get_table_names()
        known = "alembic_version" in tables
        stands = connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
    newest = newest_revision()
    if not tables:
        migrate()
    elif stands != newest:
        raise DomainError(
            f"Baza danych ma schemat w wersji {stands or 'nieznanej'}, a program w wersji {newest}. "
            "Zrób kopię bazy i uruchom: python -m core migrate"
        )


def alembic_config() -> Any:
    """Alembic's configuration for `migrations/`, an `alembic.config.Config`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def dispose() -> None:
    """Close every connection and forget the engines (after a fork, between tests, at the end of an app)."""
    for kind in Engines:
        _engine(settings().database_url, kind).dispose()
    _engine.cache_clear()
