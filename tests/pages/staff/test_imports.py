"""The import screen, through the real entry script."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Checkbox

from core import db
from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.batches.models import ImportBatch
from core.documents.storage import hash_file, kept_file
from core.imports.closing import close_month
from core.imports.desk import hand_in, import_file, preview_batch
from core.imports.options import LoadOptions
from core.imports.undo import undo_batch
from core.imports.watching import Fate, Watcher
from core.ledger.models import LedgerEntry
from core.registry.models import Tenant
from core.settings import settings
from tests.cast import sign_in_employee
from tests.core.imports.files import CITY, HEADER, load_city, load_lines, write
from tests.pages.conftest import open_dashboard, shown

EXPECTED = json.loads((CITY / "expected.json").read_text())


@pytest.fixture
def desk(session: Session) -> AppTest:
    """The import screen of an accountant; the city's registry is loaded."""
    app = open_dashboard(session, Role.ACCOUNTING).run()
    load_city(ledger=False)
    return app.switch_page("pages/staff/imports.py").run()


def _check(app: AppTest, content: bytes, kind: str = "ledger") -> AppTest:
    app.selectbox(key="kind").set_value(kind)
    app.file_uploader[0].upload("kartoteka.csv", content, "text/csv")
    return app.button("FormSubmitter:upload-Sprawdź plik").click().run()


def _headings(app: AppTest) -> list[str]:
    return [one.value.replace("\\", "") for one in app.header]


def _box(app: AppTest, label: str) -> Checkbox:
    return next(box for box in app.checkbox if box.label.startswith(label))


def _entries() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def test_check_shows_what_would_happen_and_changes_nothing(desk: AppTest) -> None:
    html = shown(_check(desk, (CITY / "kartoteka.csv").read_bytes()))
    assert "<b>16 033</b> do wczytania" in html
    assert "<b>3</b> do poczekalni" in html
    changed = sum(balance != 0 for balance in EXPECTED["balance_gr"].values())
    assert f"<b>{changed}</b> umów zmieni saldo" in html
    assert "4 480 012,27 zł" in html
    assert _entries() == 0


def test_confirmed_file_is_loaded_once_and_can_be_taken_back(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    desk.button(key="load").click().run()
    assert "jako partię 5" in shown(desk)
    assert _entries() == 16033
    assert "Zmienione salda umów" not in shown(desk)
    desk.selectbox(key="history_batch").set_value(5).run()
    assert "Zmienione salda umów" in shown(desk)
    desk.button(key="plan_undo").click().run()
    assert "<b>16 036</b> zniknie" in shown(desk)
    assert _entries() == 16033
    desk.button(key="take_back").click().run()
    assert "Wycofano partię 5" in shown(desk)
    assert _entries() == 0


def test_undo_that_is_refused_says_why_and_lists_nothing(desk: AppTest, tmp_path: Path) -> None:
    load_lines(tmp_path, [HEADER, "000003;U/00003/2013;D/1;1;NAL;2026-10-01;;x;10,00;"])
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-10")
    desk.run()
    desk.selectbox(key="history_batch").set_value(5).run()
    html = shown(desk.button(key="plan_undo").click().run())
    assert "Poproś o zgodę drugiej osoby na stronie Okresy." in html
    assert not [one.label for one in desk.expander if "kartoteki" in one.label]
    assert "take_back" not in [button.key for button in desk.button]


def test_undo_of_a_register_speaks_of_no_reversals(desk: AppTest) -> None:
    with db.transaction() as session:
        for batch_id in (4, 3):
            undo_batch(session, operator_scope(), batch_id=batch_id)
    desk.run()
    desk.selectbox(key="history_batch").set_value(2).run()
    html = shown(desk.button(key="plan_undo").click().run())
    assert "</b> zniknie" in html
    assert "storno" not in html


def test_second_tab_with_the_same_preview_loads_nothing(session: Session, desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    preview = desk.session_state["preview"]
    desk.button(key="load").click().run()
    desk.session_state["preview"] = preview
    desk.run()
    desk.button(key="load").click().run()
    assert "kartoteka.csv, partia 5: Ta partia jest już wczytana." in shown(desk)
    assert "load" not in [button.key for button in desk.button]
    assert _entries() == 16033


def test_errors_block_until_the_clerk_chooses_to_leave_them_out(desk: AppTest) -> None:
    rows = [
        HEADER,
        "000003;U/00003/2013;D/1;1;NAL;2026-10-01;;x;10,00;",
        "000003;U/00003/2013;D/2;1;NAL;wczoraj;;x;1,00;",
    ]
    html = shown(_check(desk, "\r\n".join(rows).encode()))
    assert "data_ksiegowania" in html
    assert desk.button(key="load").disabled
    _box(desk, "Pomiń").check().run()
    desk.button(key="load").click().run()
    assert "pominięte 1" in shown(desk)
    assert _entries() == 1


def test_warnings_of_one_file_are_not_confirmed_with_those_of_another(desk: AppTest) -> None:
    for number in (1, 2):
        rows = [HEADER, f"000003;U/00003/2013;D/{number};1;XYZ;2026-10-01;;x;10,00;"]
        _check(desk, "\r\n".join(rows).encode())
        assert desk.button(key="load").disabled
        _box(desk, "Znam ostrzeżenia").check().run()
        assert not desk.button(key="load").disabled


def test_refused_file_does_not_leave_the_one_before_it_to_be_loaded(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    html = shown(_check(desk, (CITY / "kontrahenci.csv").read_bytes(), "tenants"))
    assert "już wczytany (partia 3)" in html
    assert "load" not in [button.key for button in desk.button]


def test_unusable_file_says_why(desk: AppTest) -> None:
    html = shown(_check(desk, b"PK\x03\x04 this is a workbook"))
    assert "skoroszyt Excela" in html
    assert "wierszy w pliku" not in html
    assert desk.button(key="load").disabled
    assert "Czekają na decyzję" not in shown(desk.button(key="put_off").click().run())


def test_unusable_file_is_refused_in_the_history(desk: AppTest) -> None:
    html = shown(_check(desk, b"PK\x03\x04 this is a workbook"))
    assert "odrzucony" in html
    assert "sprawdzony" not in html


def test_sums_tell_the_file_from_what_would_be_loaded(desk: AppTest) -> None:
    rows = [HEADER, "000003;U/00003/2013;D/1;1;NAL;2026-10-01;;x;10,00;", "009999;U/9;D/2;1;NAL;2026-10-01;;x;5,00;"]
    html = shown(_check(desk, "\r\n".join(rows).encode()))
    assert "<dd>15,00 zł</dd><dt>z tego do wczytania</dt><dd>10,00 zł</dd>" in html


def test_history_goes_by_pages(desk: AppTest) -> None:
    for number in range(17):
        load_lines(Path(settings().var), [HEADER, f"000003;U/00003/2013;D/{number};1;NAL;2026-10-01;;x;1,00;"])
    desk.run()
    assert "budynki.csv" not in shown(desk)
    desk.pagination(key="history_page").set_value(2).run()
    assert "budynki.csv" in shown(desk)


def test_checking_the_same_file_again_goes_on_with_its_batch(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    with db.reading() as session:
        assert session.scalar(select(func.max(ImportBatch.id))) == 5
    desk.button(key="load").click().run()
    assert "jako partię 5" in shown(desk)


def test_total_that_is_no_number_is_said_by_its_label(desk: AppTest) -> None:
    desk.text_input(key="debit").set_value("dużo")
    assert "Suma obciążeń według wydruku" in shown(_check(desk, (CITY / "kartoteka.csv").read_bytes()))


def test_missing_file_is_asked_for(desk: AppTest) -> None:
    assert "Wybierz plik CSV" in shown(desk.button("FormSubmitter:upload-Sprawdź plik").click().run())


def test_same_file_again_names_its_batch(desk: AppTest) -> None:
    html = shown(_check(desk, (CITY / "kontrahenci.csv").read_bytes(), "tenants"))
    assert "już wczytany (partia 3)" in html


def test_findings_are_grouped_by_cause_the_gravest_open(desk: AppTest) -> None:
    rows = [HEADER, *(f"000003;U/00003/2013;D/{n};1;NAL;wczoraj;;x;1,00;" for n in range(1234))]
    rows += [f"000003;U/00003/2013;E/{n};1;XYZ;2026-10-01;;x;1,00;" for n in range(2)]
    rows += ["000003;U/00003/2013;F/1;1;NAL;2026-10-01;;x;dużo;", "009999;U/9;G/1;1;NAL;2026-10-01;;x;5,00;"]
    html = shown(_check(desk, "\r\n".join(rows).encode()))
    groups = [one for one in desk.expander if one.label.partition(":")[0] in ("Błąd", "Ostrzeżenie", "Informacja")]
    assert [(one.label, one.proto.expanded) for one in groups] == [
        ("Błąd: Nieprawidłowa wartość (1\u00a0235)", True),
        ("Ostrzeżenie: Nieznany typ dokumentu (2)", False),
        ("Informacja: Nieznany kontrahent, umowa lub licznik (poczekalnia) (1)", False),
    ]
    assert "Kolumny: data_ksiegowania (1 234), obciazenie (1)." in html
    assert "Pokazano 50 z 1 235. Wszystkie błędne wiersze pobierzesz niżej" in html
    worst = next(element.body for element in desk.html if "Nieprawidłowa wartość: miejsca w pliku" in element.body)
    assert worst.count("<tr") == 51
    assert "dużo" in worst


def test_reason_that_all_places_share_is_said_once(desk: AppTest) -> None:
    rows = [HEADER, *(f"000003;U/00003/2013;D/{n};1;NAL;wczoraj;;x;1,00;" for n in range(3))]
    html = shown(_check(desk, "\r\n".join(rows).encode()))
    assert html.count("To nie jest data zapisana jak") == 1
    assert "Co i dlaczego" not in html


def test_file_that_moves_no_balance_says_so(desk: AppTest) -> None:
    rows = [HEADER, "000003;U/00003/2013;D/1;1;NAL;wczoraj;;x;1,00;"]
    html = shown(_check(desk, "\r\n".join(rows).encode()))
    assert "Ten plik nie zmieni żadnego salda." in html
    assert "Suma zmian sald" not in html


def test_file_left_by_the_folder_is_taken_up_and_loaded(desk: AppTest, tmp_path: Path) -> None:
    assert "Czekają na decyzję (1)" not in _headings(desk)
    row = "000003;U/00003/2013;D/1;1;XYZ;2026-10-01;;x;10,00;"
    (tmp_path / "kartoteka-10.csv").write_text("\n".join([HEADER, row]), encoding="utf-8")
    watcher = Watcher(tmp_path)
    assert [[one.fate for one in watcher.look(operator_scope())] for _ in range(2)] == [[], [Fate.LEFT]]

    html = shown(desk.run())
    assert "Czekają na decyzję (1)" in _headings(desk)
    assert "kartoteka-10.csv" in html
    assert "konsola" in html
    desk.button(key="take_up").click().run()
    assert "Sprawdzony plik: kartoteka-10.csv" in _headings(desk)
    assert "Kartoteka finansowa, partia 5<" in shown(desk)
    assert "Wracasz do pliku kartoteka-10.csv (partia 5)." in shown(desk)
    assert "Czekają na decyzję (1)" not in _headings(desk)
    _box(desk, "Znam ostrzeżenia").check().run()
    desk.button(key="load").click().run()
    assert "jako partię 5" in shown(desk)
    assert _entries() == 1


def test_file_put_off_waits_and_is_refused_with_a_reason(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    desk.button(key="put_off").click().run()
    assert "Czekają na decyzję (1)" in _headings(desk)
    refuse = "FormSubmitter:refuse-5-Odrzuć plik"
    assert "co najmniej" in shown(desk.button(refuse).click().run())
    desk.text_area(key="refuse_reason-5").set_value("Plik z zeszłego roku.")
    html = shown(desk.button(refuse).click().run())
    assert "Odrzucono plik kartoteka.csv (partia 5)" in html
    assert ": Plik z zeszłego roku." in html
    assert "Czekają na decyzję (1)" not in _headings(desk)
    assert _entries() == 0


def test_file_being_looked_at_can_be_refused(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    desk.text_area(key="refuse_reason-5").set_value("Plik z zeszłego roku.")
    html = shown(desk.button("FormSubmitter:refuse-5-Odrzuć plik").click().run())
    assert "Odrzucono plik kartoteka.csv (partia 5)" in html
    assert "load" not in [button.key for button in desk.button]


def test_file_that_a_colleague_looked_at_since_is_shown_once_more(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    preview_batch(operator_scope(), batch_id=5, options=LoadOptions())
    html = shown(desk.button(key="load").click().run())
    assert "sprawdził go potem ktoś inny. Nic nie wczytano. Niżej jest nowe sprawdzenie." in html
    assert _entries() == 0
    desk.button(key="load").click().run()
    assert _entries() == 16033


def test_lost_file_is_named_and_waits_on(desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    desk.button(key="put_off").click().run()
    kept_file(hash_file(CITY / "kartoteka.csv")).unlink()
    html = shown(desk.button(key="take_up").click().run())
    assert "kartoteka.csv, partia 5: Pliku tej partii nie ma już w magazynie." in html
    assert "Czekają na decyzję (1)" in _headings(desk)


def test_closed_month_of_a_colleagues_file_names_who_asks(session: Session, desk: AppTest, tmp_path: Path) -> None:
    with db.transaction() as other:
        close_month(other, operator_scope(), month="2026-10")
    colleague = replace(sign_in_employee(session, Role.ACCOUNTING, employee_id=77), login="irena.ksiegowa")
    session.commit()
    path = write(tmp_path, [HEADER, "000003;U/00003/2013;D/1;1;NAL;2026-10-01;;x;10,00;"])
    hand_in(colleague, kind="ledger", path=path, file_name="kartoteka-10.csv")
    desk.run()
    html = shown(desk.button(key="take_up").click().run())
    assert "O zgodę drugiej osoby poprosi ten, kto przekazał plik: irena.ksiegowa." in html
    assert not {"load", "period_ask"} & {button.key for button in desk.button}


def test_content_loaded_meanwhile_can_only_be_refused(desk: AppTest, tmp_path: Path) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    desk.button(key="put_off").click().run()
    import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv", options=LoadOptions())
    assert "Ta sama treść jest już wczytana jako partia 6." in shown(desk.run())
    assert "take_up" not in [button.key for button in desk.button]


def test_one_refused_file_does_not_keep_the_others_out(desk: AppTest) -> None:
    desk.file_uploader[0].upload("kontrahenci.csv", (CITY / "kontrahenci.csv").read_bytes(), "text/csv")
    desk.file_uploader[0].upload("kartoteka.csv", (CITY / "kartoteka.csv").read_bytes(), "text/csv")
    html = shown(desk.button("FormSubmitter:upload-Sprawdź plik").click().run())
    assert "kontrahenci.csv: Ten plik jest już wczytany (partia 3)" in html
    desk.button(key="load").click().run()
    assert _entries() == 16033


def test_control_total_given_after_the_check_is_held_against_the_file(desk: AppTest) -> None:
    _check(desk, "\r\n".join([HEADER, "000003;U/00003/2013;D/1;1;NAL;2026-10-01;;x;10,00;"]).encode())
    again = "FormSubmitter:reread-5-Sprawdź jeszcze raz"
    desk.text_input(key="again-5-debit").set_value("11,00")
    html = shown(desk.button(again).click().run())
    assert "Suma kontrolna się nie zgadza" in html
    assert desk.button(key="load").disabled
    desk.text_input(key="again-5-debit").set_value("10,00")
    desk.button(again).click().run()
    desk.button(key="load").click().run()
    assert _entries() == 1


def test_file_without_amounts_is_asked_for_no_sums_of_them(desk: AppTest) -> None:
    _check(desk, b"nr_kontrahenta;nazwa\nX1;Jan Nowy\n", "tenants")
    asked = [one.key for one in desk.text_input if (one.key or "").startswith("again-")]
    assert asked == ["again-5-rows"]


def test_clerk_without_the_permission_sees_nothing(session: Session) -> None:
    app = open_dashboard(session, Role.CLERK).run()
    load_city(ledger=False)
    app.switch_page("pages/staff/imports.py").run()
    assert "Brak uprawnień" in [title.value for title in app.title]
    assert not app.file_uploader


def test_empty_installation_says_where_to_begin(session: Session) -> None:
    app = open_dashboard(session, Role.HEAD).run().switch_page("pages/staff/imports.py").run()
    assert "Zacznij od budynków" in shown(app)
    with db.reading() as fresh:
        assert fresh.scalar(select(func.count()).select_from(Tenant)) == 0
