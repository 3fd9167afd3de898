"""Files that come into a folder: what is clean is loaded once, what is not waits for a person, nothing else is touched."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState, ImportBatch
from core.errors import DomainError, InvalidInputError
from core.imports import watching
from core.imports.closing import close_month
from core.imports.desk import hand_in
from core.imports.invariants import broken_invariants
from core.imports.watching import LEFT, LOADED, Fate, Outcome, Watcher, checked_patterns, only_watcher
from core.outbox.models import OutgoingMail
from core.outbox.templates import render
from core.settings import settings
from tests.cast import make_tenancy, make_tenant
from tests.core.imports.files import count_entries, ledger_lines, load_lines, write
from tests.core.imports.killing import run_and_kill
from tests.repeats import repeats, sampled

ROW = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz Kowalska;100,00;"
OTHER = "0001;U/1;NAL/2;1;NAL;2026-10-01;2026-10-10;Czynsz;50,00;"
ODD = ROW.replace(";NAL;", ";XYZ;")
KILLS = repeats(20, sample=3)


@pytest.fixture
def folder(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IOK_ACCOUNTING_EMAIL", "ksiegowosc@example.com")
    settings.cache_clear()
    make_tenancy(session, make_tenant(session, tenant_no="0001"), tenancy_no="U/1")
    session.commit()
    place = tmp_path / "przychodzace"
    place.mkdir()
    return place


def _put(folder: Path, *rows: str, name: str = "kartoteka.csv") -> Path:
    path = folder / name
    path.write_text("\r\n".join(ledger_lines(*rows)) + "\r\n", encoding="utf-8")
    return path


def _look(watcher: Watcher) -> list[Outcome]:
    return list(watcher.look(operator_scope()))


def _run(folder: Path, *patterns: str) -> list[Outcome]:
    """Two looks of a fresh watcher, as `--once` does."""
    watcher = Watcher(folder, checked_patterns(patterns))
    assert _look(watcher) == []
    return _look(watcher)


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _mails() -> list[dict[str, str]]:
    with db.reading() as session:
        found = session.scalars(select(OutgoingMail.parameters).where(OutgoingMail.template == "import_left"))
        return [json.loads(one or "{}") for one in found]


def _sound() -> bool:
    with db.reading() as session:
        return broken_invariants(session, operator_scope()) == []


def test_clean_file_is_loaded_and_put_aside_with_its_batch(folder: Path) -> None:
    _put(folder, ROW, OTHER)
    (done,) = _run(folder)
    assert (done.fate, done.kind, done.report is not None and done.report.accepted) == (Fate.LOADED, "ledger", 2)
    assert _names(folder) == [f"{LOADED}/{done.batch_id}-kartoteka.csv"]
    assert (count_entries(), _mails()) == (2, [])
    with db.reading() as session:
        batch = session.get_one(ImportBatch, done.batch_id)
    assert (batch.state, batch.file_name, batch.employee_login) == (BatchState.COMMITTED, "kartoteka.csv", "konsola")


@pytest.mark.parametrize(
    "rows",
    [(ODD,), (ROW.replace("2026-10-01", "wczoraj"),), (ROW.replace("0001;U/1", "0009;U/9"),), (ROW, "SUMA;2")],
    ids=["warning", "error", "suspense", "wrong control total"],
)
def test_file_with_any_finding_is_left_for_the_desk_with_a_mail(folder: Path, rows: tuple[str, ...]) -> None:
    _put(folder, *rows)
    (done,) = _run(folder)
    assert done.fate is Fate.LEFT
    assert _names(folder) == [f"{LEFT}/{done.batch_id}-kartoteka.csv"]
    assert count_entries() == 0
    with db.reading() as session:
        assert session.get_one(ImportBatch, done.batch_id).state == BatchState.CHECKED
    (mail,) = _mails()
    text = render("import_left", mail, portal="x").text
    assert f"partia {done.batch_id}" in text
    assert "Wiersze 1" in text
    assert "Kowalska" not in text
    assert "kartoteka.csv" not in text


def test_file_that_is_none_is_left_as_refused(folder: Path) -> None:
    (folder / "kartoteka.csv").write_bytes(b"PK\x03\x04 a workbook")
    (done,) = _run(folder)
    with db.reading() as session:
        assert (done.fate, session.get_one(ImportBatch, done.batch_id).state) == (Fate.LEFT, BatchState.REFUSED)
    assert len(_mails()) == 1


def test_rows_of_a_closed_month_wait_for_two_people(folder: Path) -> None:
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    _put(folder, ROW)
    assert [one.fate for one in _run(folder)] == [Fate.LEFT]
    assert count_entries() == 0


def test_without_an_address_nobody_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IOK_ACCOUNTING_EMAIL")
    settings.cache_clear()
    _put(folder, ODD)
    assert [one.fate for one in _run(folder)] == [Fate.LEFT]
    assert _mails() == []


def test_growing_file_is_not_taken(folder: Path) -> None:
    path = _put(folder, ROW)
    watcher = Watcher(folder)
    assert _look(watcher) == []
    with path.open("a", encoding="utf-8") as more:
        more.write(OTHER + "\r\n")
    assert _look(watcher) == []
    assert [one.fate for one in _look(watcher)] == [Fate.LOADED]
    assert count_entries() == 2


def test_file_rewritten_in_place_is_not_taken(folder: Path) -> None:
    path = _put(folder, ROW)
    watcher = Watcher(folder)
    _look(watcher)
    _put(folder, ROW.replace("100,00", "200,00"))
    os.utime(path, ns=(1, 1))
    assert _look(watcher) == []


def test_unfinished_names_are_left_alone_until_they_are_renamed(folder: Path) -> None:
    path = _put(folder, ROW, name="kartoteka.csv.part")
    assert _run(folder, "kartoteka*=ledger") == []
    path.rename(folder / "kartoteka.csv")
    assert [one.fate for one in _run(folder)] == [Fate.LOADED]


def test_only_names_that_fit_are_taken_and_registry_before_ledger(folder: Path) -> None:
    _put(folder, ROW.replace("0001;U/1", "0002;U/2"), name="KARTOTEKA-2026-10.CSV")
    _put(folder, OTHER, name="notatki.csv")
    write(folder, ["nr_kontrahenta;rodzaj;nazwa", "0002;osoba;Jan"], name="kontrahenci.csv")
    assert [(one.name, one.kind) for one in _run(folder)] == [
        ("kontrahenci.csv", "tenants"),
        ("KARTOTEKA-2026-10.CSV", "ledger"),
    ]
    assert "notatki.csv" in _names(folder)


def test_patterns_of_ones_own_replace_the_usual_ones(folder: Path) -> None:
    _put(folder, ROW)
    assert _run(folder, "wyciag*.csv=ledger") == []
    assert [one.kind for one in _run(folder, "kart*=ledger")] == ["ledger"]


@pytest.mark.parametrize(
    "pattern", ["ledger", "=ledger", "../x*.csv=ledger", "a/b=ledger", "x.csv=nonsense", ".x=ledger"]
)
def test_pattern_that_leads_elsewhere_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_patterns([pattern])


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = _put(tmp_path, ROW, name="secret.csv")
    (folder / "kartoteka.csv").symlink_to(secret)
    os.mkfifo(folder / "kartoteka-pipe.csv")
    (folder / "kartoteka-folder.csv").mkdir()
    assert {one.fate for one in _run(folder)} == {Fate.REFUSED}
    assert count_entries() == 0
    assert secret.exists()


def test_name_with_hidden_signs_is_refused(folder: Path) -> None:
    _put(folder, ROW, name="kartoteka\nwczytano.csv")
    (done,) = _run(folder)
    assert (done.fate, done.name) == (Fate.REFUSED, "kartoteka\\nwczytano.csv")


def test_folder_of_loaded_files_that_leads_elsewhere_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "gdzie-indziej").mkdir()
    (folder / LOADED).symlink_to(tmp_path / "gdzie-indziej")
    _put(folder, ROW)
    assert [one.fate for one in _run(folder)] == [Fate.WAITS]
    assert list((tmp_path / "gdzie-indziej").iterdir()) == []


def test_same_content_again_adds_nothing_and_keeps_both_files(folder: Path) -> None:
    _put(folder, ROW)
    (first,) = _run(folder)
    _put(folder, ROW)
    (again,) = _run(folder)
    assert (again.fate, again.batch_id, count_entries()) == (Fate.STOOD, first.batch_id, 1)
    assert _names(folder) == [f"{LOADED}/{first.batch_id}-2-kartoteka.csv", f"{LOADED}/{first.batch_id}-kartoteka.csv"]


def test_what_is_refused_is_told_once(folder: Path, tmp_path: Path) -> None:
    (folder / "kartoteka.csv").symlink_to(tmp_path)
    watcher = Watcher(folder)
    assert [len(_look(watcher)) for _ in range(4)] == [0, 1, 0, 0]


def test_file_swapped_while_it_is_taken_is_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _put(folder, ROW)
    watcher = Watcher(folder)
    _look(watcher)

    def swapping(reader: Any, writer: Any, length: int) -> None:
        copyfileobj(reader, writer, length)
        with path.open("a", encoding="utf-8") as more:
            more.write(OTHER)

    monkeypatch.setattr("core.imports.watching.shutil.copyfileobj", swapping)
    assert [one.fate for one in _look(watcher)] == [Fate.REFUSED]
    assert count_entries() == 0


def test_fault_on_one_file_does_not_keep_the_others_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(folder, ROW, name="kartoteka-1.csv")
    _put(folder, OTHER, name="kartoteka-2.csv")

    def failing(*given: Any, file_name: str, **more: Any) -> int:
        if "1" in file_name:
            raise ZeroDivisionError
        return hand_in(*given, file_name=file_name, **more)

    monkeypatch.setattr(watching, "hand_in", failing)
    assert [one.fate for one in _run(folder)] == [Fate.FAILED, Fate.LOADED]


def test_one_at_a_time(folder: Path) -> None:
    with only_watcher(), pytest.raises(DomainError), only_watcher():
        pass
    with only_watcher():
        pass


class Stopped(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("at", ["preview_batch", "commit_batch", "_move", "_tell"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("rows", [(ROW,), (ODD,)], ids=["clean", "odd"])
def test_stopped_anywhere_it_goes_on_where_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: str, after: bool, rows: tuple[str, ...]
) -> None:
    _put(folder, *rows)
    where: Any = Watcher if at == "_move" else watching
    real: Callable[..., Any] = getattr(where, at)

    def stopping(*given: Any, **named: Any) -> Any:
        if after:
            real(*given, **named)
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(where, at, stopping)
        try:
            _run(folder)
        except Stopped:
            assert _sound()
    _run(folder)
    place, mails = (LOADED, 0) if rows == (ROW,) else (LEFT, 1)
    assert [name.split("/")[0] for name in _names(folder)] == [place]
    assert (count_entries(), len(_mails())) == (1 - mails, mails)
    with db.reading() as session:
        committed = session.scalar(select(func.count()).where(ImportBatch.state == BatchState.COMMITTED))
    assert committed == 1 - mails
    assert _sound()


def _kill(folder: Path, after: float | None) -> float:
    """Take the folder's files in a process of its own and kill it after so many seconds; how long it ran."""
    return run_and_kill("tests.core.imports.watcher", str(folder), after=after)


@sampled
@pytest.mark.timeout(600)
def test_killed_at_random_nothing_is_loaded_twice(folder: Path) -> None:
    chance = random.Random(7)
    rows = [f"0001;U/1;N{{}}/{n};1;NAL;2026-10-01;;x;1,00;" for n in range(400)]

    def put(nth: int) -> None:
        for part in "ab":
            lines = [row.format(f"{part}{nth}") for row in rows]
            _put(folder, *lines, name=f"kartoteka-{part}{nth}.csv")

    put(0)
    whole = _kill(folder, None)
    for nth in range(1, KILLS + 1):
        put(nth)
        _kill(folder, chance.uniform(0, whole))
        assert _sound()
        assert count_entries() % len(rows) == 0
    _run(folder)
    assert count_entries() == 2 * (KILLS + 1) * len(rows)
    assert {name.split("/")[0] for name in _names(folder)} == {LOADED}
    assert len(_names(folder)) == 2 * (KILLS + 1)
    assert _sound()


def test_command_says_what_it_did(folder: Path) -> None:
    _put(folder, ROW)
    call = [sys.executable, "-m", "core", "watch", str(folder), "--once", "--pause", "1"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kartoteka.csv: wczytano; partia" in done.stdout
    assert "Wiersze 1, do wczytania 1" in done.stdout
    _put(folder, ODD)
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (done.returncode, count_entries()) == (1, 1)
    assert "zostawiono do sprawdzenia" in done.stdout
    wrong = subprocess.run([*call, "--pattern", "../x=ledger"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2


def test_loaded_by_hand_first_is_only_put_aside(folder: Path) -> None:
    by_hand = load_lines(folder.parent, ledger_lines(ROW))
    _put(folder, ROW)
    (done,) = _run(folder)
    assert (done.fate, done.batch_id, count_entries()) == (Fate.STOOD, by_hand.batch_id, 1)
