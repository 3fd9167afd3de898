"""Runs the migrations on the engine of core.db."""

import importlib
import pkgutil
from typing import Literal

from alembic import context

import core
from core.db import Base, ScaledType, UtcType, engine

for module in pkgutil.walk_packages(core.__path__, "core."):
    if module.name.endswith(".models"):
        importlib.import_module(module.name)


def stored_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """Name the type as it is stored: a migration is history and never imports our classes."""
    if kind == "type" and isinstance(item, UtcType):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ScaledType):
        return "sa.BigInteger()"
    return False


with engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=stored_type,
        transaction_per_migration=True,
        # SQLite changes a table by making it anew; Alembic's batch mode does that.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
