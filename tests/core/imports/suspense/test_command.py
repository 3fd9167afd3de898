"""The queue as a file from the console, and back."""

from pathlib import Path

from click.testing import CliRunner

from core import db
from core.commands import cli
from core.imports.suspense.assigning import send_back
from tests.core.imports.files import ledger_lines, load_lines, load_registry
from tests.core.imports.suspense.rows import SCOPE, STRANGER, STRANGER_2, standing_decisions, waiting_ids


def test_list_is_written_filled_in_and_loaded(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    load_lines(tmp_path, ledger_lines(STRANGER, STRANGER_2))
    file = tmp_path / "poczekalnia.csv"
    assert CliRunner().invoke(cli, ["suspense", str(file)]).exit_code == 0
    heading, first, second = file.read_text("utf-8-sig").splitlines()
    cells = dict(zip(heading.split(";"), first.split(";"), strict=True)) | {"umowa": "U/2"}
    file.write_text("\n".join([heading, ";".join(cells.values()), second]) + "\n", "utf-8")
    done = CliRunner().invoke(cli, ["import", "suspense", str(file)])
    assert done.exit_code == 0, done.output
    assert (len(standing_decisions()), len(waiting_ids())) == (1, 1)


def test_what_was_sent_back_is_listed_with_its_reason(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    load_lines(tmp_path, ledger_lines(STRANGER))
    with db.transaction() as session:
        send_back(session, SCOPE, row_ids=waiting_ids(), reason="wyjaśnić z bankiem")
    file = tmp_path / "odeslane.csv"
    assert CliRunner().invoke(cli, ["suspense", "--sent-back", str(file)]).exit_code == 0
    assert "wyjaśnić z bankiem" in file.read_text("utf-8-sig")
