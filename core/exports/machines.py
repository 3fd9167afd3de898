"""Machines that fetch exports over HTTP: a token for each, kept as a hash, with one scope, revocable, counted."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.access.throttle import take_use
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.exports import delta
from core.exports.columns import FULL, FileColumn, shaped, with_records
from core.exports.models import ApiConsumer, Export
from core.exports.reading_source import ReadingSource

SCOPES = ("readings", "readings:pseudonymous")
LIMIT, WINDOW = 60, timedelta(minutes=1)  # requests of one machine
GUESSES = 30  # wrong tokens from one network in the same time
PREFIX = "iok_"


class UnknownTokenError(DomainError):
    """No machine has this token, or it was revoked."""

    def __init__(self) -> None:
        super().__init__("Nieznany albo unieważniony token.")


@dataclass(frozen=True, slots=True)
class ConsumerLine:
    """A machine as the administrator sees it; instants as ISO texts."""

    name: str
    scope: str
    created_at: str
    used_at: str | None
    revoked_at: str | None


def add_consumer(session: Session, scope: EmployeeScope, *, name: str, token_scope: str) -> str:
    """Let a machine in; returns its token, which is shown this once. Raises InvalidInputError (`name`, `token_scope`)."""
    require_live(session, scope, Permission.MANAGE_MACHINES)
    if not name.strip() or len(name) > 80:
        raise InvalidInputError("Podaj nazwę, najwyżej 80 znaków.", field="name")
    if token_scope not in SCOPES:
        raise InvalidInputError(f"Nieznany zakres. Dostępne: {', '.join(SCOPES)}.", field="token_scope")
    token = PREFIX + secrets.token_urlsafe(32)
    made = ApiConsumer(name=name.strip(), token_hash=_hash(token), scope=token_scope, created_at=now())
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise InvalidInputError("Jest już odbiorca o tej nazwie.", field="name") from None
    record_by(session, scope, "machine_added", object_kind="api_consumer", object_id=made.id)
    return token


def revoke_consumer(session: Session, scope: EmployeeScope, *, name: str) -> None:
    """Let a machine in no more, at once. Raises NotFoundError."""
    require_live(session, scope, Permission.MANAGE_MACHINES)
    found = session.scalar(select(ApiConsumer).where(ApiConsumer.name == name, ApiConsumer.revoked_at.is_(None)))
    if found is None:
        raise NotFoundError("Nie ma takiego odbiorcy albo unieważniono go wcześniej.")
    found.revoked_at = now()
    session.flush()
    record_by(session, scope, "machine_revoked", object_kind="api_consumer", object_id=found.id)


def consumers(session: Session, scope: EmployeeScope) -> list[ConsumerLine]:
    """All machines, by name."""
    require_live(session, scope, Permission.MANAGE_MACHINES)
    return [
        ConsumerLine(
            one.name,
            one.scope,
            one.created_at.isoformat(timespec="seconds"),
            one.used_at.isoformat(timespec="seconds") if one.used_at else None,
            one.revoked_at.isoformat(timespec="seconds") if one.revoked_at else None,
        )
        for one in session.scalars(select(ApiConsumer).order_by(ApiConsumer.name))
    ]


def count_request(session: Session, *, token: str, network: str) -> str:
    """Count a request of the machine with this token; returns its scope.

    Raises UnknownTokenError, TooManyUsesError. A wrong token counts against the network it comes from; the caller commits
    that count too.
    """
    found = session.scalar(
        select(ApiConsumer).where(ApiConsumer.token_hash == _hash(token), ApiConsumer.revoked_at.is_(None))
    )
    if found is None:
        take_use(session, purpose="api_token", key=network, limit=GUESSES, window=WINDOW)
        raise UnknownTokenError
    take_use(session, purpose="api", key=str(found.id), limit=LIMIT, window=WINDOW)
    changed_rows(session, update(ApiConsumer).where(ApiConsumer.id == found.id).values(used_at=now()))
    return found.scope


def write_since(session: Session, *, since: int, path: Path, pseudonymous: bool) -> int:
    """Write the records of every delta after number `since` as lines of JSON; returns the number of the newest delta.

    Each line has the columns of the full profile and `przyrost`, the delta's number: new readings, corrections and
    cancellations in the order of the deltas. Values are what stands now.
    """
    newest = delta.last_delta_no(session)
    made = session.execute(
        select(Export.id, Export.delta_no)
        .where(Export.kind == delta.READINGS, Export.delta_no > since)
        .order_by(Export.delta_no)
    ).all()
    source = ReadingSource(session) if made else None
    with path.open("wb") as out:
        for export_id, number in made:
            if source is not None and number is not None:
                for line in _lines(session, source, export_id, number, pseudonymous):
                    out.write(line)
    return newest


def _lines(session: Session, source: ReadingSource, export_id: int, number: int, pseudonymous: bool) -> Iterator[bytes]:
    corrects = delta.corrections(session, export_id)
    wanted, cancelled = delta.carried_by(export_id, corrects)
    with closing(source.frames(wanted, cancelled=cancelled)) as frames:
        for frame in frames:
            rows = shaped(with_records(frame, corrects), FULL, pseudonymous=pseudonymous)
            for row in rows.select(_in_json(column) for column in FULL).iter_rows(named=True):
                yield json.dumps({"przyrost": number, **row}, ensure_ascii=False).encode() + b"\n"


def _in_json(column: FileColumn) -> pl.Expr:
    """Volumes as decimal texts: a number of JSON is a binary fraction to most who read it."""
    cell = pl.col(column.name)
    if column.type == "volume":
        text = pl.format("{}.{}", cell // 1000, (cell % 1000).cast(pl.String).str.zfill(3))
        return text.alias(column.name)
    if column.type == "day":
        return cell.cast(pl.String)
    return cell.dt.strftime("%Y-%m-%dT%H:%M:%S%:z") if column.type == "instant" else cell


def openapi() -> dict[str, Any]:
    """What the route answers, as OpenAPI 3.1."""
    kinds = {"text": ["string", "null"], "day": ["string", "null"], "instant": ["string"], "whole": ["integer", "null"],
             "volume": ["string", "null"]}  # fmt: skip
    record = {column.name: {"type": kinds[column.type]} for column in FULL}
    problem = {"content": {"text/plain": {"schema": {"type": "string"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "IOK: eksporty dla systemów", "version": "1"},
        "paths": {
            "/api/exports/readings": {
                "get": {
                    "summary": "Odczyty z przyrostów o numerach większych niż `since`, po jednym zapisie JSON w wierszu.",
                    "security": [{"token": []}],
                    "parameters": [
                        {
                            "name": "since",
                            "in": "query",
                            "description": "Numer ostatniego przyrostu, który odbiorca już ma; 0: wszystkie.",
                            "schema": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "default": 0},
                        }
                    ],
                    "responses": {
                        "200": {
                            "description": "Zapisy w kolejności przyrostów; numer najnowszego jest w nagłówku.",
                            "headers": {"X-Iok-Last-Delta": {"schema": {"type": "integer"}}},
                            "content": {
                                "application/x-ndjson": {
                                    "schema": {
                                        "type": "object",
                                        "properties": {"przyrost": {"type": "integer"}, **record},
                                        "required": ["przyrost", *record],
                                    }
                                }
                            },
                        },
                        "400": {"description": "`since` nie jest numerem.", **problem},
                        "401": {"description": "Brak tokenu albo token nieznany lub unieważniony.", **problem},
                        "429": {"description": "Zbyt wiele zapytań; ponów po minucie.", **problem},
                    },
                }
            }
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
