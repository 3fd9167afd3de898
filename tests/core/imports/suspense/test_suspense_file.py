"""The list of what waits: fetched, filled in, handed in at the import desk, and taken back like any other file."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.imports.closing import close_month
from core.imports.desk import confirm_batch, hand_in, preview_batch
from core.imports.options import LoadOptions
from core.imports.report import RefusedError
from core.imports.samples import guessed_kind
from core.imports.suspense import posting
from core.imports.suspense.assigning import send_back
from core.imports.suspense.waiting_file import sent_back_file, waiting_file
from core.imports.undo_plan import confirm_undo, plan_undo
from tests.core.imports.files import count_entries, ledger_lines, ledger_state, load_lines, load_registry, write
from tests.core.imports.suspense.rows import (
    SCOPE,
    STRANGER,
    STRANGER_2,
    UNNUMBERED,
    assign_to,
    back,
    balance,
    look,
    standing_decisions,
    waiting_ids,
    whole,
)

Rows = list[dict[str, str]]


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path, tenancies=3)
    load_lines(tmp_path, ledger_lines(STRANGER, STRANGER_2, UNNUMBERED))
    return tmp_path


def fetched() -> Rows:
    with db.transaction() as session:
        content = waiting_file(session, SCOPE)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def as_file(folder: Path, rows: Rows) -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return write(folder, out.getvalue())


def filled(folder: Path, fill: Callable[[Rows], Rows | None]) -> Path:
    rows = fetched()
    return as_file(folder, fill(rows) or rows)


def load(path: Path, **options: bool) -> tuple[int, int, int, int]:
    """Accepted, repeated, left waiting, rejected."""
    report = load_lines(path.parent, path.read_bytes(), kind="suspense", **options)
    return report.accepted, report.repeated, report.suspended, report.rejected


def to_first(number: str) -> Callable[[Rows], None]:
    def fill(rows: Rows) -> None:
        rows[0]["umowa"] = number

    return fill


def test_list_says_what_waits_and_whose_it_may_be(folder: Path) -> None:
    rows = fetched()
    assert [(row["wiersz"], row["nr_umowy"], row["uznanie"], row["umowa"]) for row in rows] == [
        ("2", "U/9", "9,00", ""), ("3", "U/9", "11,00", ""), ("4", "U/9", "8,00", ""),
    ]  # fmt: skip
    assert rows[0]["propozycja"] in ("U/1", "U/2", "U/3")
    assert rows[0]["dlaczego"]


def test_rows_without_any_number_are_asked_about_one_by_one(folder: Path) -> None:
    names = {1: "Jan Kowalski", 2: "Ewa Nowak"}
    tenants = ["nr_kontrahenta;rodzaj;nazwa", *(f"{n:04d};osoba;{name}" for n, name in names.items())]
    load_lines(folder, tenants, kind="tenants", accept_warnings=True)
    load_lines(folder, ledger_lines(*(f";;D/{70 + n};1;WPL;2026-10-04;;{name};;70,00" for n, name in names.items())))
    assert [row["propozycja"] for row in fetched() if not row["nr_umowy"]] == ["U/1", "U/2"]


def test_faint_sign_is_no_proposal(folder: Path) -> None:
    load_lines(
        folder, ledger_lines("0001;X;D/5;1;WPL;2026-10-04;;kasa;;5,00", "9001;X;D/6;1;WPL;2026-10-04;;kasa;;5,00")
    )
    assert [row["propozycja"] for row in fetched() if row["nr_umowy"] == "X"] == ["U/1", ""]


def test_kind_is_told_from_the_heading(folder: Path) -> None:
    assert guessed_kind(filled(folder, to_first("U/1"))) == "suspense"


def test_untouched_list_leaves_everything_waiting(folder: Path) -> None:
    before = ledger_state()
    assert load(filled(folder, lambda rows: None)) == (0, 0, 3, 0)
    assert (ledger_state(), len(waiting_ids()), whole()) == (before, 3, [])


def test_filled_in_list_assigns_splits_and_sends_back(folder: Path) -> None:
    def fill(rows: Rows) -> Rows:
        first, second, third = rows
        parts = [{**second, "umowa": "U/1", "kwota": "10,99"}, {**second, "umowa": "U/2", "kwota": "0,01"}]
        return [parts[0], {**first, "umowa": "U/3"}, {**third, "odeslac": "wyjaśnić z kasą"}, parts[1]]

    assert load(filled(folder, fill)) == (4, 0, 0, 0)
    assert [balance(f"U/{n}") for n in (1, 2, 3)] == [Decimal("-10.99"), Decimal("-0.01"), Decimal(-9)]
    assert (waiting_ids(), len(standing_decisions()), whole()) == ([], 3, [])


def test_preview_tells_the_effect_and_changes_nothing(folder: Path) -> None:
    path = filled(folder, to_first("U/1"))
    before = ledger_state()
    batch_id = hand_in(SCOPE, kind="suspense", path=path, file_name="poczekalnia.csv")
    checked = preview_batch(SCOPE, batch_id=batch_id, options=LoadOptions())
    assert checked.report.effect is not None
    assert (checked.report.effect.changed, checked.report.effect.change) == (1, Decimal(-9))
    assert (checked.report.accepted, checked.report.suspended, ledger_state()) == (1, 2, before)
    done = confirm_batch(SCOPE, batch_id=batch_id, token=checked.token, options=checked.options)
    assert (done.state, done.accepted_credit, balance("U/1")) == (BatchState.COMMITTED, Decimal(9), Decimal(-9))


def test_file_is_taken_back_whole(folder: Path) -> None:
    before, rows = ledger_state(), waiting_ids()

    def fill(rows: Rows) -> None:
        rows[0]["umowa"], rows[1]["umowa"], rows[2]["odeslac"] = "U/1", "U/2", "wyjaśnić z kasą"

    report = load_lines(folder, filled(folder, fill).read_bytes(), kind="suspense")
    look("U/2")
    told = plan_undo(SCOPE, batch_id=report.batch_id)
    assert [(one.tenancy_no, one.credit) for one in told.removed] == [("U/1", Decimal(9))]
    assert [(one.tenancy_no, one.credit) for one in told.reversed] == [("U/2", Decimal(11))]
    done = confirm_undo(SCOPE, batch_id=report.batch_id, token=told.token)
    assert (done.removed, done.reversed, waiting_ids(), whole()) == (1, 1, rows, [])
    assert len(ledger_state()) == len(before) + 2  # the line that was seen, and its reversal


def test_file_with_a_row_taken_back_on_screen_is_taken_back_for_the_rest(folder: Path) -> None:
    def fill(rows: Rows) -> None:
        rows[0]["umowa"], rows[1]["umowa"] = "U/1", "U/2"

    report = load_lines(folder, filled(folder, fill).read_bytes(), kind="suspense")
    back(standing_decisions()[0])
    assert whole() == []
    told = plan_undo(SCOPE, batch_id=report.batch_id)
    assert [one.tenancy_no for one in told.removed] == ["U/2"]
    confirm_undo(SCOPE, batch_id=report.batch_id, token=told.token)
    assert (count_entries(), len(waiting_ids()), whole()) == (0, 3, [])


def test_same_decision_again_is_a_repetition_another_one_a_conflict(folder: Path) -> None:
    same, other = filled(folder, to_first("U/1")), filled(folder, to_first("U/2"))
    assign_to("U/1", waiting_ids()[0])
    assert load(same) == (0, 1, 2, 0)
    assert load(other) == (0, 0, 2, 1)
    assert (balance("U/1"), balance("U/2")) == (Decimal(-9), Decimal(0))


def test_row_sent_back_is_not_assigned_by_file(folder: Path) -> None:
    path = filled(folder, to_first("U/1"))
    with db.transaction() as session:
        send_back(session, SCOPE, row_ids=waiting_ids()[:1], reason="wyjaśnić z bankiem")
        listed = sent_back_file(session, SCOPE).decode("utf-8-sig")
    assert load(path) == (0, 0, 2, 1)
    assert "wyjaśnić z bankiem" in listed
    assert listed.count("\r\n") == 2


@pytest.mark.parametrize(
    ("fill", "column"),
    [
        ({"umowa": "U/99"}, "umowa"),
        ({"umowa": "U/1", "kwota": "8,99"}, "kwota"),
        ({"umowa": "U/1", "kwota": "-9,00"}, "kwota"),
        ({"umowa": "U/1", "odeslac": "wyjaśnić"}, "odeslac"),
        ({"umowa": "U/1", "uznanie": "9,01"}, "obciazenie"),
        ({"umowa": "U/1", "uznanie": "", "obciazenie": "9,00"}, "obciazenie"),
        ({"odeslac": "wyjaśnić"}, "odeslac"),
        ({"umowa": "U/1", "wiersz": "77"}, "wiersz"),
        ({"umowa": "U/1", "partia": "77"}, "wiersz"),
        ({"umowa": "U/1", "partia": "x"}, "partia"),
    ],
    ids=str,
)
def test_wrong_line_is_named_and_nothing_is_assigned(folder: Path, fill: dict[str, str], column: str) -> None:
    def wrong(rows: Rows) -> None:
        rows[0].update(fill)
        rows[1]["umowa"] = "U/2"

    path = filled(folder, wrong)
    report = load_lines(folder, path.read_bytes(), kind="suspense")
    assert report.state is BatchState.REFUSED
    errors = [one for one in report.findings.sorted() if one.severity == "error"]
    assert [(one.line, one.column) for one in errors] == [(2, column)]
    assert count_entries() == 0
    assert load(path, skip_errors=True) == (1, 0, 1, 1)
    assert (balance("U/2"), whole()) == (Decimal(-11), [])


def test_split_with_a_line_missing_its_tenancy_is_refused(folder: Path) -> None:
    def fill(rows: Rows) -> Rows:
        return [{**rows[0], "umowa": "U/1", "kwota": "9,00"}, rows[0]]

    assert load(filled(folder, fill)) == (0, 0, 0, 2)


def test_line_that_cannot_be_read_keeps_its_row_waiting(folder: Path) -> None:
    def fill(rows: Rows) -> Rows:
        return [{**rows[0], "umowa": "U/1", "kwota": "4,5O"}, {**rows[0], "umowa": "U/2"}, {**rows[1], "umowa": "U/3"}]

    path = filled(folder, fill)
    assert load(path, skip_errors=True) == (1, 0, 0, 2)
    assert [balance(f"U/{n}") for n in (1, 2, 3)] == [Decimal(0), Decimal(0), Decimal(-11)]


def test_undo_of_a_file_whose_line_another_file_brought_too_says_why_not(folder: Path) -> None:
    report = load_lines(folder, filled(folder, to_first("U/1")).read_bytes(), kind="suspense")
    mended = load_lines(folder, ledger_lines(STRANGER.replace("0009;U/9", "0001;U/1")))
    assert mended.repeated == 1
    told = plan_undo(SCOPE, batch_id=report.batch_id)
    assert told.refusal is not None
    assert f"partia {mended.batch_id}" in told.refusal
    assert [one.also_in for one in told.kept] == [mended.batch_id]


def test_file_that_splits_rows_into_very_many_parts_is_taken_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    lines_back = posting._take_lines_back

    def counted(session: Session, entry_ids: Sequence[int], moment: datetime) -> tuple[int, int]:
        sizes.append(len(entry_ids))
        return lines_back(session, entry_ids, moment)

    monkeypatch.setattr(posting, "_take_lines_back", counted)
    monkeypatch.setattr(posting, "AT_ONCE", 400)
    path = filled(folder, lambda rows: [{**rows[2], "umowa": f"U/{n % 3 + 1}", "kwota": "0,01"} for n in range(800)])
    report = load_lines(folder, path.read_bytes(), kind="suspense")
    told = plan_undo(SCOPE, batch_id=report.batch_id)
    sizes.clear()
    done = confirm_undo(SCOPE, batch_id=report.batch_id, token=told.token)
    assert sizes == [400, 400], "a statement holds no more ids than databases take"
    assert (done.removed, count_entries(), len(waiting_ids()), whole()) == (800, 0, 3, [])


def test_closed_month_asks_for_a_second_person(folder: Path) -> None:
    path = filled(folder, to_first("U/1"))
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    batch_id = hand_in(SCOPE, kind="suspense", path=path, file_name="poczekalnia.csv")
    checked = preview_batch(SCOPE, batch_id=batch_id, options=LoadOptions(accept_warnings=True))
    assert [(month.month, month.rows, month.credit) for month in checked.report.closed] == [("2026-10", 1, 900)]
    with pytest.raises(RefusedError, match="drugą osobę"):
        confirm_batch(SCOPE, batch_id=batch_id, token=checked.token, options=LoadOptions(accept_warnings=True))
    assert count_entries() == 0
