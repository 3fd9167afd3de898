"""A thousand initial passwords are mailed, and none of them stays anywhere else."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from core.accounts import passwords
from core.accounts.initial_passwords import send_initial_password
from core.accounts.models import PortalAccount
from core.db import engine, reading, transaction
from core.delivery import deliver_mail
from core.outbox import worker
from core.settings import settings
from tests.cast import make_account, make_tenant
from tests.repeats import repeats, sampled

ACCOUNTS = repeats(1_000, sample=200)


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """What was handed over to be sent."""
    taken: list[EmailMessage] = []

    class Bag:
        def send(self, message: EmailMessage) -> None:
            taken.append(message)

    @contextmanager
    def bag() -> Iterator[Bag]:
        yield Bag()

    monkeypatch.setattr(worker, "transport", bag)
    # The same hash of less work: a thousand real ones would take half a minute and prove nothing more.
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return taken


@sampled
def test_no_initial_password_is_in_database_log_or_dump(
    database: str, mailed: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="sqlalchemy")  # whoever turns statements on must not find secrets in them
    with transaction() as session:
        for _ in range(ACCOUNTS):
            account = make_account(session, make_tenant(session))
            account.email, account.password_hash = "anna@example.com", None
            send_initial_password(session, account, reason="approved")
    deliver_mail()

    secrets = [_password_in(message) for message in mailed]
    assert len(set(secrets)) == ACCOUNTS
    with reading() as session:
        hashes = session.scalars(select(PortalAccount.initial_password_hash)).all()
    assert sum(hashed is not None for hashed in hashes) == ACCOUNTS
    places = {**_database_files(), "dump": _dump(), "log": caplog.text.encode()}
    assert b"UPDATE portal_account SET initial_password_hash" in places["log"]
    assert b"credentials" in places["dump"]  # the dump is one of this database
    assert {
        (place, secret) for place, content in places.items() for secret in secrets if secret.encode() in content
    } == set()


def _password_in(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    lines = str(body.get_content()).splitlines()
    return next(line.split(": ")[1] for line in lines if line.startswith("Hasło pierwotne:"))


def _database_files() -> dict[str, bytes]:
    """Pages and write-ahead log as they lie on the disk."""
    if engine().dialect.name == "sqlite":
        return {path.name: path.read_bytes() for path in settings().var.glob("iok.db*")}
    with engine().connect() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        connection.execute(text("CHECKPOINT"))
    files = [*folder.glob("pg_wal/0*"), *folder.glob("base/*/*")]
    return {path.name: path.read_bytes() for path in files if path.is_file() and path.stat().st_mtime > _started()}


def _started() -> float:
    """Files older than this test's own database hold nothing of it."""
    return settings().var.stat().st_ctime - 1


def _dump() -> bytes:
    if engine().dialect.name == "sqlite":
        with closing(sqlite3.connect(settings().var / "iok.db")) as file:
            return "\n".join(file.iterdump()).encode()
    with engine().connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        return "\n".join(
            str(connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all()) for name in tables
        ).encode()
