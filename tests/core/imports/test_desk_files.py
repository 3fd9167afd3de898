"""What the desk offers around a file: errors to mend, names of columns, what is remembered, samples, history, receipt."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.errors import NotFoundError
from core.imports.closing import close_month
from core.imports.desk import CheckedBatch, commit_batch, confirm_batch, hand_in, preview_batch
from core.imports.errors_file import errors_file
from core.imports.history import batch_count, history, source_file
from core.imports.options import LoadOptions
from core.imports.receipt import batch_receipt
from core.imports.report import RefusedError
from core.imports.samples import guessed_kind, sample_of
from core.imports.undo import undo_batch
from tests.core.documents.readers import text_of
from tests.core.imports.files import CITY, HEADER, count_entries, ledger_lines, load_lines, load_registry

GOOD = "0001;U/1;D/1;1;NAL;2026-10-01;;Czynsz;10,00;"
NAMED = HEADER.replace("nr_umowy", "numer umowy najmu").replace("uznanie", "Ma")


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path, tenancies=4)
    return tmp_path


def handed_in(folder: Path, content: str | bytes, name: str = "a.csv") -> int:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return hand_in(operator_scope(), kind="ledger", path=path, file_name=name)


def checked(batch_id: int, options: LoadOptions | None = None) -> CheckedBatch:
    return preview_batch(operator_scope(), batch_id=batch_id, options=options or LoadOptions())


def test_errors_file_holds_the_rows_in_error_as_written_and_loads_once_mended(folder: Path) -> None:
    rows = [
        HEADER,
        GOOD,
        "0001;U/1;D/2;1;NAL;wczoraj;;Zażółć gęślą;5,00;",
        '0002;U/2;D/3;1;NAL;2026-10-01;;"w dwóch\r\nliniach; ze średnikiem";kwota;',
        "0003;U/3;D/4;1;NAL;2026-13-01;;x;1,00;2,00",
        "0003;U/3;D/5;1;NAL",
        "SUMA;4;;;;;;;;",
    ]
    batch_id = handed_in(folder, "\r\n".join(rows[:-1]).encode("cp1250") + b"\r\n")
    with pytest.raises(RefusedError):
        commit_batch(operator_scope(), batch_id=batch_id, options=LoadOptions())
    batch_id = handed_in(folder, "\r\n".join(rows[:-1]).encode("cp1250") + b"\r\n\r\n")
    found = checked(batch_id)
    assert found.report.rejected == 4
    name, content = errors_file(operator_scope(), batch_id=batch_id, options=found.options)
    assert name == "a-bledy.csv"
    text = content.decode("cp1250")
    heading, *told = text.removesuffix("\r\n").split("\r\n")
    assert heading == f"{HEADER};bledy"
    assert told[0].startswith(f'{rows[2]};"data_ksiegowania: ')
    assert "Zażółć gęślą" in told[0]
    assert told[1] == '0002;U/2;D/3;1;NAL;2026-10-01;;"w dwóch'
    assert told[2].startswith('liniach; ze średnikiem";kwota;;"')
    assert "data_ksiegowania" in told[3]
    assert told[4].startswith("0003;U/3;D/5;1;NAL;;;;;;")
    assert len(told) == 5
    mended = (
        text.replace("wczoraj", "2026-10-02").replace(";kwota;", ";7,00;").replace("2026-13-01", "2026-12-01")
        .replace("1,00;2,00", "1,00;").replace("0003;U/3;D/5;1;NAL;;;;;;", "0003;U/3;D/5;1;NAL;2026-10-01;;x;3,00;;")
    )  # fmt: skip
    again = checked(handed_in(folder, mended.encode("cp1250"), "a-bledy.csv"))
    assert (again.report.rejected, again.report.accepted, again.report.findings.counts.total()) == (0, 4, 0)


def test_errors_file_of_a_file_without_errors_is_not_there(folder: Path) -> None:
    batch_id = handed_in(folder, "\n".join([HEADER, GOOD]))
    options = checked(batch_id).options
    with pytest.raises(NotFoundError):
        errors_file(operator_scope(), batch_id=batch_id, options=options)
    assert count_entries() == 0


def test_rows_in_error_can_be_fetched_where_the_control_total_is_wrong_too(folder: Path) -> None:
    batch_id = handed_in(folder, "\n".join([HEADER, GOOD, "0001;U/1;D/2;1;NAL;wczoraj;;x;5,00;", "SUMA;7"]))
    _, content = errors_file(operator_scope(), batch_id=batch_id, options=checked(batch_id).options)
    assert [line.split(";")[2] for line in content.decode().splitlines()] == ["nr_dokumentu", "D/2"]


def test_rows_in_error_can_be_fetched_where_other_rows_are_in_a_closed_month(folder: Path) -> None:
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    batch_id = handed_in(folder, "\n".join([HEADER, GOOD, "0001;U/1;D/2;1;NAL;wczoraj;;x;5,00;"]))
    _, content = errors_file(operator_scope(), batch_id=batch_id, options=checked(batch_id).options)
    assert [line.split(";")[2] for line in content.decode().splitlines()] == ["nr_dokumentu", "D/2"]


def test_every_error_is_in_the_errors_file_and_not_only_the_first_ones(folder: Path) -> None:
    rows = [f"0001;U/1;D/{nth};1;NAL;nigdy;;x;1,00;" for nth in range(700)]
    batch_id = handed_in(folder, "\n".join([HEADER, *rows]))
    _, content = errors_file(operator_scope(), batch_id=batch_id, options=checked(batch_id).options)
    assert len(content.splitlines()) == 701


def test_column_of_another_name_is_pointed_out_once_and_remembered_for_its_source(folder: Path) -> None:
    scope = operator_scope()
    first = handed_in(folder, "\n".join([NAMED, GOOD]))
    unknown = checked(first)
    assert not unknown.readable
    told = LoadOptions(columns={"nr_umowy": "numer umowy najmu", "uznanie": "Ma"})
    found = checked(first, told)
    assert (found.readable, found.report.accepted) == (True, 1)
    confirm_batch(scope, batch_id=first, token=found.token, options=found.options)
    second = checked(handed_in(folder, "\n".join([NAMED, GOOD.replace("D/1", "D/2")]), "b.csv"))
    assert (second.report.accepted, dict(second.options.columns)) == (1, dict(told.columns))
    mended = checked(handed_in(folder, "\n".join([f"{NAMED};bledy", GOOD.replace("D/1", "D/3") + ";coś"]), "c.csv"))
    assert mended.report.accepted == 1
    other = checked(handed_in(folder, "\n".join([NAMED.replace("Ma", "MA "), GOOD]), "d.csv"))
    assert not other.readable


def test_choice_of_reading_is_kept_per_source_and_given_up_with_it(folder: Path) -> None:
    scope = operator_scope()
    content = "\n".join([HEADER, GOOD.replace("10,00", "1.234")])
    first = handed_in(folder, content)
    comma = checked(first, LoadOptions(point_is_decimal=False))
    assert comma.report.debit == 1234
    confirm_batch(scope, batch_id=first, token=comma.token, options=comma.options)
    with db.transaction() as session:
        undo_batch(session, scope, batch_id=first)
    again = handed_in(folder, content + "\n")
    assert checked(again).report.debit == 1234


def test_sample_shows_the_first_rows_as_written(folder: Path) -> None:
    rows = [f"0001;U/1;D/{nth};1;NAL;2026-10-01;;x;{nth},00;" for nth in range(30)]
    batch_id = handed_in(folder, "\n".join([HEADER, *rows]))
    with db.reading() as session:
        sample = sample_of(session, operator_scope(), batch_id=batch_id, options=LoadOptions())
    assert sample.heading == tuple(HEADER.split(";"))
    assert [";".join(cells) for cells in sample.rows] == rows[:20]
    assert sample.dialect.delimiter == ";"


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("budynki", "buildings"),
        ("lokale", "premises"),
        ("kontrahenci", "tenants"),
        ("umowy", "tenancies"),
        ("kartoteka", "ledger"),
    ],
)
def test_kind_is_told_from_the_heading(file: str, kind: str) -> None:
    assert guessed_kind(CITY / f"{file}.csv") == kind


def test_kind_of_a_strange_file_is_not_guessed(tmp_path: Path) -> None:
    for content in (b"imie;nazwisko\nA;B\n", b"%PDF-1.7\n", b""):
        (tmp_path / "x.csv").write_bytes(content)
        assert guessed_kind(tmp_path / "x.csv") is None


def test_history_is_searched_by_file_person_and_number(folder: Path) -> None:
    load_lines(folder, ledger_lines(GOOD))
    with db.reading() as session:
        scope = operator_scope()
        newest = history(session, scope)[0]
        assert [one.id for one in history(session, scope, text=str(newest.id))] == [newest.id]
        assert batch_count(session, scope, text=newest.file_name[:4].upper()) >= 1
        assert batch_count(session, scope, text="konsola") == batch_count(session, scope)
        assert history(session, scope, text="%") == []


def test_receipt_says_what_was_done_and_is_the_same_each_time(folder: Path) -> None:
    scope = operator_scope()
    batch_id = handed_in(folder, "\n".join([HEADER, GOOD]))
    found = checked(batch_id)
    confirm_batch(scope, batch_id=batch_id, token=found.token, options=found.options)
    with db.reading() as session:
        made = batch_receipt(session, scope, batch_id=batch_id)
        assert made == batch_receipt(session, scope, batch_id=batch_id)
        line = history(session, scope)[0]
    text = text_of(made).replace("\u00a0", " ")
    for said in ("a.csv", line.sha256[:20], "10,00 zł", "Zmienione salda umów"):
        assert said in text
    with db.transaction() as session:
        undo_batch(session, scope, batch_id=batch_id)
        with pytest.raises(NotFoundError):
            batch_receipt(session, scope, batch_id=batch_id)


def test_source_file_is_as_it_was_handed_in_and_its_download_is_on_record(folder: Path) -> None:
    content = "\n".join([HEADER, GOOD])
    batch_id = handed_in(folder, content)
    with db.transaction() as session:
        name, path = source_file(session, operator_scope(), batch_id=batch_id)
        assert (name, path.read_text()) == ("a.csv", content)
        assert session.scalars(
            select(AuditEvent.object_id).where(AuditEvent.action == "import_file_fetched")
        ).all() == [str(batch_id)]
