"""Repetition, equal rows, provenance, undo: what several files that overlap make of the ledger."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState, ImportBatch
from core.clock import today
from core.errors import NotFoundError
from core.imports.desk import commit_batch, confirm_batch, hand_in, preview_batch
from core.imports.findings import Cause, Severity
from core.imports.options import LoadOptions
from core.imports.report import AlreadyLoadedError, BatchReport
from core.imports.undo_refused import UndoRefusedError
from core.registry.models import BuildingService, Tenancy, Tenant
from tests.core.imports.files import count_entries, ledger_lines, ledger_state, load_lines, load_registry, undo, write
from tests.s3 import TestBucket, forget_copies

A = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"
B = "0002;U/2;NAL/2;1;NAL;2026-10-01;2026-10-10;Czynsz;200,00;"
C = "0003;U/3;NAL/3;1;NAL;2026-10-01;2026-10-10;Czynsz;300,00;"
CASH = "0001;U/1;;;WPL;2026-10-15;;Wpłata w kasie;;50,00"
STRANGER = "0009;U/9;WPL/9;1;WPL;2026-10-15;;Wpłata;;9,00"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def test_row_brought_again_by_another_file_is_a_repetition(folder: Path) -> None:
    load_lines(folder, ledger_lines(A, B))
    report = load_lines(folder, ledger_lines(B, C))
    assert (report.rows, report.accepted, report.repeated) == (2, 1, 1)
    assert count_entries() == 3


def test_row_doubled_inside_a_file_is_a_repetition(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(A, A, STRANGER, STRANGER))
    assert (report.rows, report.accepted, report.repeated, report.suspended) == (4, 1, 2, 1)


def test_undo_keeps_a_row_that_another_batch_brought_too(folder: Path) -> None:
    first = load_lines(folder, ledger_lines(A, B, STRANGER))
    second = load_lines(folder, ledger_lines(C, B, STRANGER))
    assert undo(first) == (1, 2)
    with db.reading() as session:
        batch = session.get_one(ImportBatch, second.batch_id)
        assert (batch.accepted, batch.repeated, batch.suspended, str(batch.accepted_debit)) == (2, 0, 1, "500.00")
    assert undo(second) == (3, 0)
    assert ledger_state() == []


def test_undo_of_the_repeating_batch_changes_no_entry(folder: Path) -> None:
    load_lines(folder, ledger_lines(A, B))
    before = ledger_state()
    assert undo(load_lines(folder, ledger_lines(B, A))) == (0, 0)
    assert ledger_state() == before


def test_undo_twice_is_refused(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(A))
    undo(report)
    with pytest.raises(NotFoundError):
        undo(report)


def test_suspended_row_goes_to_the_ledger_when_only_the_later_batch_remains(folder: Path) -> None:
    first = load_lines(folder, ledger_lines(STRANGER))
    load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa", "0009;osoba;Zofia"], kind="tenants")
    load_lines(
        folder, ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/9;0009;L1;najem;2020-01-01"], kind="tenancies"
    )
    second = load_lines(folder, ledger_lines(A, STRANGER))
    assert (second.accepted, second.repeated) == (1, 1)
    assert undo(first) == (0, 1)
    assert count_entries() == 2


def test_registry_update_says_what_changed_and_undo_restores_it(folder: Path) -> None:
    heading = "nr_kontrahenta;rodzaj;nazwa;email"
    report = load_lines(folder, [heading, "0001;osoba;Anna Nowa;a@example.pl", "0002;osoba;Anna 2;"], kind="tenants")
    assert (report.accepted, report.repeated) == (1, 1)
    assert [(one.cause, one.line, one.cell) for one in report.findings.sorted()] == [(Cause.CHANGED, 2, "0001")]
    assert _tenant("0001") == ("Anna Nowa", "a@example.pl")
    undo(report)
    assert _tenant("0001") == ("Anna 1", None)


def test_missing_optional_column_leaves_what_stands(folder: Path) -> None:
    load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa;email", "0001;osoba;Anna 1;a@example.pl"], kind="tenants")
    load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa", "0001;osoba;Anna Inna"], kind="tenants")
    assert _tenant("0001") == ("Anna Inna", "a@example.pl")


def test_undo_of_registry_is_refused_when_built_upon(folder: Path) -> None:
    tenancies = load_lines(
        folder, ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/7;0001;L1;najem;2020-01-01"], kind="tenancies"
    )
    entries = load_lines(folder, ledger_lines("0001;U/7;D/7;1;NAL;2026-10-01;;x;1,00;"))
    with pytest.raises(UndoRefusedError, match="U/7"):
        undo(tenancies)
    undo(entries)
    undo(tenancies)


def test_undo_of_registry_is_refused_when_changed_later(folder: Path) -> None:
    first = load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa", "0001;osoba;Pierwsza"], kind="tenants")
    second = load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa", "0001;osoba;Druga"], kind="tenants")
    with pytest.raises(UndoRefusedError):
        undo(first)
    undo(second)
    undo(first)
    assert _tenant("0001") == ("Anna 1", None)


def test_service_district_changes_from_a_day(folder: Path) -> None:
    heading = "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator;od"
    moved = "B1;Piotrkowska;1;90-001;Łódź;Śródmieście;PÓŁNOC;Jan Nowak;2026-07-01"
    report = load_lines(folder, [heading, moved], kind="buildings")
    assert report.accepted == 1
    again = load_lines(folder, [heading, moved, ""], kind="buildings")
    assert (again.accepted, again.repeated) == (0, 1)
    undo(again)
    undo(report)


def test_announced_change_of_district_is_left_alone_by_a_file_of_today(folder: Path) -> None:
    heading = "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator"
    later = (today() + timedelta(days=60)).isoformat()
    load_lines(
        folder,
        [f"{heading};od", f"B1;Piotrkowska;1;90-001;Łódź;Śródmieście;PÓŁNOC;Jan Nowak;{later}"],
        kind="buildings",
    )
    present = "B1;Piotrkowska;1;90-001;Łódź;Śródmieście;CENTRUM;Jan Nowak"
    same = load_lines(folder, [heading, present, ""], kind="buildings")
    assert (same.accepted, same.repeated) == (0, 1)
    with db.reading() as session:
        assert len(session.scalars(select(BuildingService.id)).all()) == 2


def test_change_from_a_day_is_compared_with_what_is_in_force_on_that_day(folder: Path) -> None:
    heading = "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator;od"

    def load(district: str, days: int) -> BatchReport:
        day = (today() + timedelta(days=days)).isoformat()
        row = f"B1;Piotrkowska;1;90-001;Łódź;Śródmieście;{district};Jan Nowak;{day}"
        return load_lines(folder, [heading, row], kind="buildings")

    assert load("PÓŁNOC", 60).accepted == 1
    assert load("PÓŁNOC", 90).accepted == 0  # so it will be by then
    assert load("CENTRUM", 30).accepted == 0  # so it still is
    assert load("PÓŁNOC", -30).accepted == 1  # earlier than was announced
    with db.reading() as session:
        days = session.scalars(select(BuildingService.valid_from).order_by(BuildingService.valid_from)).all()
    assert [(one - today()).days for one in days[1:]] == [-30, 60]


def test_tenancy_that_moves_to_another_tenant_is_a_warning(folder: Path) -> None:
    lines = ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/1;0002;L1;najem;2020-01-01"]
    report = load_lines(folder, lines, kind="tenancies")
    assert report.state is BatchState.REFUSED
    warned = [(one.severity, one.column) for one in report.findings.sorted() if one.severity is Severity.WARNING]
    assert warned == [(Severity.WARNING, "nr_kontrahenta")]
    assert load_lines(folder, lines, kind="tenancies", accept_warnings=True).accepted == 1


def test_changes_are_told_by_the_headings_of_the_file(folder: Path) -> None:
    report = load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa;telefon", "0001;osoba;Anna 1;600"], kind="tenants")
    assert [one.reason for one in report.findings.sorted()] == ["Zmienione dane: telefon."]


def test_lease_begins_in_a_year_that_can_be(folder: Path) -> None:
    heading = "nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od;do"
    refused = load_lines(folder, [heading, "U/8;0001;L1;najem;0202-01-01;"], kind="tenancies")
    assert refused.state is BatchState.REFUSED
    assert load_lines(folder, [heading, "U/8;0001;L1;najem;1951-01-01;9999-12-31"], kind="tenancies").accepted == 1


def test_file_that_cannot_be_read_is_refused_at_its_preview(folder: Path) -> None:
    scope = operator_scope()
    batch_id = hand_in(scope, kind="ledger", path=write(folder, "%PDF-1.7\n1;2;3\n"), file_name="a.csv")
    checked = preview_batch(scope, batch_id=batch_id, options=LoadOptions())
    assert (checked.readable, checked.report.state, checked.token) == (False, BatchState.REFUSED, "")
    with db.reading() as session:
        assert session.get_one(ImportBatch, batch_id).state == BatchState.REFUSED


def test_token_loads_once(folder: Path) -> None:
    scope = operator_scope()
    batch_id = hand_in(scope, kind="ledger", path=write(folder, ledger_lines(A)), file_name="a.csv")
    checked = preview_batch(scope, batch_id=batch_id, options=LoadOptions())
    assert (checked.readable, checked.report.accepted, count_entries()) == (True, 1, 0)
    token = checked.token
    assert confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions()).accepted == 1
    with pytest.raises(NotFoundError):
        confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions())
    assert count_entries() == 1


def test_batch_handed_in_at_one_machine_is_loaded_at_another(folder: Path, bucket: TestBucket) -> None:
    scope = operator_scope()
    batch_id = hand_in(scope, kind="ledger", path=write(folder, ledger_lines(A, B)), file_name="a.csv")
    assert bucket.number() == 1
    forget_copies()
    assert preview_batch(scope, batch_id=batch_id, options=LoadOptions()).readable
    forget_copies()
    assert commit_batch(scope, batch_id=batch_id, options=LoadOptions()).accepted == count_entries() == 2


def test_older_token_and_foreign_token_are_refused(folder: Path) -> None:
    scope = operator_scope()
    batch_id = hand_in(scope, kind="ledger", path=write(folder, ledger_lines(A)), file_name="a.csv")
    old = preview_batch(scope, batch_id=batch_id, options=LoadOptions()).token
    preview_batch(scope, batch_id=batch_id, options=LoadOptions())
    for token in (old, "forged"):
        with pytest.raises(NotFoundError):
            confirm_batch(scope, batch_id=batch_id, token=token, options=LoadOptions())
    assert count_entries() == 0


def test_two_batches_of_the_same_content_load_once(folder: Path) -> None:
    scope, path = operator_scope(), write(folder, ledger_lines(A))
    batches = [hand_in(scope, kind="ledger", path=path, file_name=name) for name in ("a.csv", "copy of a.csv")]
    commit_batch(scope, batch_id=batches[0], options=LoadOptions())
    with pytest.raises(AlreadyLoadedError):
        commit_batch(scope, batch_id=batches[1], options=LoadOptions())
    assert count_entries() == 1


def test_unusual_amount_is_a_warning(folder: Path) -> None:
    usual = [f"0001;U/1;NAL/{at};1;NAL;2026-0{at}-01;;Czynsz;100,00;" for at in range(1, 8)]
    report = load_lines(folder, ledger_lines(*usual, "0001;U/1;NAL/8;1;NAL;2026-08-01;;Czynsz;10000,00;"))
    assert [(one.cause, one.line, one.column) for one in report.findings.sorted()] == [
        (Cause.UNUSUAL_AMOUNT, 9, "obciazenie")
    ]


def test_unusual_amount_is_judged_by_history_where_the_file_has_few_rows(folder: Path) -> None:
    usual = [f"0001;U/1;NAL/{at};1;NAL;2026-0{at}-01;;Czynsz;100,00;" for at in range(1, 8)]
    load_lines(folder, ledger_lines(*usual))
    others = [f"0002;U/2;NAL/2{at};1;NAL;2026-08-01;;Czynsz;100,00;" for at in range(9)]
    report = load_lines(folder, ledger_lines(*others, "0001;U/1;NAL/8;1;NAL;2026-08-01;;Czynsz;10000,00;"))
    assert [(one.cause, one.line) for one in report.findings.sorted()] == [(Cause.UNUSUAL_AMOUNT, 11)]


def test_unknown_type_is_kept_after_confirmation(folder: Path) -> None:
    odd = A.replace(";NAL;", ";XYZ;")
    assert load_lines(folder, ledger_lines(odd)).state is BatchState.REFUSED
    report = load_lines(folder, ledger_lines(odd), accept_warnings=True)
    assert (report.state, report.accepted) == (BatchState.COMMITTED, 1)
    with db.reading() as session:
        assert session.get_one(ImportBatch, report.batch_id).warnings_accepted


def test_stated_balance_that_rows_do_not_make_is_a_warning(folder: Path) -> None:
    heading = ledger_lines()[0] + ";saldo"
    right = [A + ";100,00", "0001;U/1;WPL/1;1;WPL;2026-10-09;;Wpłata;;40,00;60,00"]
    assert load_lines(folder, [heading, *right]).accepted == 2
    report = load_lines(folder, [heading, "0001;U/1;WPL/2;1;WPL;2026-10-12;;Wpłata;;10,00;49,00"])
    assert [(one.cause, one.line, one.column) for one in report.findings.sorted()] == [(Cause.BALANCE, 2, "saldo")]


def _tenant(number: str) -> tuple[str, str | None]:
    with db.reading() as session:
        found = session.scalars(select(Tenant).where(Tenant.tenant_no == number)).one()
        return found.name, found.email


def test_row_of_another_unknown_payer_is_a_conflict(folder: Path) -> None:
    report = load_lines(folder, ledger_lines(STRANGER, STRANGER.replace("0009;U/9", "0008;U/8")))
    assert [(one.cause, one.line) for one in report.findings.sorted() if one.severity is Severity.ERROR] == [
        (Cause.CONFLICT, 3)
    ]


def test_missing_payment_day_leaves_what_stands(folder: Path) -> None:
    heading, row = "nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/8;0001;L1;najem;2020-01-01"
    load_lines(folder, [heading + ";dzien_platnosci", row + ";25"], kind="tenancies")
    load_lines(folder, [heading, row], kind="tenancies")
    with db.reading() as session:
        assert session.scalar(select(Tenancy.payment_day).where(Tenancy.tenancy_no == "U/8")) == 25


def test_administrator_of_several_buildings_changes_once_and_back(folder: Path) -> None:
    heading = "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator;administrator_telefon"
    rows = [f"X{at};Piotrkowska;{at};90-001;Łódź;Polesie;CENTRUM;Jan A;111" for at in (1, 2)]
    load_lines(folder, [heading, *rows], kind="buildings")
    changed = load_lines(folder, [heading, *(row.replace("111", "222") for row in rows)], kind="buildings")
    undo(changed)
    odd = load_lines(folder, [heading, rows[0].replace("111", "333"), rows[1].replace("111", "444")], kind="buildings")
    assert Cause.REPEATED_KEY in {one.cause for one in odd.findings.sorted()}


def test_record_that_a_later_batch_brought_too_is_not_lost(folder: Path) -> None:
    heading = "nr_kontrahenta;rodzaj;nazwa"
    first = load_lines(folder, [heading, "T1;osoba;Ala"], kind="tenants")
    second = load_lines(folder, [heading, "T1;osoba;Ala", "T2;osoba;Ola"], kind="tenants")
    with pytest.raises(UndoRefusedError):
        undo(first)
    undo(second)
    undo(first)


def test_file_with_rows_left_out_can_be_loaded_again(folder: Path) -> None:
    rows = ledger_lines(A, B.replace("2026-10-01", "wczoraj"))
    assert load_lines(folder, rows, skip_errors=True).rejected == 1
    again = load_lines(folder, rows, skip_errors=True)
    assert (again.accepted, again.repeated, again.rejected) == (0, 1, 1)
