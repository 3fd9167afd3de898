"""`python -m core import …` as an operator calls it: exit status, JSON, messages; of each a process, the rest without."""

import json
from pathlib import Path
from typing import Any

from tests.console import Said, command, process
from tests.core.imports.files import CITY, CITY_FILES, count_entries, ledger_lines, load_registry, write

EXPECTED = json.loads((CITY / "expected.json").read_text())
ROW = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"


def _json(*arguments: str | Path) -> dict[str, Any]:
    return _printed(command(*arguments, "--json"))


def _printed(done: Said) -> dict[str, Any]:
    assert done.status == 0, done.stderr
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

    balances = json.loads(command("balances", "--as-of", "2026-10-31", "--json").stdout)
    assert {number: _grosze(one["balance"]) for number, one in balances.items()} == EXPECTED["balance_gr"]
    assert {number: _grosze(one["overdue"]) for number, one in balances.items()} == EXPECTED["overdue_2026_10_31_gr"]

    assert "wczytane" not in command("check").stderr
    undone = command("undo", str(first["batch"]))
    assert (undone.status, count_entries()) == (0, 0)
    assert command("undo", str(first["batch"])).status == 1
    assert command("check").status == 0
    assert "kartoteka.csv" in command("batches").stdout


def _grosze(text: str) -> int:
    assert len(text.split(".")[1]) == 2
    return int(text.replace(".", ""))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "var" / "files").rglob("*") if path.is_file())


def test_dry_run_changes_nothing(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = write(tmp_path, ledger_lines(ROW))
    files = _files(tmp_path)
    report = _printed(process("import", "ledger", path, "--dry-run", "--json"))
    assert (report["state"], report["accepted"], count_entries()) == ("dry-run", 1, 0)
    assert _files(tmp_path) == files
    assert "ledger" not in command("batches").stdout


def test_refusal_is_status_one_with_the_reason_on_stderr(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    done = process("import", "ledger", write(tmp_path, ledger_lines(ROW.replace("2026-10-01", "wczoraj"))))
    assert done.status == 1
    assert "wiersz 2" in done.stderr
    assert "data_ksiegowania" in done.stderr
    assert "Traceback" not in done.stderr
    total = command("import", "ledger", write(tmp_path, ledger_lines(ROW)), "--expect-debit", "100.01")
    assert total.status == 1
    assert "100,01" in total.stderr
    assert count_entries() == 0


def test_wrong_call_is_status_two(database: str, tmp_path: Path) -> None:
    assert process("import", "nonsense", CITY / "umowy.csv").status == 2
    assert command("import", "ledger", tmp_path / "missing.csv").status == 2
    assert command("import", "ledger", CITY / "umowy.csv", "--expect-debit", "abc").status == 2


def test_encoding_goes_by_any_of_its_names(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = write(tmp_path, "\r\n".join(ledger_lines(ROW.replace("Czynsz", "Opłata"))).encode("cp1250"))
    assert command("import", "ledger", path, "--encoding", "utf8").status == 1
    assert command("import", "ledger", path, "--encoding", "klingon").status == 2
    assert _json("import", "ledger", path, "--encoding", "windows-1250")["accepted"] == 1


def test_warnings_need_the_flag(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = write(tmp_path, ledger_lines(ROW.replace(";NAL;", ";XYZ;")))
    assert command("import", "ledger", path).status == 1
    assert _json("import", "ledger", path, "--accept-warnings")["accepted"] == 1
