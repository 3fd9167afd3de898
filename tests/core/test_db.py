"""What the engines promise."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from core import db
from core.registry.models import Tenant


def test_models_equal_migrations(database: str) -> None:
    with db.engine().connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": db.Base.metadata}
        )
        assert compare_metadata(context, db.Base.metadata) == []


def test_read_engine_refuses_to_write(database: str) -> None:
    with db.reading() as session, pytest.raises(DBAPIError):
        session.execute(sa.insert(Tenant).values(tenant_no="1", kind="person", name="Anna"))


def test_transaction_rolls_back_on_any_exception(database: str) -> None:
    def interrupted() -> None:
        with db.transaction() as session:
            session.add(Tenant(tenant_no="1", kind="person", name="Anna"))
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Tenant)) == 0


def test_only_notes_do_not_wait_for_the_disk(database: str) -> None:
    asked = sa.text("PRAGMA synchronous" if database == "sqlite" else "SHOW synchronous_commit")
    full, soon = (2, 1) if database == "sqlite" else ("on", "off")
    with db.noting() as session:
        assert session.scalar(asked) == soon
    with db.transaction() as session:
        assert session.scalar(asked) == full


def test_note_rolls_back_on_any_exception(database: str) -> None:
    def interrupted() -> None:
        with db.noting() as session:
            session.add(Tenant(tenant_no="1", kind="person", name="Anna"))
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Tenant)) == 0
