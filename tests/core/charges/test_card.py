"""The card of premises as PDF, read back by others' readers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.charges.card import card_name, card_pdf, premises_card
from core.charges.models import Charge
from core.charges.schedule import schedule_of
from core.errors import NotFoundError
from core.registry.lookup import AdministratorContact, DistrictContact
from core.registry.premises import PremisesDetails
from tests.access.proxies import proxy_in
from tests.cast import day, make_charge, make_tenancy, make_tenant, sign_in_tenant
from tests.core.documents.readers import pages_of, text_of

MADE_AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
DETAILS = PremisesDetails(
    tenancy_no="N/00004/2007",
    title="najem na czas nieoznaczony",
    valid_from=date(2007, 5, 1),
    valid_to=None,
    persons=2,
    address="ul. Żwirki i Wigury 12 m. 7",
    town="90-001 Łódź",
    borough="Śródmieście",
    premises_code="B0001/007",
    kind="mieszkalny",
    usable_area=Decimal("48.30"),
    heated_area=None,
    rooms=2,
    floor="parter",
    equipment="instalacja elektryczna, piec kaflowy",
    district=DistrictContact(1, "CENTRUM", "RON Centrum", "Zachodnia 3", "42 111 11 11", None, "pn. 8–16"),
    administrator=AdministratorContact(1, "Jan Źrebię", "42 222 22 22", None),
)


def charge(component: str, since: str, quantity: str, rate: str, vat: int | None = None) -> Charge:
    return Charge(
        component=component,
        unit="m²",
        quantity=Decimal(quantity),
        rate=Decimal(rate),
        vat_percent=vat,
        valid_from=day(since),
        valid_to=None,
    )


def card(rows: list[Charge]) -> bytes:
    return card_pdf(DETAILS, schedule_of(rows, as_of=date(2026, 11, 25)), tenant="Łucja Kowalska", made_at=MADE_AT)


def test_card_tells_all_in_polish_letters() -> None:
    rows = [charge("Czynsz", "2026-01-01", "48.3", "9.125"), charge("Garaż", "2026-01-01", "15", "10", 23)]
    written = text_of(card([*rows, charge("Czynsz", "2027-01-01", "48.3", "9.5")]), "-layout").replace("\u00a0", " ")
    for told in (
        "ul. Żwirki i Wigury 12 m. 7, 90-001 Łódź", "Łucja Kowalska", "N/00004/2007", "01.05.2007", "48,30 m²",
        "Czynsz: 48,30 m² × 9,125 zł", "440,74 zł", "+ 34,50 zł VAT (23%)", "184,50 zł", "625,24 zł",
        "Zapowiedziana zmiana od 01.01.2027: 625,24 zł → 643,35 zł", "RON Centrum", "Jan Źrebię", "Stan na 25.11.2026",
    ):  # fmt: skip
        assert told in written, written


def test_same_card_has_the_same_bytes_and_a_long_one_goes_on() -> None:
    rows = [charge(f"Składnik o dość długiej nazwie numer {at}", "2026-01-01", "48.3", "9.125") for at in range(60)]
    long = card(rows)
    assert long == card(rows)
    assert pages_of(long) == 2
    written = text_of(long)
    assert all(f"numer {at}:" in written for at in range(60))


def test_name_of_the_file_carries_the_number() -> None:
    assert card_name(DETAILS) == "Karta-lokalu-N-00004-2007.pdf"


def test_card_is_the_tenants_own(session: Session) -> None:
    anna, jan = make_tenant(session), make_tenant(session, "Jan Nowak")
    tenancy = make_tenancy(session, anna, tenancy_no="U/1")
    make_charge(session, tenancy, "Czynsz")
    made = premises_card(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id)
    assert "440,50 zł" in text_of(made).replace("\u00a0", " ")
    with pytest.raises(NotFoundError):
        premises_card(session, sign_in_tenant(session, jan), tenancy_id=tenancy.id)


def test_card_that_a_proxy_takes_names_the_tenant(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session, "Łucja Kowalska"))
    maria = proxy_in(session, tenancy, ProxyLevel.SEE)
    written = text_of(premises_card(session, maria, tenancy_id=tenancy.id))
    assert "Łucja Kowalska" in written
    assert "Maria" not in written
