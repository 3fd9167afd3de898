from datetime import date

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.clock import today
from core.registry.models import Tenant
from tests.cast import make_building, make_charge, make_district, make_premises, make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown


def open_premises(session: Session, tenant: Tenant) -> AppTest:
    return open_portal(session, tenant).run().switch_page("pages/tenant/premises.py").run()


def make_flat(session: Session) -> Tenant:
    anna = make_tenant(session)
    district = make_district(session)
    district.phone = "42 111 11 11"
    tenancy = make_tenancy(
        session,
        anna,
        tenancy_no="U/7/2010",
        premises=make_premises(session, building=make_building(session, district=district)),
        valid_from=date(2010, 4, 1),
    )
    this_year, next_year = today().year, today().year + 1
    make_charge(session, tenancy, "Czynsz najmu", f"{this_year}-01-01", quantity="48.30", rate="9.1250")
    make_charge(session, tenancy, "Woda", f"{this_year}-01-01", unit="m³", quantity="3", rate="12.50", vat_percent=8)
    make_charge(session, tenancy, "Czynsz najmu", f"{next_year}-01-01", quantity="48.30", rate="9.50")
    return anna


def test_premises_tenancy_and_who_serves_them_are_shown(session: Session) -> None:
    html = shown(open_premises(session, make_flat(session)))

    for told in ("mieszkalny", "48,30 m²", "U/7/2010", "01.04.2010", "RON Centrum", "42 111 11 11", "Administrator "):
        assert told in html


def test_each_component_is_quantity_times_rate(session: Session) -> None:
    html = shown(open_premises(session, make_flat(session)))

    assert "48,30 m² × 9,125 zł" in html
    assert "440,74 zł" in html
    assert "3 m³ × 12,50 zł" in html
    assert "i 3,00 zł VAT (8%)" in html
    assert "481,24 zł" in html  # 440,74 + 37,50 + 3,00


def test_announced_change_says_when_and_by_how_much(session: Session) -> None:
    app = open_premises(session, make_flat(session))

    html = shown(app)
    change = f"01.01.{today().year + 1}"
    assert f"Zmiana od {change}" in [heading.value for heading in app.header]
    assert "481,24 zł → 499,35 zł, o 18,11 zł więcej" in html
    assert "Wcześniejsze zmiany opłat" not in [one.label for one in app.expander]


def test_tenancy_without_rates_says_where_to_look(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)

    assert "Nie mamy jeszcze stawek tej umowy." in shown(open_premises(session, anna))


def test_tenant_without_a_tenancy_is_told_what_to_do(session: Session) -> None:
    assert "Nie ma jeszcze umowy" in shown(open_premises(session, make_tenant(session)))


def test_components_are_told_in_plain_words_where_somebody_described_them(session: Session) -> None:
    html = shown(open_premises(session, make_flat(session)))

    told = html.split('aria-label="Co to znaczy? składniki opłaty miesięcznej"')[1].split("</details>")[0]
    assert told.count("<dt>") == 1
    assert "<dt>Czynsz najmu</dt>" in told


def test_charge_that_nobody_described_asks_no_question(session: Session) -> None:
    anna = make_tenant(session)
    make_charge(session, make_tenancy(session, anna), "Opłata za balkon")
    html = shown(open_premises(session, anna))
    assert "Opłata za balkon" in html
    assert "Co to znaczy?" not in html
