"""`python -m core import …` as an operator calls it: exit status, JSON, messages."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.core.imports.files import CITY, CITY_FILES, count_entries, ledger_lines, load_registry, write

EXPECTED = json.loads((CITY / "expected.json").read_text())
ROW = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"


def _core(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def _json(*arguments: str | Path) -> dict[str, Any]:
    done = _core(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_city_by_command(database: str) -> None:
    for kind, name in CITY_FILES[:-1]:
        assert _json("import", kind, CITY / name)["rejected"] == 0
    first = _json("import", "ledger", CITY / "kartoteka.csv")
    counts = {name: first[name] for name in ("rows", "accepted", "repeated", "suspended", "rejected", "state")}
    assert counts == {
        "rows": EXPECTED["rows"],
        "accepted": EXPECTED["accepted"],
        "repeated": 0,
        "suspended": EXPECTED["suspended"],
        "rejected": 0,
        "state": "committed",
    }
    assert (first["debit"], first["credit"]) == ("4480012.27", "2967951.62")

    again = _json("import", "ledger", CITY / "kartoteka.csv")
    assert (again["batch"], again["accepted"], again["repeated"]) == (first["batch"], 0, EXPECTED["rows"])

    balances = json.loads(_core("balances", "--as-of", "2026-10-31", "--json").stdout)
    assert {number: _grosze(one["balance"]) for number, one in balances.items()} == EXPECTED["balance_gr"]
    assert {number: _grosze(one["overdue"]) for number, one in balances.items()} == EXPECTED["overdue_2026_10_31_gr"]

    assert "wczytane" not in _core("check").stderr
    undone = _core("undo", str(first["batch"]))
    assert (undone.returncode, count_entries()) == (0, 0)
    assert _core("undo", str(first["batch"])).returncode == 1
    assert _core("check").returncode == 0
    assert "kartoteka.csv" in _core("batches").stdout


def _grosze(text: str) -> int:
    assert len(text.split(".")[1]) == 2
    return int(text.replace(".", ""))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "var" / "files").rglob("*") if path.is_file())


def test_dry_run_changes_nothing(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = write(tmp_path, ledger_lines(ROW))
    files = _files(tmp_path)
    report = _json("import", "ledger", path, "--dry-run")
    assert (report["state"], report["accepted"], count_entries()) == ("dry-run", 1, 0)
    assert _files(tmp_path) == files
    assert "ledger" not in _core("batches").stdout


def test_refusal_is_status_one_with_the_reason_on_stderr(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    done = _core("import", "ledger", write(tmp_path, ledger_lines(ROW.replace("2026-10-01", "wczoraj"))))
    assert done.returncode == 1
    assert "wiersz 2" in done.stderr
    assert "data_ksiegowania" in done.stderr
    assert "Traceback" not in done.stderr
    total = _core("import", "ledger", write(tmp_path, ledger_lines(ROW)), "--expect-debit", "100.01")
    assert total.returncode == 1
    assert "100,01" in total.stderr
    assert count_entries() == 0


def test_wrong_call_is_status_two(database: str, tmp_path: Path) -> None:
    assert _core("import", "nonsense", CITY / "umowy.csv").returncode == 2
    assert _core("import", "ledger", tmp_path / "missing.csv").returncode == 2
    assert _core("import", "ledger", CITY / "umowy.csv", "--expect-debit", "abc").returncode == 2


def test_encoding_goes_by_any_of_its_names(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = write(tmp_path, "\r\n".join(ledger_lines(ROW.replace("Czynsz", "Opłata"))).encode("cp1250"))
    assert _core("import", "ledger", path, "--encoding", "utf8").returncode == 1
    assert _core("import", "ledger", path, "--encoding", "klingon").returncode == 2
    assert _json("import", "ledger", path, "--encoding", "windows-1250")["accepted"] == 1


def test_warnings_need_the_flag(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = write(tmp_path, ledger_lines(ROW.replace(";NAL;", ";XYZ;")))
    assert _core("import", "ledger", path).returncode == 1
    assert _json("import", "ledger", path, "--accept-warnings")["accepted"] == 1
