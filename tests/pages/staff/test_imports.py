"""The import screen, through the real entry script."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Checkbox

from core import db
from core.access.scopes import Role
from core.batches.models import ImportBatch
from core.ledger.models import LedgerEntry
from core.registry.models import Tenant
from core.settings import settings
from tests.core.imports.files import CITY, HEADER, load_city, load_lines
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


def test_second_tab_with_the_same_preview_loads_nothing(session: Session, desk: AppTest) -> None:
    _check(desk, (CITY / "kartoteka.csv").read_bytes())
    preview = desk.session_state["preview"]
    desk.button(key="load").click().run()
    desk.session_state["preview"] = preview
    desk.run()
    desk.button(key="load").click().run()
    assert "zostało już użyte" in shown(desk)
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
    assert desk.button(key="load").disabled


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
