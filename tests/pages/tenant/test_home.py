from freezegun import freeze_time
from sqlalchemy.orm import Session

from tests.cast import make_batch, make_entry, make_premises, make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown


def test_word_first_then_the_amount_and_when_and_where_to_pay(session: Session) -> None:
    with freeze_time("2026-11-23 12:00:00"):
        anna = make_tenant(session)
        tenancy = make_tenancy(session, anna)
        make_entry(session, tenancy, "2026-11-01", debit="1234.56", due_on="2026-11-10")
        make_entry(session, tenancy, "2026-11-20", debit="600", due_on="2026-12-10")
        make_entry(session, tenancy, "2026-11-12", credit="0.56")
        html = shown(open_portal(session, anna).run())

    assert html.index("Do wpłaty") < html.index("1 834,00 zł")
    assert "<dt>W tym po terminie</dt><dd>1 234,00 zł</dd>" in html
    assert "<dt>Najbliższa płatność</dt><dd>600,00 zł do 10.12.2026</dd>" in html
    assert "<dt>Stan na</dt><dd>23.11.2026</dd>" in html
    assert "<dt>Wpłaty zaksięgowane do</dt><dd>12.11.2026</dd>" in html
    assert "To informacja, a nie wezwanie do zapłaty" in html


def test_overpayment_is_a_word_and_not_a_sign(session: Session) -> None:
    anna = make_tenant(session)
    make_entry(session, make_tenancy(session, anna), "2026-01-12", credit="50")

    html = shown(open_portal(session, anna).run())

    assert html.index("Nadpłata") < html.index("50,00 zł")
    assert "po terminie" not in html


def test_nothing_owed_is_said_in_words(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)

    html = shown(open_portal(session, anna).run())

    assert "Konto rozliczone" in html
    assert "brak wpłat" in html


def test_several_tenancies_have_a_switcher_and_a_total(session: Session) -> None:
    anna = make_tenant(session)
    flat = make_tenancy(session, anna, tenancy_no="U/1")
    garage = make_tenancy(session, anna, tenancy_no="U/2", premises=make_premises(session, kind="użytkowy"))
    make_entry(session, flat, "2026-01-01", debit="600", due_on="2026-01-10")
    make_entry(session, garage, "2026-01-01", debit="70", due_on="2026-01-10")
    app = open_portal(session, anna).run()
    assert "600,00 zł</p>" in shown(app)

    app.selectbox(key="tenancy").select(garage.id).run()

    assert "70,00 zł</p>" in shown(app)
    assert "<strong>do wpłaty 670,00 zł</strong>" in shown(app)


def test_the_chosen_tenancy_is_remembered_on_the_other_screen(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna, tenancy_no="U/1")
    garage = make_tenancy(session, anna, tenancy_no="U/2")
    app = open_portal(session, anna).run()
    app.selectbox(key="tenancy").select(garage.id).run()

    app.switch_page("pages/tenant/finance.py").run()

    assert not app.exception
    assert app.selectbox(key="tenancy").value == garage.id


def test_one_tenancy_needs_no_switcher(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)

    app = open_portal(session, anna).run()

    assert not app.exception
    assert not app.selectbox


def test_no_tenancy_says_what_to_do(session: Session) -> None:
    assert "Zadzwoń" in shown(open_portal(session, make_tenant(session)).run())


def test_names_from_the_registry_are_shown_as_text(session: Session) -> None:
    anna = make_tenant(session, "<img src=x onerror=alert(1)>")
    make_tenancy(session, anna, tenancy_no="<b>U</b>")

    html = shown(open_portal(session, anna).run())

    assert "<img" not in html
    assert "<b>U</b>" not in html


def test_demonstration_says_so_on_every_screen(session: Session) -> None:
    anna = make_tenant(session)
    make_batch(session, file_name="demo-kartoteka.csv")

    assert "Dane demonstracyjne" in shown(open_portal(session, anna).run())
