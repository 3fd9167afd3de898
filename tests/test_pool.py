"""The databases that tests are handed: whatever a test left behind, the next one finds nothing of it."""

import psycopg

from tests.conftest import Pool

DISTRICT = "INSERT INTO service_district (code, name) VALUES ('CENTRUM', 'RON Centrum') RETURNING id"


def _insert(uri: str) -> int:
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute(DISTRICT).fetchone()
    assert found
    return int(found[0])


def test_database_comes_back_empty_and_counts_from_one(postgresql_server: str) -> None:
    pool = Pool(postgresql_server, prefix="pool_a")
    name = pool.take()
    assert _insert(pool.uri(name)) == 1
    pool.give_back(name)
    assert pool.take() == name
    assert _insert(pool.uri(name)) == 1


def test_database_whose_tables_were_changed_goes(postgresql_server: str) -> None:
    pool = Pool(postgresql_server, prefix="pool_b")
    for change in (
        "ALTER TABLE service_district ADD COLUMN floor text",
        "DROP INDEX ix_tenancy_tenant",
        "ALTER TABLE tenancy DROP CONSTRAINT ck_tenancy_period",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        name = pool.take()
        with psycopg.connect(pool.uri(name), autocommit=True) as connection:
            connection.execute(change)
        pool.give_back(name)
        assert pool.take() != name, change
