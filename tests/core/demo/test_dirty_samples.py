"""The files of data/samples/: the clean ones load, each dirty one is answered as its README says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.accounts.sign_in import operator_scope
from core.imports.desk import import_file, rehearse_file
from core.imports.report import BatchReport, RefusedError
from core.settings import ROOT

SAMPLES = ROOT / "data" / "samples"
DIRTY = SAMPLES / "dirty"
CLEAN = {
    "buildings": "budynki.csv",
    "premises": "lokale.csv",
    "tenants": "kontrahenci.csv",
    "tenancies": "umowy.csv",
    "meters": "liczniki.csv",
    "readings": "odczyty.csv",
    "charges": "oplaty.csv",
    "ledger": "kartoteka.csv",
}
LOADED_FIRST = {"kartoteka-rowny-wiersz-w-innym-pliku.csv": "kartoteka-rowne-wiersze.csv"}


def promises() -> Iterator[tuple[str, str, frozenset[str]]]:
    """File, kind and answers of each row of the README's table."""
    for line in (DIRTY / "README.md").read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\| `([^`]+)` \| (\w+) \| .* \| ([^|]+) \|", line):
            answers = frozenset(answer.strip() for answer in found[3].split(","))
            yield found[1], found[2], answers - {"none"}


def answer_to(path: Path, kind: str) -> tuple[BatchReport, bool]:
    """The report of a rehearsal and whether the file was refused."""
    try:
        return rehearse_file(operator_scope(), kind=kind, path=path), False
    except RefusedError as refusal:
        return refusal.report, True


@pytest.fixture
def small_landlord(database: str) -> None:
    for kind, name in CLEAN.items():
        report = import_file(operator_scope(), kind=kind, path=SAMPLES / name)
        assert report.accepted == report.rows > 0
        assert not report.findings.counts


def test_readme_names_every_file() -> None:
    assert sorted(name for name, _, _ in promises()) == sorted(path.name for path in DIRTY.glob("*.csv"))


@pytest.mark.usefixtures("small_landlord")
def test_each_dirty_file_is_answered_as_promised() -> None:
    differing = {}
    for name, kind, promised in promises():
        if name in LOADED_FIRST:
            import_file(operator_scope(), kind=kind, path=DIRTY / LOADED_FIRST[name])
        report, refused = answer_to(DIRTY / name, kind)
        found = {f"{severity}/{cause}" for severity, cause in report.findings.counts}
        should_be_refused = any(not answer.startswith("notice/") for answer in promised)
        if found != promised or refused != should_be_refused:
            differing[name] = found
    assert differing == {}


@pytest.mark.usefixtures("small_landlord")
def test_two_equal_payments_of_one_file_are_two_rows() -> None:
    report, _ = answer_to(DIRTY / "kartoteka-rowne-wiersze.csv", "ledger")
    assert (report.accepted, report.repeated) == (2, 0)


@pytest.mark.usefixtures("small_landlord")
def test_every_line_of_a_dirty_file_is_accounted_for() -> None:
    for name, kind, promised in promises():
        report, _ = answer_to(DIRTY / name, kind)
        assert report.rows == report.accepted + report.repeated + report.suspended + report.rejected
        if not any(answer.startswith("setup/") for answer in promised):
            lines = (DIRTY / name).read_bytes().splitlines()[1:]
            assert report.rows == sum(not line.startswith(b"SUMA") for line in lines), name
