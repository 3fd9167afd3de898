"""Every migration undone leaves the schema as it was before it, and done again what it was after."""

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core import db

Schema = dict[str, object]


def test_every_migration_goes_down_and_up_again(database: str) -> None:
    config = db.alembic_config()
    newest_first = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    on_the_way_down: dict[str, Schema] = {}
    for at, revision in enumerate(newest_first):
        on_the_way_down[revision] = schema()
        command.downgrade(config, newest_first[at + 1] if at + 1 < len(newest_first) else "base")
    assert schema() == {}
    for revision in reversed(newest_first):
        command.upgrade(config, revision)
        assert schema() == on_the_way_down[revision], revision
    with db.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.Base.metadata) == []


def test_newest_revision_is_told_by_the_names_of_the_files() -> None:
    assert db.newest_revision() == ScriptDirectory.from_config(db.alembic_config()).get_current_head()


def schema() -> Schema:
    """Tables with their columns, keys, indexes and checks, in no order but their names'."""
    with db.engine().connect() as connection:
        seen = sa.inspect(connection)
        return {
            table: [
                sorted((column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)),
                sorted(repr(index["column_names"]) + _spelled(index) for index in seen.get_indexes(table)),
                sorted(repr(key) for key in seen.get_unique_constraints(table)),
                sorted(repr(key) for key in seen.get_foreign_keys(table)),
                sorted(repr(check) for check in seen.get_check_constraints(table)),
            ]
            for table in seen.get_table_names()
            if table != "alembic_version"
        }


def _spelled(index: sa.engine.interfaces.ReflectedIndex) -> str:
    options = sorted(f"{name}={option}" for name, option in index.get("dialect_options", {}).items())
    return f"{index['name']} {index['unique']} {options}"
