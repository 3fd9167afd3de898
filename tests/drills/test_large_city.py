"""A city of ten thousand tenancies: the whole way from files to balances, on both databases."""

import pytest

from core import db
from core.accounts.sign_in import operator_scope
from core.demo.load import make_demo
from core.imports.desk import import_file
from core.imports.invariants import broken_invariants
from core.imports.report import AlreadyLoadedError

pytestmark = pytest.mark.drill


def test_large_city_is_loaded_whole_and_only_once(database: str) -> None:
    report = make_demo(tenancies=10_000, years=2, seed=7)

    ledger = report.batches["ledger"]
    assert ledger.accepted > 1_000_000
    assert (ledger.repeated, ledger.rejected, ledger.suspended) == (0, 0, 5)
    with db.reading() as session:
        assert broken_invariants(session, operator_scope()) == []
    with pytest.raises(AlreadyLoadedError):
        import_file(operator_scope(), kind="ledger", path=report.folder / "demo-kartoteka.csv")
