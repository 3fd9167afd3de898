"""Paying on the home page: the picture that is shown is read by a scanner."""

import base64
import re

import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.models import ProxyLevel
from core.registry.models import Tenancy
from tests.access.proxies import proxy_in
from tests.cast import ACCOUNT_NO, make_entry, make_tenancy, make_tenant
from tests.core.documents.readers import codes_of_pictures
from tests.pages.conftest import open_portal, shown, to_copy

DAY = "2026-11-23 12:00:00"


@pytest.fixture
def flat(session: Session) -> Tenancy:
    """Anna's, with 1,234.00 zł overdue of 1,834.00 zł."""
    tenancy = make_tenancy(session, make_tenant(session), tenancy_no="U/7/2014")
    make_entry(session, tenancy, "2026-11-01", debit="1234", due_on="2026-11-10")
    make_entry(session, tenancy, "2026-11-20", debit="600", due_on="2026-12-10")
    return tenancy


def scanned(app: AppTest) -> list[str]:
    """What the codes on the screen say."""
    pictures = re.findall(r'class="kit kit-qr" src="data:image/png;base64,([^"]+)"', shown(app))
    return codes_of_pictures([base64.b64decode(one) for one in pictures]) if pictures else []


def offered(app: AppTest) -> list[str]:
    """What may be downloaded."""
    return [str(one.proto.label) for one in app.get("download_button")]


def text(grosze: str) -> str:
    return f"1234563218|PL|{ACCOUNT_NO}|{grosze}|Zarzad Lokali Demo|Umowa U/7/2014|||"


def choose(app: AppTest, part: str) -> AppTest:
    radio = next(one for one in app.radio if one.label == "Ile chcesz zapłacić")
    return radio.set_value(next(one for one in radio.options if one.startswith(part))).run()


def give(app: AppTest, amount: str) -> AppTest:
    next(one for one in app.text_input if one.label == "Kwota (zł)").set_value(amount)
    return next(one for one in app.button if one.label == "Pokaż kod do zapłaty").click().run()


def test_account_to_copy_and_code_of_the_whole_first(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        app = open_portal(session, flat.tenant).run()
        assert to_copy(app) == ["38 9990 0009 4700 0000 0000 0001", "Umowa U/7/2014"]
        assert scanned(app) == [text("183400")]
        assert offered(app) == ["Pobierz dane do przelewu (PDF)"]


def test_code_follows_what_is_chosen(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        app = choose(open_portal(session, flat.tenant).run(), "Po terminie: 1")
        assert scanned(app) == [text("123400")]
        choose(app, "Inna kwota")
        assert scanned(app) == []
        assert scanned(give(app, "1 000,5")) == [text("100050")]
        assert "wpisz kwotę" not in shown(app)
        assert scanned(give(app, "10 000")) == [text("000000")]
        assert "Po zeskanowaniu wpisz kwotę: 10 000,00 zł" in shown(app)


@pytest.mark.parametrize("amount", ["0", "-5", "sto", "1,234", "1000000", "99999999999999999999"])
def test_amount_that_is_none_is_explained_and_has_no_code(session: Session, flat: Tenancy, amount: str) -> None:
    with freeze_time(DAY):
        app = give(choose(open_portal(session, flat.tenant).run(), "Inna"), amount)
        assert 'role="alert"' in shown(app)
        assert scanned(app) == []
        assert not app.get("download_button")


def test_where_nothing_is_owed_a_chosen_amount_may_be_paid(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna, tenancy_no="U/7/2014")
    app = open_portal(session, anna).run()
    assert scanned(app) == []
    assert "Nic nie trzeba teraz wpłacać. Chcesz zapłacić z góry?" in [one.label for one in app.expander]
    assert scanned(give(app, "25")) == [text("002500")]


def test_tenancy_without_an_account_says_whom_to_ask(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna, bank_account_no=None)
    make_entry(session, tenancy, "2026-01-01", debit="5")
    app = open_portal(session, anna).run()
    assert "Nie znamy jeszcze numeru konta" in shown(app)
    assert to_copy(app) == []
    assert scanned(app) == []


def test_proxy_who_sees_pays_and_takes_papers(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        app = open_portal(session, flat.tenant)
        app.user = {"sid": proxy_in(session, flat, ProxyLevel.SEE).session_key}
        session.commit()
        app.run()
        assert scanned(app) == [text("183400")]
        app.switch_page("pages/tenant/finance.py").run()
        assert not app.exception
        assert "Zestawienie (PDF)" in offered(app)


def test_papers_of_the_filtered_ledger_are_offered(session: Session, flat: Tenancy) -> None:
    with freeze_time(DAY):
        app = open_portal(session, flat.tenant).run().switch_page("pages/tenant/finance.py").run()
        assert offered(app) == [
            "Zestawienie (PDF)", "Operacje dla Excela (CSV)", "Operacje (XLSX)", "Potwierdzenie salda (PDF)",
        ]  # fmt: skip
        assert "wszystkie operacje od 01.11.2026 do 23.11.2026" in shown(app)
