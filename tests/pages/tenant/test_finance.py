from datetime import date

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.registry.models import Tenant
from tests.cast import make_entry, make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown


def open_finance(session: Session, tenant: Tenant) -> AppTest:
    return open_portal(session, tenant).run().switch_page("pages/tenant/finance.py").run()


def make_year(session: Session) -> Tenant:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for month in range(1, 11):
        make_entry(
            session, tenancy, f"2026-{month:02}-01", debit="600", due_on=f"2026-{month:02}-10", description="Czynsz"
        )
        make_entry(session, tenancy, f"2026-{month:02}-09", credit="500", description="Przelew")
    return anna


def test_newest_first_with_the_balance_in_words(session: Session) -> None:
    html = shown(open_finance(session, make_year(session)))

    assert html.index("09.10.2026") < html.index("01.10.2026") < html.index("09.09.2026")
    assert "do wpłaty 1 000,00 zł" in html
    assert "−500,00 zł" in html
    assert "Operacje, strona 1 z 2" in html
    assert "20 operacji: naliczono 6 000,00 zł, wpłacono 5 000,00 zł." in html


def test_second_page_shows_the_rest(session: Session) -> None:
    app = open_finance(session, make_year(session))

    app.pagination[0].set_value(2).run()

    assert "Operacje, strona 2 z 2" in shown(app)
    assert "01.01.2026" in shown(app)


def test_filters_choose_lines_and_keep_the_balance_of_the_whole(session: Session) -> None:
    app = open_finance(session, make_year(session))
    app.selectbox[0].select("WPL")
    app.date_input[0].set_value(date(2026, 3, 1))
    app.date_input[1].set_value(date(2026, 3, 31))

    app.button(key="filter").click().run()

    assert "1 operacja: naliczono 0,00 zł, wpłacono 500,00 zł." in shown(app)
    assert "do wpłaty 300,00 zł" in shown(app)


def test_filter_without_matches_says_what_to_do(session: Session) -> None:
    app = open_finance(session, make_year(session))
    app.selectbox[0].select("WPL")
    app.date_input[0].set_value(date(2026, 3, 1))
    app.date_input[1].set_value(date(2026, 3, 2))

    app.button(key="filter").click().run()

    assert "Wydłuż okres" in shown(app)


def test_period_that_ends_before_it_begins_is_explained_and_all_is_shown(session: Session) -> None:
    app = open_finance(session, make_year(session))
    app.date_input[0].set_value(date(2026, 5, 2))
    app.date_input[1].set_value(date(2026, 5, 1))

    app.button(key="filter").click().run()

    assert 'role="alert"' in shown(app)
    assert "Od dnia" in shown(app)
    assert "20 operacji" in shown(app)


def test_one_chart_at_a_time_each_with_sentence_and_table(session: Session) -> None:
    app = open_finance(session, make_year(session))
    assert len(app.get("vega_lite_chart")) == 1
    assert "Saldo na koniec dnia" in shown(app)

    app.radio(key="chart").set_value("Naliczenia i wpłaty").run()

    assert len(app.get("vega_lite_chart")) == 1
    assert "Naliczenia i wpłaty według miesięcy" in shown(app)
    assert "naliczono 6 000,00 zł, wpłacono 5 000,00 zł" in shown(app)


def test_empty_ledger_says_so(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)

    assert "nic jeszcze nie zaksięgowano" in shown(open_finance(session, anna))


def test_descriptions_of_the_file_are_shown_as_text(session: Session) -> None:
    anna = make_tenant(session)
    make_entry(session, make_tenancy(session, anna), "2026-01-01", debit="1", description="<script>alert(1)</script>")

    assert "<script" not in shown(open_finance(session, anna))
