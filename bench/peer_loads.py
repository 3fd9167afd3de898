"""What somebody would load a ledger file with instead, from the file to the commit.

    python bench/peer_loads.py PEER FILE DATABASE

A script that runs in the peers' own environment, which has nothing of the product. Imports come before the clock starts, so
that neither a command's start nor a framework's counts; each then does what its documentation has for such a file. Those
called `text` know nothing of days and amounts: the fastest that the same tools can be made to do.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

Load = Callable[[], object]
TABLE = "ledger"
TEXTS = ("nr_kontrahenta", "nr_umowy", "nr_dokumentu", "typ_dokumentu", "okres", "skladnik", "tresc")


def pandas(file: str, database: str) -> Load:
    """`read_csv` and `to_sql` through SQLAlchemy; numbers of tenants stay text, or they would lose their zeros."""
    import pandas as pd
    from sqlalchemy import create_engine

    def load() -> None:
        days = ["data_ksiegowania", "termin_platnosci"]
        frame = pd.read_csv(file, dtype=dict.fromkeys(TEXTS, str), parse_dates=days)
        engine = create_engine(f"sqlite:///{database}")
        frame.to_sql(TABLE, engine, index=False)
        engine.dispose()

    return load


def pandas_text(file: str, database: str) -> Load:
    """The same with days as text, through the bare driver."""
    import pandas as pd

    def load() -> None:
        frame = pd.read_csv(file, dtype=dict.fromkeys(TEXTS, str))
        connection = sqlite3.connect(database)
        with connection:
            frame.to_sql(TABLE, connection, index=False)
        connection.close()

    return load


def sqlite_utils(file: str, database: str, *options: str) -> Load:
    """`sqlite-utils insert DATABASE ledger FILE --csv`."""
    from sqlite_utils.cli import cli

    arguments = ["insert", database, TABLE, file, "--csv", "--silent", *options]
    return lambda: cli.main(args=arguments, standalone_mode=False)


def sqlite_utils_text(file: str, database: str) -> Load:
    """The same with no types, in few commits."""
    return sqlite_utils(file, database, "--no-detect-types", "--batch-size", "10000")


def csvsql(file: str, database: str, *options: str) -> Load:
    """`csvsql --db sqlite:///DATABASE --tables ledger --insert FILE`."""
    from csvkit.utilities.csvsql import CSVSQL

    arguments = ["--db", f"sqlite:///{database}", "--tables", TABLE, "--insert", *options, file]
    return lambda: CSVSQL(arguments).run()


def csvsql_text(file: str, database: str) -> Load:
    """The same with no types."""
    return csvsql(file, database, "--no-inference")


def django(file: str, database: str) -> Load:
    """A `ModelResource` that knows rows by their document and its line, skips unchanged ones and saves in bulk."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        INSTALLED_APPS=["import_export"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.db import connection, models
    from import_export.resources import ModelResource
    from tablib import Dataset

    class Entry(models.Model):  # type: ignore[misc]
        nr_kontrahenta = models.CharField(max_length=40)
        nr_umowy = models.CharField(max_length=40)
        nr_dokumentu = models.CharField(max_length=60)
        pozycja = models.IntegerField()
        typ_dokumentu = models.CharField(max_length=20)
        data_ksiegowania = models.DateField()
        termin_platnosci = models.DateField(null=True)
        okres = models.CharField(max_length=7)
        skladnik = models.CharField(max_length=80)
        tresc = models.CharField(max_length=300)
        obciazenie = models.DecimalField(max_digits=14, decimal_places=2)
        uznanie = models.DecimalField(max_digits=14, decimal_places=2)

        class Meta:
            app_label = "import_export"  # an app that is installed; ours is none
            db_table = TABLE
            constraints = (models.UniqueConstraint(fields=["nr_dokumentu", "pozycja"], name="uq_entry"),)

    class EntryResource(ModelResource):  # type: ignore[misc]
        class Meta:
            model = Entry
            import_id_fields = ("nr_dokumentu", "pozycja")
            exclude = ("id",)
            skip_unchanged = True
            report_skipped = False
            use_bulk = True
            use_transactions = True

    with connection.schema_editor() as editor:
        editor.create_model(Entry)

    def load() -> None:
        rows = Dataset().load(Path(file).read_text(encoding="utf-8"), format="csv")
        EntryResource().import_data(rows, dry_run=False, raise_errors=True)

    return load


PEERS: dict[str, Callable[[str, str], Load]] = {
    "pandas": pandas,
    "sqlite-utils": sqlite_utils,
    "csvsql": csvsql,
    "django": django,
    "pandas-text": pandas_text,
    "sqlite-utils-text": sqlite_utils_text,
    "csvsql-text": csvsql_text,
}


def main() -> None:
    """Load once and print seconds, and how many rows are in the database then."""
    peer, file, database = sys.argv[1:4]
    load = PEERS[peer](file, database)
    start = time.perf_counter()
    load()
    taken = time.perf_counter() - start
    with sqlite3.connect(database) as connection:
        rows = connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]
    print(json.dumps({"seconds": taken, "rows": rows}))


if __name__ == "__main__":
    main()
