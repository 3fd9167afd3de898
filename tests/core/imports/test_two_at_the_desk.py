"""Between preview and commit the world goes on: another employee, another file under the same name, other options."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope, Role
from core.accounts.sign_in import operator_scope
from core.documents.storage import DamagedFileError, hash_file, kept_file
from core.errors import DomainError
from core.imports.desk import confirm_batch, hand_in, preview_batch
from core.imports.invariants import broken_invariants
from core.imports.options import LoadOptions, Remarks
from core.imports.report import AlreadyLoadedError, BatchReport
from tests.cast import make_tenancy, make_tenant, sign_in_employee
from tests.core.imports.files import count_entries, ledger_lines, ledger_state, load_lines, write

ROWS = [f"0001;U/1;NAL/{n};1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;" for n in range(30)]
CLEAN = [*ROWS, "0001;U/1;;;WPL;2026-10-02;;kasa;;5,00", "0009;U/9;D/9;1;WPL;2026-10-01;;x;;9,00"]
# Every option with a value that names no row of a clean file: none of them may choose what is loaded.
OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "delimiter": ";",
    "point_is_decimal": False,
    "expect_rows": len(CLEAN),
    "expect_debit": None,
    "expect_credit": None,
    "accept_warnings": True,
    "skip_errors": True,
    "equal_rows": "add",
    "columns": {"tresc": "tresc"},
    "effect": True,
    "expect_digest": None,
    "remarks": Remarks(),
    "progress": lambda done, size: None,
}


@pytest.fixture
def people(session: Session, tmp_path: Path) -> tuple[EmployeeScope, EmployeeScope]:
    one, other = (sign_in_employee(session, Role.ACCOUNTING, employee_id=number) for number in (1, 2))
    make_tenancy(session, make_tenant(session, tenant_no="0001"), tenancy_no="U/1")
    session.commit()
    return one, other


def _ready(scope: EmployeeScope, path: Path) -> tuple[EmployeeScope, int, str]:
    """A previewed batch and the token to confirm it."""
    batch_id = hand_in(scope, kind="ledger", path=path, file_name="kartoteka.csv")
    checked = preview_batch(scope, batch_id=batch_id, options=LoadOptions())
    assert checked.readable
    return scope, batch_id, checked.token


def _at_once(*ready: tuple[EmployeeScope, int, str]) -> list[BatchReport | DomainError]:
    """Each confirms in a thread of their own, all at the same moment."""
    together = Barrier(len(ready))

    def confirm(one: tuple[EmployeeScope, int, str]) -> BatchReport | DomainError:
        scope, batch_id, token = one
        together.wait()
        try:
            return confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions())
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(ready)) as pool:
        return list(pool.map(confirm, ready))


def _sound() -> bool:
    with db.reading() as session:
        return broken_invariants(session, operator_scope()) == []


def test_two_employees_with_the_same_file_load_it_once(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    path = write(tmp_path, ledger_lines(*ROWS))
    answers = _at_once(*(_ready(scope, path) for scope in people))
    assert sorted(type(one).__name__ for one in answers) == ["AlreadyLoadedError", "BatchReport"]
    assert count_entries() == len(ROWS)
    assert _sound()


def test_two_employees_with_overlapping_files_load_each_row_once(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    files = [write(tmp_path, ledger_lines(*rows)) for rows in (ROWS[:20], ROWS[10:])]
    answers = _at_once(*(_ready(scope, path) for scope, path in zip(people, files, strict=True)))
    assert sorted(type(one).__name__ for one in answers) == ["BatchReport", "PreviewOutdatedError"]
    late = next(at for at, one in enumerate(answers) if not isinstance(one, BatchReport))
    (anew,) = _at_once(_ready(people[late], files[late]))
    assert isinstance(anew, BatchReport)
    assert (anew.accepted, anew.repeated) == (10, 10)
    assert count_entries() == len(ROWS)
    assert _sound()


def test_one_token_confirms_once_from_two_windows(people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path) -> None:
    ready = _ready(people[0], write(tmp_path, ledger_lines(*ROWS)))
    answers = _at_once(ready, ready)
    assert [isinstance(one, BatchReport) for one in sorted(answers, key=lambda one: isinstance(one, BatchReport))] == [
        False,
        True,
    ]
    assert count_entries() == len(ROWS)


def test_file_replaced_at_its_place_loads_what_was_previewed(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    path = write(tmp_path, ledger_lines(*ROWS))
    scope, batch_id, token = _ready(people[0], path)
    path.write_text("\r\n".join(ledger_lines(*CLEAN)), encoding="utf-8")
    assert confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions()).rows == len(ROWS)


def test_file_replaced_in_the_store_is_not_loaded(people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path) -> None:
    path = write(tmp_path, ledger_lines(*ROWS))
    scope, batch_id, token = _ready(people[0], path)
    kept_file(hash_file(path)).write_text("\r\n".join(ledger_lines(ROWS[0])), encoding="utf-8")
    with pytest.raises(DamagedFileError):
        confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions())
    assert count_entries() == 0


@pytest.mark.parametrize("name", OPTIONS)
def test_no_option_chooses_what_of_a_clean_file_is_loaded(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path, name: str
) -> None:
    assert OPTIONS.keys() == set(LoadOptions.__dataclass_fields__), "a new option: does it choose rows?"
    report = load_lines(tmp_path, ledger_lines(*CLEAN), **{name: OPTIONS[name]})
    assert (report.accepted, report.suspended, report.rejected) == (len(CLEAN) - 1, 1, 0)


def test_left_out_are_the_rows_in_error_and_no_others(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    wrong = ROWS[0].replace("NAL/0;", "NAL/X;").replace("2026-10-01", "wczoraj")
    report = load_lines(tmp_path, ledger_lines(wrong, *CLEAN), skip_errors=True)
    assert (report.accepted, report.suspended, report.rejected) == (len(CLEAN) - 1, 1, 1)
    assert len([row for row in ledger_state() if len(row) == 9]) == len(CLEAN) - 1


@pytest.mark.parametrize("wrong", [{"expect_rows": 1}, {"expect_debit": "1.00"}, {"expect_credit": "0.01"}])
def test_wrong_control_total_refuses_whatever_else_is_accepted(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path, wrong: dict[str, Any]
) -> None:
    totals: dict[str, Any] = {name: Decimal(one) if isinstance(one, str) else one for name, one in wrong.items()}
    load_lines(tmp_path, ledger_lines(*CLEAN), accept_warnings=True, skip_errors=True, equal_rows="add", **totals)
    assert count_entries() == 0


def test_committed_content_is_refused_in_the_other_preview(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    path = write(tmp_path, ledger_lines(*ROWS))
    scope, batch_id, token = _ready(people[0], path)
    late = _ready(people[1], path)
    confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions())
    with pytest.raises(AlreadyLoadedError):
        preview_batch(late[0], batch_id=late[1], options=LoadOptions())
