from datetime import UTC, date, datetime

import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.clock import now, today
from core.plain_words.models import Described, EditedWords
from core.plain_words.reading import key_of, shipped_words
from core.registry.models import Tenant
from tests.cast import make_batch, make_charge, make_entry, make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown
from ui.balance_views import DRAWINGS

CHARTS = [
    ("Saldo w czasie", "Saldo na koniec dnia", "Saldo na 23.11.2026: do wpłaty 1 000,00 zł."),
    ("Naliczenia i wpłaty", "Naliczenia i wpłaty według miesięcy", "naliczono 6 000,00 zł, wpłacono 5 000,00 zł"),
    (
        "Za co płacę (12 miesięcy)",
        "Naliczenia według składników",
        "Razem naliczono 6 000,00 zł. Najwięcej kosztuje: Naliczenie, 6 000,00 zł.",
    ),
]


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


def make_documents(session: Session) -> Tenant:
    """A charge of two components, half of it paid, and the charge of the month after."""
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    batch = make_batch(session)
    batch.committed_at = datetime(2026, 2, 3, 12, tzinfo=UTC)
    for month in ("01", "02"):
        for position, (component, amount) in enumerate((("Czynsz", "500.50"), ("Śmieci", "99.50")), start=1):
            make_entry(
                session,
                tenancy,
                f"2026-{month}-01",
                debit=amount,
                due_on=f"2026-{month}-10",
                period=f"2026-{month}",
                document_no=f"NAL/2026/{month}",
                position=position,
                component=component,
                description=f"Opłaty za {month}.2026",
                batch=batch,
            )
    make_entry(session, tenancy, "2026-01-09", credit="540", description="Przelew", batch=batch)
    return anna


def opened(html: str, name: str) -> str:
    """What opens under the amount that is named so."""
    return html.split(f'aria-label="Skąd ta kwota? {name}')[1].split("</details>")[0]


def choose(app: AppTest, view: str) -> AppTest:
    return app.radio(key="finance_view").set_value(view).run()


def test_page_opens_with_the_balance_in_a_sentence(session: Session) -> None:
    with freeze_time("2026-02-05 12:00:00+01:00"):
        html = shown(open_finance(session, make_documents(session)))

    assert (
        "Dziś: do wpłaty 660,00 zł, w tym po terminie 60,00 zł. Najbliższa płatność: 600,00 zł do 10.02.2026." in html
    )


def test_document_is_one_line_and_opens_to_where_its_amount_comes_from(session: Session) -> None:
    html = shown(open_finance(session, make_documents(session)))

    assert "3 operacje: naliczono 1 200,00 zł, wpłacono 540,00 zł." in html
    assert html.count("<details>") == 3
    told = opened(html, "Opłaty za 01.2026, 01.01.2026, 600,00 zł")
    assert "Naliczenie, dokument NAL/2026/01, data księgowania 01.01.2026. Wczytano do portalu: 03.02.2026." in told
    assert told.index("<span>Czynsz</span><b>500,50 zł</b>") < told.index("<span>Śmieci</span><b>99,50 zł</b>")
    assert "pozycja 2, wiersz" in told


def test_words_find_documents_whatever_their_case_and_marks(session: Session) -> None:
    app = open_finance(session, make_documents(session))
    app.text_input(key="words").set_value("SMIECI 02.2026")

    app.button(key="filter").click().run()

    assert "1 operacja: naliczono 600,00 zł, wpłacono 0,00 zł." in shown(app)


def test_overdue_only_says_what_is_left_to_pay(session: Session) -> None:
    app = open_finance(session, make_documents(session))
    app.checkbox(key="overdue").check()

    app.button(key="filter").click().run()

    html = shown(app)
    assert (
        "2 operacje: naliczono 1 200,00 zł, wpłacono 0,00 zł, z tego po terminie zostało do zapłaty 660,00 zł." in html
    )
    assert "NAL/2026/01, zostało do zapłaty 60,00 zł" in html
    assert "zostało do zapłaty 60,00 zł" in opened(html, "Opłaty za 01.2026")


def test_past_day_replays_balance_age_and_ledger(session: Session) -> None:
    app = choose(open_finance(session, make_documents(session)), "Saldo na dzień")
    assert f"Na koniec dnia {today():%d.%m.%Y}: do wpłaty 660,00 zł, w tym po terminie 660,00 zł." in shown(app)

    app.date_input(key="balance_day").set_value(date(2026, 1, 31)).run()

    html = shown(app)
    assert "Na koniec dnia 31.01.2026: do wpłaty 60,00 zł, w tym po terminie 60,00 zł." in html
    assert "Po terminie na 31.01.2026, razem 60,00 zł" in html
    assert "Najstarsza niezapłacona należność ma termin 10.01.2026." in html
    assert "2 operacje: naliczono 600,00 zł, wpłacono 540,00 zł." in html


def test_day_without_debt_shows_no_ages(session: Session) -> None:
    app = choose(open_finance(session, make_documents(session)), "Saldo na dzień")

    app.date_input(key="balance_day").set_value(date(2026, 1, 5)).run()

    assert "Na koniec dnia 05.01.2026: do wpłaty 600,00 zł." in shown(app)
    assert "Po terminie na" not in shown(app)


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
    app.selectbox(key="kind").select("WPL")
    app.date_input[0].set_value(date(2026, 3, 1))
    app.date_input[1].set_value(date(2026, 3, 31))

    app.button(key="filter").click().run()

    assert "1 operacja: naliczono 0,00 zł, wpłacono 500,00 zł." in shown(app)
    assert "do wpłaty 300,00 zł" in shown(app)


def test_filter_without_matches_says_what_to_do(session: Session) -> None:
    app = open_finance(session, make_year(session))
    app.selectbox(key="kind").select("WPL")
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


def test_every_chart_has_a_row_below() -> None:
    assert list(DRAWINGS) == [name for name, _, _ in CHARTS]


@freeze_time("2026-11-23 12:00:00+01:00")
@pytest.mark.parametrize(("name", "caption", "sentence"), CHARTS)
def test_one_chart_at_a_time_each_with_sentence_and_table(
    session: Session, name: str, caption: str, sentence: str
) -> None:
    app = open_finance(session, make_year(session))
    assert len(app.get("vega_lite_chart")) == 0
    app = choose(app, "Wykresy")

    app.radio(key="chart").set_value(name).run()

    assert len(app.get("vega_lite_chart")) == 1
    assert caption in shown(app)
    assert sentence in shown(app)


def make_charges(session: Session, *, booked: str) -> Tenant:
    """October and November 2026, with a new rate and a new component; what was booked for November is given."""
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy, "Czynsz", "2026-01-01", quantity="50", rate="10")
    make_charge(session, tenancy, "Czynsz", "2026-11-01", quantity="50", rate="10.50")
    make_charge(session, tenancy, "Winda", "2026-11-01", unit="os.", quantity="2", rate="6.50")
    make_charge(session, tenancy, "Winda", "2027-01-01", unit="os.", quantity="2", rate="7")
    make_entry(session, tenancy, "2026-10-01", debit="500", period="2026-10")
    make_entry(session, tenancy, "2026-11-01", debit=booked, period="2026-11")
    return anna


@freeze_time("2026-11-23 12:00:00+01:00")
def test_charge_says_what_changed_and_why_and_what_comes(session: Session) -> None:
    html = shown(choose(open_finance(session, make_charges(session, booked="538")), "Opłata"))

    assert (
        "Opłata za listopad 2026 według stawek: 538,00 zł, miesiąc wcześniej 500,00 zł, czyli o 38,00 zł więcej. "
        "Tyle naliczono w kartotece."
    ) in html
    assert "Stawka wzrosła z 10,00 zł do 10,50 zł." in html
    assert "Nowy składnik." in html
    assert "naliczono 538,00 zł: o" not in html
    coming = html.split("Opłaty zapowiedziane według stawek")[-1]
    for part in ("grudzień 2026", "10.12.2026", "538,00 zł", "styczeń 2027", "11.01.2027", "539,00 zł"):
        assert part in coming


@freeze_time("2026-11-23 12:00:00+01:00")
def test_charge_that_differs_from_what_was_booked_says_so(session: Session) -> None:
    html = shown(choose(open_finance(session, make_charges(session, booked="530.50")), "Opłata"))

    assert "Za listopad 2026 naliczono 530,50 zł: o 7,50 zł mniej, niż wynika ze stawek." in html
    assert "Tyle naliczono" not in html


def test_without_rates_the_charge_is_not_explained(session: Session) -> None:
    html = shown(choose(open_finance(session, make_year(session)), "Opłata"))

    assert "Nie mamy stawek tej umowy." in html


def pay_a_day_late(session: Session, payments: int) -> Tenant:
    """Transfers of November that were seen two days after they were booked, and the ledger of a year before."""
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    first, later = make_batch(session), make_batch(session)
    first.committed_at = datetime(2025, 11, 1, 12, tzinfo=UTC)
    later.committed_at = datetime(2026, 11, 12, 12, tzinfo=UTC)
    make_entry(session, tenancy, "2025-10-01", debit="600", batch=first)
    for _ in range(payments):
        make_entry(session, tenancy, "2026-11-10", credit="1", description="Przelew", batch=later)
    return anna


@freeze_time("2026-11-23 12:00:00+01:00")
def test_payment_is_to_be_expected_by_what_was_measured(session: Session) -> None:
    app = choose(open_finance(session, pay_a_day_late(session, 20)), "Gdzie moja wpłata?")

    app.date_input(key="paid_on").set_value(date(2026, 11, 22)).run()

    html = shown(app)
    assert "Wpłata z 22.11.2026 powinna być widoczna prawie zawsze (9 na 10) do 24.11.2026." in html
    assert "Policzone z ostatnich 180 dni (20 wpłat)" in html
    assert "Ta wpłata powinna już być widoczna" not in html
    assert html.count("12.11.2026") == 3  # when the last ones were seen
    assert 'href="/korespondencja?pytanie=nowe"' in html

    app.date_input(key="paid_on").set_value(date(2026, 11, 2)).run()

    assert "Ta wpłata powinna już być widoczna: minął 04.11.2026." in shown(app)


@freeze_time("2026-11-23 12:00:00+01:00")
def test_too_few_payments_promise_no_day(session: Session) -> None:
    app = choose(open_finance(session, pay_a_day_late(session, 20)), "Gdzie moja wpłata?")

    app.selectbox(key="channel").select("cash").run()

    html = shown(app)
    assert "mamy za mało takich wpłat (0 wpłat)" in html
    assert "powinna być widoczna" not in html
    assert "potwierdzenie wpłaty i zadzwoń" in html


def test_another_tenancy_takes_over_no_choice_that_it_cannot_have(session: Session) -> None:
    anna = make_tenant(session)
    first, second = make_tenancy(session, anna, tenancy_no="U/1"), make_tenancy(session, anna, tenancy_no="U/2")
    make_entry(session, first, "2020-01-01", debit="10", document_type="BO")
    make_entry(session, second, "2026-01-01", debit="20", document_type="NAL")
    app = open_finance(session, anna)
    app.selectbox(key="kind").select("BO")
    app.button(key="filter").click().run()
    assert "1 operacja: naliczono 10,00 zł" in shown(app)

    app.selectbox(key="tenancy").select(second.id).run()
    assert "1 operacja: naliczono 20,00 zł" in shown(app)

    app.selectbox(key="tenancy").select(first.id).run()
    app = choose(app, "Saldo na dzień")
    app.date_input(key="balance_day").set_value(date(2020, 1, 1)).run()
    app.selectbox(key="tenancy").select(second.id).run()
    assert f"Na koniec dnia {today():%d.%m.%Y}: do wpłaty 20,00 zł" in shown(app)


def test_empty_ledger_says_so(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)

    assert "nic jeszcze nie zaksięgowano" in shown(open_finance(session, anna))


def test_descriptions_of_the_file_are_shown_as_text(session: Session) -> None:
    anna = make_tenant(session)
    make_entry(session, make_tenancy(session, anna), "2026-01-01", debit="1", description="<script>alert(1)</script>")

    assert "<script" not in shown(open_finance(session, anna))


def test_opened_document_says_what_it_and_its_components_are(session: Session) -> None:
    rent = EditedWords(
        kind=Described.COMPONENT,
        name_key="czynsz",
        name="Czynsz",
        text="Za <lokal>.",
        changed_at=now(),
        changed_by=None,
    )
    session.add(rent)
    html = shown(open_finance(session, make_documents(session)))

    told = html.split('aria-label="Co to znaczy? Opłaty za 01.2026, 01.01.2026, 600,00 zł"')[1].split("</details>")[0]
    assert f"<dt>Naliczenie</dt><dd>{shipped('NAL')}</dd>" in told
    assert "<dt>Czynsz</dt><dd>Za &lt;lokal&gt;.</dd>" in told
    assert "Śmieci" not in told, "nobody has described it"


def test_compared_months_say_what_the_components_are(session: Session) -> None:
    html = shown(choose(open_finance(session, make_charges(session, booked="538")), "Opłata"))
    told = html.split('aria-label="Co to znaczy? składniki opłaty w dwóch miesiącach"')[1].split("</details>")[0]
    assert f"<dt>Winda</dt><dd>{shipped('Winda', Described.COMPONENT)}</dd>" in told


def shipped(name: str, kind: Described = Described.DOCUMENT_TYPE) -> str:
    return shipped_words()[kind, key_of(name)].text
