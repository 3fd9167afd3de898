"""Figures kept beside the ledger: whatever comes, goes or moves, they are what the entries make."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from alembic import command
from click.testing import CliRunner
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from core import bulk, db
from core.accounts.sign_in import operator_scope
from core.commands import cli
from core.imports.invariants import broken_invariants
from core.ledger.due import implied_due_date
from core.ledger.maintained import DUES, KEPT, broken_figures, entries_go, figures_of, rebuild, remove_old_dues
from core.ledger.models import MonthTurnover, RecentDue, TenancyTotal
from core.money import GROSZ
from tests.cast import make_entry, make_tenancy, make_tenant
from tests.core.imports.files import ledger_lines, load_lines, load_registry, undo

ROWS = [
    "0001;U/1;D/1;1;NAL;2026-10-01;2026-10-12;x;100,00;",
    "0001;U/1;D/2;1;NAL;2026-11-02;;x;50,00;",
    "0001;U/1;D/3;1;KOR;2026-11-03;;x;-20,00;",
    "0001;U/1;W/1;1;WPL;2026-11-04;;x;;70,00",
    "0002;U/2;D/4;1;NAL;2020-01-02;;x;10,00;",
]
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def kept(model: type[TenancyTotal | RecentDue | MonthTurnover]) -> list[tuple[Any, ...]]:
    table = model.__table__
    with db.reading() as session:
        return sorted(tuple(row) for row in session.execute(select(table)))


def broken() -> list[str]:
    with db.reading() as session:
        return broken_figures(session)


def test_an_import_leaves_what_its_entries_make(folder: Path) -> None:
    load_lines(folder, ledger_lines(*ROWS), accept_warnings=True)

    assert [tuple(map(int, row[1:])) for row in kept(TenancyTotal)] == [(150, 20, 70), (10, 0, 0)]
    assert [(str(row[1]), str(row[2]), int(row[3]), int(row[4])) for row in kept(RecentDue)] == [
        ("2026-10-12", "2026-10-12", 100, 0),
        ("2026-11-03", "2026-11-03", 0, 20),
        ("2026-11-10", "2026-11-10", 50, 0),
    ]
    assert [(row[0], int(row[3]), int(row[4])) for row in kept(MonthTurnover)] == [
        ("2020-01", 10, 0),
        ("2026-10", 100, 0),
        ("2026-11", 30, 70),
    ]
    assert broken() == []


def test_overlapping_files_and_their_undo_leave_nothing_that_is_not_so(folder: Path) -> None:
    first = load_lines(folder, ledger_lines(*ROWS[:3]), accept_warnings=True)
    alone = [kept(model) for model in (TenancyTotal, RecentDue, MonthTurnover)]
    second = load_lines(folder, ledger_lines(*ROWS[1:]), accept_warnings=True)
    assert broken() == []
    undo(second)
    assert [kept(model) for model in (TenancyTotal, RecentDue, MonthTurnover)] == alone
    undo(first)
    assert [kept(model) for model in (TenancyTotal, RecentDue, MonthTurnover)] == [[], [], []]


def test_a_tenancy_with_another_payment_day_and_place_takes_its_entries_with_it(folder: Path) -> None:
    load_lines(folder, ledger_lines(*ROWS), accept_warnings=True)
    before = kept(RecentDue), kept(MonthTurnover)
    buildings = "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator"
    load_lines(folder, [buildings, "B2;Zielona;1;90-001;Łódź;Polesie;POLESIE;Jan Nowak"], kind="buildings")
    premises = ["kod_lokalu;kod_budynku;nr_lokalu;rodzaj;pow_uzytkowa", "L2;B2;2;mieszkalny;48,30"]
    at_building = load_lines(folder, premises, kind="premises", accept_warnings=True)
    assert at_building.accepted == 1
    tenancies = [
        "nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od;dzien_platnosci",
        "U/1;0001;L2;najem;2020-01-01;20",
    ]
    moved = load_lines(folder, tenancies, kind="tenancies", accept_warnings=True)
    assert moved.accepted == 1
    assert broken() == []
    assert ("2026-11-20", 50) in [(str(row[2]), int(row[3])) for row in kept(RecentDue)]
    undo(moved)
    undo(at_building)
    assert (kept(RecentDue), kept(MonthTurnover)) == before
    assert broken() == []


def test_check_sees_each_planted_difference_and_rebuilding_mends_it(folder: Path) -> None:
    load_lines(folder, ledger_lines(*ROWS), accept_warnings=True)
    plants = (
        update(TenancyTotal).where(TenancyTotal.credit > GROSZ).values(credit=TenancyTotal.credit + GROSZ),
        update(RecentDue).where(RecentDue.storno > GROSZ).values(storno=RecentDue.storno + GROSZ),
        update(MonthTurnover).where(MonthTurnover.month == "2020-01").values(paid=MonthTurnover.paid + GROSZ),
    )
    for plant in plants:
        with db.transaction() as session:
            session.execute(plant, execution_options={"synchronize_session": False})
        with db.reading() as session:
            assert len(broken_invariants(session, operator_scope())) == 1
        assert CliRunner().invoke(cli, ["rebuild-figures"]).exit_code == 0
        assert broken() == []


@pytest.mark.timeout(60)  # a connection that streams takes no other statement: it would wait for ever
def test_more_figures_than_are_held_back_are_counted_while_entries_stream(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 3)
    monkeypatch.setattr("core.ledger.maintained.WAITING", 5)
    for number in range(8):
        tenancy = make_tenancy(session, make_tenant(session), tenancy_no=f"U/{number}")
        for month in range(1, 7):
            make_entry(session, tenancy, f"2026-{month:02}-01", debit="10.00")
    session.flush()
    rebuild(session)
    assert broken_figures(session) == []
    entries_go(session, true())
    assert session.scalars(select(TenancyTotal)).all() == []


def test_check_sees_an_entry_that_was_never_counted(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    make_entry(session, tenancy, "2026-11-01", debit="5.00")
    session.commit()
    assert len(broken()) == 3


@given(
    payment_day=st.integers(1, 28), booked_on=DAYS, of=st.none() | DAYS, given_due=st.none() | DAYS,
    debit=st.sampled_from((100, -100)),
)  # fmt: skip
def test_due_days_are_resolved_by_the_ledgers_rule(
    payment_day: int, booked_on: date, of: date | None, given_due: date | None, debit: int
) -> None:
    period = f"{of:%Y-%m}" if of else None
    rows = pl.DataFrame(
        [(1, booked_on, given_due, period, None, debit, 0)],
        schema={"tenancy_id": pl.Int64, "booked_on": pl.Date, "due_on": pl.Date, "period": pl.String,
                "component": pl.String, "debit": pl.Int64, "credit": pl.Int64},
        orient="row",
    )  # fmt: skip
    places = pl.DataFrame({"tenancy_id": [1], "payment_day": [payment_day], "building_id": [1]})
    right = given_due or implied_due_date(
        payment_day=payment_day, booked_on=booked_on, period=period, negative=debit < 0
    )
    found = figures_of(rows, places, since=date(1900, 1, 1))[DUES]
    assert found.rows() == [(1, max(right, booked_on), right, max(debit, 0), max(-debit, 0))]


def test_migration_fills_the_figures_from_what_stands(folder: Path) -> None:
    load_lines(folder, ledger_lines(*ROWS), accept_warnings=True)
    config = db.alembic_config()
    command.downgrade(config, "0030")
    command.upgrade(config, "0031")
    assert broken() == []
    assert len(kept(RecentDue)) == 3


def test_dues_that_no_question_reaches_go_and_nothing_is_wrong_after(folder: Path) -> None:
    batch = load_lines(folder, ledger_lines(*ROWS), accept_warnings=True)
    with freeze_time(date(2026, 11, 5) + KEPT):
        with db.transaction() as session:
            assert remove_old_dues(session) == 2
        assert len(kept(RecentDue)) == 1
        assert broken() == []
        undo(batch)
        assert kept(RecentDue) == []
