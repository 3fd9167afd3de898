"""Files that wait for a decision: seen by whoever imports, taken up by another, turned down with a reason."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.access.confirmations import ConfirmationUsedError
from core.access.scopes import EmployeeScope, Role
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.batches.models import BatchState, ImportBatch
from core.documents.storage import DamagedFileError, kept_file
from core.errors import InvalidInputError, NotFoundError, NotPermittedError
from core.imports.closing import close_month
from core.imports.desk import CheckedBatch, confirm_batch, hand_in, preview_batch
from core.imports.history import history
from core.imports.options import LoadOptions
from core.imports.second_person import ask_load, period_requests
from core.imports.waiting import LONGEST_REFUSAL, WaitingBatch, refuse_batch, waiting_batches, waiting_count
from core.imports.watching import Fate, Watcher
from tests.cast import make_tenancy, make_tenant, sign_in_employee
from tests.core.imports.files import count_entries, ledger_lines, write

ROW = "0001;U/1;NAL/{};1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"
ODD = ROW.replace(";NAL;", ";XYZ;")
REASON = "Zastąpiony poprawionym plikiem."
ACCEPTED = LoadOptions(accept_warnings=True)


@pytest.fixture
def people(session: Session) -> tuple[EmployeeScope, EmployeeScope]:
    one, other = (sign_in_employee(session, Role.ACCOUNTING, employee_id=number) for number in (1, 2))
    make_tenancy(session, make_tenant(session, tenant_no="0001"), tenancy_no="U/1")
    session.commit()
    return one, other


def handed_in(scope: EmployeeScope, folder: Path, *rows: str, name: str = "kartoteka.csv") -> int:
    return hand_in(scope, kind="ledger", path=write(folder, ledger_lines(*rows)), file_name=name)


def looked_at(scope: EmployeeScope, batch_id: int) -> CheckedBatch:
    return preview_batch(scope, batch_id=batch_id, options=LoadOptions())


def waiting(scope: EmployeeScope, *without: int) -> list[WaitingBatch]:
    with db.reading() as session:
        found = waiting_batches(session, scope, without=without)
        assert waiting_count(session, scope, without=without) == len(found)
    return found


def refuse(scope: EmployeeScope, batch_id: int, reason: str = REASON) -> None:
    with db.transaction() as session:
        refuse_batch(session, scope, batch_id=batch_id, reason=reason)


def test_file_left_by_the_folder_is_loaded_by_the_clerk_who_looks_at_it(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    (tmp_path / "kartoteka.csv").write_text("\n".join(ledger_lines(ODD.format(1))), encoding="utf-8")
    watcher = Watcher(tmp_path)
    list(watcher.look(operator_scope()))
    (left,) = watcher.look(operator_scope())
    assert (left.fate, left.batch_id is not None) == (Fate.LEFT, True)

    (line,) = waiting(people[0])
    assert (line.id, line.state, line.employee_id, line.employee_login) == (
        left.batch_id, BatchState.CHECKED, None, "konsola"
    )  # fmt: skip
    checked = looked_at(people[0], line.id)
    report = confirm_batch(people[0], batch_id=line.id, token=checked.token, options=ACCEPTED)

    assert (report.accepted, count_entries(), waiting(people[0])) == (1, 1, [])


def test_token_is_of_who_looked_last(people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path) -> None:
    one, other = people
    batch_id = handed_in(one, tmp_path, ROW.format(1))
    first = looked_at(one, batch_id)
    second = looked_at(other, batch_id)
    for scope, token in (one, first.token), (one, second.token), (other, first.token):
        with pytest.raises(ConfirmationUsedError):
            confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions())
    assert count_entries() == 0
    confirm_batch(other, batch_id=batch_id, token=second.token, options=LoadOptions())
    assert count_entries() == 1


def test_unchecked_and_checked_wait_newest_first_without_those_in_hand(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    received = handed_in(people[0], tmp_path, ROW.format(1))
    checked = handed_in(people[1], tmp_path, ROW.format(2))
    looked_at(people[1], checked)
    assert [(one.id, one.state) for one in waiting(people[0])] == [
        (checked, BatchState.CHECKED), (received, BatchState.RECEIVED)
    ]  # fmt: skip
    assert [one.id for one in waiting(people[0], checked)] == [received]
    with db.reading() as session:
        assert [one.id for one in waiting_batches(session, people[0], limit=1, skip=1)] == [received]


def test_unreadable_loaded_and_refused_files_do_not_wait(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_bytes(b"PK\x03\x04 a workbook")
    looked_at(people[0], hand_in(people[0], kind="ledger", path=tmp_path / "x.csv", file_name="x.csv"))
    loaded = handed_in(people[0], tmp_path, ROW.format(1))
    token = looked_at(people[0], loaded).token
    confirm_batch(people[0], batch_id=loaded, token=token, options=LoadOptions())
    refuse(people[0], handed_in(people[0], tmp_path, ROW.format(2)))
    assert waiting(people[0]) == []


def test_refused_file_keeps_the_reason_and_who_gave_it(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    batch_id = handed_in(people[0], tmp_path, ROW.format(1))
    token = looked_at(people[0], batch_id).token
    refuse(people[1], batch_id)
    with db.reading() as session:
        (line,) = history(session, people[0])
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "import_refused"))
    assert (line.state, line.refusal) == (BatchState.REFUSED, f"{people[1].login}: {REASON}")
    assert (event.object_kind, event.object_id, event.actor_id) == (
        "import_batch",
        str(batch_id),
        people[1].employee_id,
    )
    with pytest.raises(NotFoundError):
        confirm_batch(people[0], batch_id=batch_id, token=token, options=LoadOptions())
    with pytest.raises(NotFoundError):
        looked_at(people[0], batch_id)
    assert count_entries() == 0


def test_refused_file_can_be_handed_in_again(people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path) -> None:
    refused = handed_in(people[0], tmp_path, ROW.format(1))
    refuse(people[0], refused)
    again = handed_in(people[0], tmp_path, ROW.format(1))
    assert again != refused
    token = looked_at(people[0], again).token
    assert confirm_batch(people[0], batch_id=again, token=token, options=LoadOptions()).accepted == 1


@pytest.mark.parametrize("reason", ["", "krótko", "x" * (LONGEST_REFUSAL + 1)])
def test_refusal_needs_a_reason_that_can_be_read(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path, reason: str
) -> None:
    batch_id = handed_in(people[0], tmp_path, ROW.format(1))
    with pytest.raises(InvalidInputError) as refusal:
        refuse(people[0], batch_id, reason)
    assert (refusal.value.field, [one.id for one in waiting(people[0])]) == ("reason", [batch_id])


def test_longest_reason_under_the_longest_login_is_kept_whole(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    scope = replace(people[0], login="l" * 60)
    refuse(scope, batch_id := handed_in(scope, tmp_path, ROW.format(1)), "x" * LONGEST_REFUSAL)
    with db.reading() as session:
        assert session.get_one(ImportBatch, batch_id).refusal == f"{'l' * 60}: {'x' * LONGEST_REFUSAL}"


def test_only_what_waits_can_be_refused_and_only_once(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    loaded = handed_in(people[0], tmp_path, ROW.format(1))
    token = looked_at(people[0], loaded).token
    confirm_batch(people[0], batch_id=loaded, token=token, options=LoadOptions())
    refused = handed_in(people[0], tmp_path, ROW.format(2))
    refuse(people[0], refused)
    for batch_id in (loaded, refused, 9999):
        with pytest.raises(NotFoundError):
            refuse(people[1], batch_id, "Inny powód niż przedtem.")
    with db.reading() as session:
        events = session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == "import_refused")).all()
        assert session.get_one(ImportBatch, loaded).state == BatchState.COMMITTED
    assert events == [str(refused)]


def test_content_that_landed_meanwhile_names_its_batch(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    left = handed_in(people[0], tmp_path, ROW.format(1))
    other = handed_in(people[1], tmp_path, ROW.format(1))
    assert [one.loaded_as for one in waiting(people[0])] == [None, None]
    token = looked_at(people[1], other).token
    confirm_batch(people[1], batch_id=other, token=token, options=LoadOptions())
    assert [(one.id, one.loaded_as) for one in waiting(people[0])] == [(left, other)]


def test_second_person_is_asked_by_who_handed_it_in_and_a_refusal_ends_it(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    batch_id = handed_in(people[0], tmp_path, ROW.format(1))
    assert looked_at(people[1], batch_id).report.closed
    with pytest.raises(NotPermittedError):
        ask_load(people[1], batch_id=batch_id, options=ACCEPTED, reason=REASON)
    ask_load(people[0], batch_id=batch_id, options=ACCEPTED, reason=REASON)
    assert [one.asked for one in waiting(people[1])] == [True]
    refuse(people[1], batch_id)
    with db.reading() as session:
        assert period_requests(session, people[0], waiting=True) == []
        assert [one.batch_id for one in period_requests(session, people[0], waiting=False)] == [batch_id]


def test_file_of_the_console_is_asked_for_by_whoever_takes_it_up(
    people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path
) -> None:
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    batch_id = handed_in(operator_scope(), tmp_path, ROW.format(1))
    ask_load(people[1], batch_id=batch_id, options=ACCEPTED, reason=REASON)
    assert [one.asked for one in waiting(people[0])] == [True]


def test_lost_and_damaged_files_say_so_and_wait_on(people: tuple[EmployeeScope, EmployeeScope], tmp_path: Path) -> None:
    batch_id = handed_in(people[0], tmp_path, ROW.format(1))
    (line,) = waiting(people[1])
    with db.reading() as session:
        kept = kept_file(session.get_one(ImportBatch, batch_id).sha256)
    kept.write_text("\n".join(ledger_lines(ROW.format(2))), encoding="utf-8")
    with pytest.raises(DamagedFileError):
        looked_at(people[1], line.id)
    kept.unlink()
    with pytest.raises(NotFoundError):
        looked_at(people[1], line.id)
    assert [one.id for one in waiting(people[1])] == [batch_id]
    assert count_entries() == 0
    assert handed_in(people[0], tmp_path, ROW.format(1)) == batch_id
    assert looked_at(people[1], line.id).report.accepted == 1
