"""What a file states about balances is compared with what the ledger makes; differences are kept, listed and exported."""

import io
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.batches.models import BatchState, ImportBatch
from core.errors import InvalidInputError
from core.exports.differences import export_differences
from core.imports.findings import Cause
from core.imports.invariants import broken_invariants, worth_knowing
from core.imports.report import BatchReport
from core.ledger.differences import Difference, batches_with_differences, differences_of
from core.money import from_grosze
from tests.cast import day, make_tenancy, make_tenant, sign_in_employee
from tests.core.imports.files import HEADER, ledger_lines, load_lines, undo

STATED = HEADER + ";saldo"
OCTOBER = "0001;U/1;NAL/10;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"
PAID = "0001;U/1;WPL/10;1;WPL;2026-10-12;;Wpłata;;40,00"


@pytest.fixture
def folder(session: Session, tmp_path: Path) -> Path:
    for number in (1, 2):
        make_tenancy(session, make_tenant(session, tenant_no=f"000{number}"), tenancy_no=f"U/{number}")
    session.commit()
    return tmp_path


def _opening(amount: str, booked: str = "2026-11-01", tenancy: int = 1, number: str = "BO/1") -> str:
    return f"000{tenancy};U/{tenancy};{number};1;BO;{booked};;Bilans otwarcia;{amount};"


def _balances(report: BatchReport) -> list[tuple[Cause, int | None]]:
    return [(one.cause, one.line) for one in report.findings.sorted() if one.cause in (Cause.BALANCE, Cause.OPENING)]


def _kept(batch_id: int) -> list[Difference]:
    with db.reading() as session:
        return differences_of(session, operator_scope(), batch_id=batch_id)


def _checked() -> tuple[list[str], list[str]]:
    with db.reading() as session:
        return broken_invariants(session, operator_scope()), worth_knowing(session, operator_scope())


def test_stated_balance_that_the_rows_make_says_nothing(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(f"{OCTOBER};100,00", f"{PAID};60,00", header=STATED))
    assert (report.state, report.differences) == (BatchState.COMMITTED, ())


def test_difference_is_kept_with_its_batch_and_accepted_in_bulk(folder: Path) -> None:
    rows = ledger_lines(f"{OCTOBER};100,00", f"{PAID};61,00", header=STATED)
    assert load_lines(folder, rows).state is BatchState.REFUSED
    report = load_lines(folder, rows, accept_warnings=True)
    expected = Difference(3, "U/1", "saldo", day("2026-10-12"), Decimal("61.00"), Decimal("60.00"))
    assert _kept(report.batch_id) == [expected]
    assert expected.difference == Decimal("1.00")
    with db.reading() as session:
        told = batches_with_differences(session, operator_scope())
    assert [(one.number, one.accepted) for one in told] == [(1, True), (1, False)]
    assert _checked() == ([], [])


def test_difference_of_a_tenancy_without_entries_says_so(folder: Path) -> None:
    load_lines(folder, ledger_lines("0002;U/2;D/1;1;NAL;2026-10-01;;x;10,00;"))
    conflict = "0002;U/2;D/1;1;NAL;2026-09-01;;x;11,00;;0,00"  # rejected: the document stands with other content
    report = load_lines(folder, ledger_lines(conflict, header=STATED), skip_errors=True, accept_warnings=True)
    assert [(one.stated, one.computed) for one in _kept(report.batch_id)] == [(Decimal("0.00"), None)]


def test_opening_balance_where_the_ledger_begins_is_taken(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(_opening("75,00", "2026-01-01"), OCTOBER))
    assert (report.state, _balances(report)) == (BatchState.COMMITTED, [])


def test_opening_balance_after_other_rows_must_equal_the_day_before(folder: Path) -> None:
    load_lines(folder, ledger_lines(OCTOBER, PAID))
    report = load_lines(folder, ledger_lines(_opening("61,00")), accept_warnings=True)
    assert _balances(report) == [(Cause.BALANCE, 2)]
    assert _kept(report.batch_id) == [Difference(2, "U/1", "BO", day("2026-10-31"), Decimal("61.00"), Decimal("60.00"))]


def test_opening_balance_that_repeats_the_balance_would_count_it_twice(folder: Path) -> None:
    load_lines(folder, ledger_lines(OCTOBER, PAID))
    report = load_lines(folder, ledger_lines(_opening("60,00")))
    assert (report.state, _balances(report), report.differences) == (BatchState.REFUSED, [(Cause.OPENING, 2)], ())


def test_opening_balance_of_several_rows_is_their_sum_and_looks_at_its_own_file(folder: Path) -> None:
    second = _opening("", number="BO/2").removesuffix(";") + ";1,00"
    report = load_lines(folder, ledger_lines(OCTOBER, PAID, _opening("62,00"), second), accept_warnings=True)
    assert [(one.line_no, one.stated) for one in report.differences] == [(4, Decimal("61.00"))]


def test_repeated_opening_balance_is_not_asked_about_again(folder: Path) -> None:
    load_lines(folder, ledger_lines(OCTOBER, PAID, _opening("61,00")), accept_warnings=True)
    later = "0001;U/1;NAL/11;1;NAL;2026-11-05;;Czynsz;5,00;"
    again = load_lines(folder, ledger_lines(OCTOBER, PAID, _opening("61,00"), later))
    assert (again.state, again.repeated, _balances(again)) == (BatchState.COMMITTED, 3, [])


def test_accepted_difference_that_became_another_is_listed(folder: Path) -> None:
    load_lines(folder, ledger_lines(f"{OCTOBER};101,00", header=STATED), accept_warnings=True)
    late = load_lines(folder, ledger_lines("0001;U/1;KOR/1;1;KOR;2026-09-30;;Korekta;7,00;"))
    broken, known = _checked()
    assert broken == []
    assert ["U/1" in one and "107,00" in one for one in known] == [True]
    undo(late)
    assert _checked() == ([], [])
    load_lines(folder, ledger_lines("0001;U/1;KOR/2;1;KOR;2026-09-30;;Korekta;1,00;"))
    assert _checked() == ([], [])  # now the ledger makes what the file stated


def test_differences_of_an_undone_batch_are_nobodys_any_more(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(f"{OCTOBER};101,00", header=STATED), accept_warnings=True)
    undo(report)
    assert _checked() == ([], [])


def test_difference_that_nobody_accepted_is_a_broken_invariant(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(f"{OCTOBER};101,00", header=STATED), accept_warnings=True)
    with db.transaction() as session:
        session.execute(update(ImportBatch).where(ImportBatch.id == report.batch_id).values(warnings_accepted=False))
    assert len(_checked()[0]) == 1


def test_export_has_all_differences_and_is_noted(folder: Path, session: Session) -> None:
    rows = ledger_lines(f"{OCTOBER};101,00", "0002;U/2;D/1;1;NAL;2026-10-01;;x;10,00;;-2000,50", header=STATED)
    report = load_lines(folder, rows, accept_warnings=True)
    scope = sign_in_employee(session, Role.ACCOUNTING)
    content = export_differences(session, scope, batch_id=report.batch_id)
    assert content.decode("utf-8-sig").split("\r\n")[:3] == [
        "nr_umowy;zrodlo;stan_na;wiersz;saldo_w_pliku;saldo_wyliczone;roznica",
        "U/2;saldo;2026-10-01;3;-2000,50;10,00;-2010,50",
        "U/1;saldo;2026-10-01;2;101,00;100,00;1,00",
    ]
    workbook = export_differences(session, scope, batch_id=report.batch_id, file_format="xlsx")
    ((name, sheet),) = pd.read_excel(io.BytesIO(workbook), sheet_name=None).items()
    assert (name, sheet.at[0, "nr_umowy"], sheet.at[0, "saldo_w_pliku"]) == ("Różnice sald", "U/2", -2000.5)
    told = session.scalars(select(AuditEvent.details).where(AuditEvent.action == "differences_exported")).all()
    assert told == ['{"rows":2}'] * 2
    with pytest.raises(InvalidInputError):
        export_differences(session, scope, batch_id=report.batch_id, file_format="doc")


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(amounts=st.lists(st.integers(-50_000, 50_000).filter(bool), min_size=1, max_size=6), off=st.integers(-3, 3))
def test_difference_is_exactly_what_is_missing(database: str, folder: Path, amounts: list[int], off: int) -> None:
    number = len(list(folder.glob("file-*")))
    tenancy = f"T/{number}"
    with db.transaction() as session:
        make_tenancy(session, make_tenant(session, tenant_no=tenancy), tenancy_no=tenancy)
    rows = [
        f"{tenancy};{tenancy};{tenancy}-{nth};1;KOR;2026-10-{nth:02};;x;{from_grosze(one)};;"
        for nth, one in enumerate(amounts, start=1)
    ]
    rows[-1] += str(from_grosze(sum(amounts) + off))
    report = load_lines(folder, ledger_lines(*rows, header=STATED), accept_warnings=True)
    assert [one.difference for one in report.differences] == ([Decimal(off).scaleb(-2)] if off else [])
