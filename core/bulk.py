"""Many rows at once, in the session's own transaction, by the fastest way each database offers.

SQLite takes the driver's `executemany`; PostgreSQL takes COPY into a temporary table and one INSERT … SELECT, whose
references are checked as a set. Column names come from our own tables only, so the SQL put together here is closed.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import SelectBase, Table
from sqlalchemy.orm import Session

CHUNK = 50_000


def insert_new(session: Session, table: Table, rows: pl.DataFrame, *, key: Sequence[str]) -> int:
    """Insert the rows whose key is not in the table yet; returns how many were inserted.

    `rows` has the table's column names, integers for money and areas, and no two rows of one key.
    """
    if rows.is_empty():
        return 0
    if _is_sqlite(session):
        names, marks = ", ".join(_quoted(rows.columns)), ", ".join("?" * rows.width)
        statement = (
            f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT ({', '.join(_quoted(key))}) DO NOTHING"
        )
        return _executemany(session, statement, rows)
    _copy(session, "incoming_row", table, rows)
    names = ", ".join(_quoted(rows.columns))
    same = " AND ".join(f"standing.{name} = incoming_row.{name}" for name in _quoted(key))
    cursor = _cursor(session)
    cursor.execute(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM incoming_row "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table.name} standing WHERE {same})"
    )
    return int(cursor.rowcount)


def insert_all(session: Session, table: Table, rows: pl.DataFrame) -> None:
    """Insert rows that cannot stand in the table yet."""
    if rows.is_empty():
        return
    names = ", ".join(_quoted(rows.columns))
    if _is_sqlite(session):
        _executemany(session, f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * rows.width)})", rows)
        return
    _copy(session, "incoming_row", table, rows)
    _cursor(session).execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM incoming_row")


def add_up(session: Session, table: Table, rows: pl.DataFrame, *, key: Sequence[str]) -> None:
    """Add the rows' other columns to those of the table's rows of the same key, which are made where they do not stand.

    `rows` has no two rows of one key; every column beside the key is a number.
    """
    if rows.is_empty():
        return
    names = ", ".join(_quoted(rows.columns))
    sums = ", ".join(
        f"{one} = {table.name}.{one} + excluded.{one}" for one in _quoted(rows.columns) if one[1:-1] not in key
    )
    on_conflict = f"ON CONFLICT ({', '.join(_quoted(key))}) DO UPDATE SET {sums}"
    if _is_sqlite(session):
        marks = ", ".join("?" * rows.width)
        _executemany(session, f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {on_conflict}", rows)
        return
    _copy(session, "incoming_row", table, rows)
    _cursor(session).execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM incoming_row {on_conflict}")


def standing(
    session: Session, table: Table, keys: pl.DataFrame, *, wanted: Sequence[str], schema: dict[str, type[pl.DataType]]
) -> pl.DataFrame:
    """The table's rows whose key is among `keys` (a frame of the key columns): the key and the `wanted` columns."""
    names = [*keys.columns, *wanted]
    empty = pl.DataFrame(schema={**keys.schema, **{name: schema[name] for name in wanted}})
    if keys.is_empty():
        return empty
    cursor = _cursor(session)
    if _is_sqlite(session):
        cursor.execute("DROP TABLE IF EXISTS temp.incoming_key")
        cursor.execute(f"CREATE TEMP TABLE incoming_key ({', '.join(_quoted(keys.columns))})")
        _executemany(session, f"INSERT INTO temp.incoming_key VALUES ({', '.join('?' * keys.width)})", keys)
    else:
        _copy(session, "incoming_key", table, keys)
    same = " AND ".join(f"standing.{name} = incoming_key.{name}" for name in _quoted(keys.columns))
    chosen = ", ".join(f"standing.{name}" for name in _quoted(names))
    # CROSS JOIN keeps SQLite on the small side first: one index look-up a key instead of a scan of the table.
    cursor.execute(f"SELECT {chosen} FROM incoming_key CROSS JOIN {table.name} standing WHERE {same}")
    with frozen_heap():
        found = cursor.fetchall()
    if not found:
        return empty
    if not _is_sqlite(session):
        return pl.DataFrame(found, schema=empty.schema, orient="row")
    days = [name for name, kind in empty.schema.items() if kind == pl.Date]
    raw = pl.DataFrame(found, schema={**empty.schema, **dict.fromkeys(days, pl.String)}, orient="row")
    return raw.with_columns(pl.col(days).str.to_date("%Y-%m-%d"))


def stream(session: Session, chosen: SelectBase, schema: Mapping[str, type[pl.DataType]]) -> Iterator[pl.DataFrame]:
    """The rows of a SELECT in frames of at most `CHUNK`, never all at once; `schema` names and types its columns in order.

    Days may come as such; instants are not taken, let the SELECT turn them into numbers.
    """
    raw = str(chosen.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    return _stream_sqlite(session, raw, schema) if _is_sqlite(session) else _stream_copy(session, raw, schema)


def _stream_sqlite(session: Session, raw: str, schema: Mapping[str, type[pl.DataType]]) -> Iterator[pl.DataFrame]:
    days = [name for name, kind in schema.items() if kind == pl.Date]
    texts: dict[str, type[pl.DataType]] = {**schema, **dict.fromkeys(days, pl.String)}
    cursor = _cursor(session)
    cursor.execute(raw)
    while True:
        with frozen_heap():
            rows = cursor.fetchmany(CHUNK)
        if not rows:
            return
        frame = pl.DataFrame(rows, schema=texts, orient="row")
        yield frame.with_columns(pl.col(days).str.to_date("%Y-%m-%d"))


def _stream_copy(session: Session, raw: str, schema: Mapping[str, type[pl.DataType]]) -> Iterator[pl.DataFrame]:
    with _cursor(session).copy(f"COPY ({raw}) TO STDOUT (FORMAT csv)") as copy:
        rows: list[bytes] = []
        for row in copy:  # a row a message
            rows.append(bytes(row))
            if len(rows) == CHUNK:
                yield _read(rows, schema)
                rows.clear()
        if rows:
            yield _read(rows, schema)


def _read(rows: list[bytes], schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.read_csv(b"".join(rows), has_header=False, schema=schema, empty_string_is_null=False)


def instant(session: Session, moment: datetime) -> str:
    """An aware instant as the rows of `insert_new` and `insert_all` carry it: the way the database itself stores it."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S.%f}" if _is_sqlite(session) else utc.isoformat()


@contextmanager
def frozen_heap() -> Iterator[None]:
    """No garbage collection while millions of small tuples are made: it would look through all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _executemany(session: Session, statement: str, rows: pl.DataFrame) -> int:
    cursor = _cursor(session)
    days = [name for name, kind in rows.schema.items() if kind == pl.Date]
    texts = rows.with_columns(pl.col(days).cast(pl.String)) if days else rows
    done = 0
    for piece in texts.iter_slices(CHUNK):
        with frozen_heap():
            cursor.executemany(statement, zip(*(column.to_list() for column in piece.get_columns()), strict=True))
        done += cursor.rowcount
    return done


def _copy(session: Session, temporary: str, table: Table, rows: pl.DataFrame) -> None:
    """Fill a temporary table, made anew with the columns of `rows` typed as in `table`, through COPY."""
    names = ", ".join(_quoted(rows.columns))
    cursor = _cursor(session)
    cursor.execute(f"DROP TABLE IF EXISTS {temporary}")
    cursor.execute(f"CREATE TEMP TABLE {temporary} ON COMMIT DROP AS SELECT {names} FROM {table.name} WITH NO DATA")
    with cursor.copy(f"COPY {temporary} ({names}) FROM STDIN (FORMAT csv)") as copy:
        for piece in rows.iter_slices(CHUNK):
            copy.write(piece.write_csv(include_header=False).encode())
    cursor.execute(f"ANALYZE {temporary}")


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _cursor(session: Session) -> Any:
    return session.connection().connection.cursor()


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]
