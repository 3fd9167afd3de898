import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session

from core.errors import SessionEndedError
from core.registry.addresses import postal_line, premises_line, street_line
from core.registry.queries import tenancies_of
from tests.cast import day, end_session, make_premises, make_tenancy, make_tenant, sign_in_tenant


@freeze_time("2026-11-23 12:00:00")
def test_tenancies_that_stand_come_before_those_that_ended(session: Session) -> None:
    anna = make_tenant(session)
    ended = make_tenancy(session, anna, tenancy_no="U/1", valid_to=day("2026-11-22"))
    flat = make_tenancy(session, anna, tenancy_no="U/3", valid_to=day("2026-11-23"))
    garage = make_tenancy(session, anna, tenancy_no="U/2")

    found = tenancies_of(session, sign_in_tenant(session, anna))

    assert [card.tenancy_id for card in found] == [garage.id, flat.id, ended.id]


def test_tenancy_carries_its_address(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna, premises=make_premises(session, premises_no="7a"))

    (card,) = tenancies_of(session, sign_in_tenant(session, anna))

    assert (card.address, card.town) == ("ul. Kwiatowa 12 m. 7a", "90-001 Łódź")


def test_neighbour_sees_nothing(session: Session) -> None:
    make_tenancy(session, make_tenant(session))
    neighbour = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad"))

    assert tenancies_of(session, neighbour) == []


def test_ended_session_reads_nothing(session: Session) -> None:
    scope = sign_in_tenant(session, make_tenant(session))
    end_session(session, scope)

    with pytest.raises(SessionEndedError):
        tenancies_of(session, scope)


@pytest.mark.parametrize(
    ("street", "line"),
    [
        ("Kwiatowa", "ul. Kwiatowa 1"),
        ("Parkowa", "ul. Parkowa 1"),
        ("al. Kościuszki", "al. Kościuszki 1"),
        ("Plac Wolności", "Plac Wolności 1"),
    ],
)
def test_a_street_gets_its_kind_unless_it_has_one(street: str, line: str) -> None:
    assert street_line(street, "1") == line


def test_a_flat_and_a_commercial_unit_are_numbered_differently() -> None:
    assert premises_line("Kwiatowa", "12", "7", kind="mieszkalny") == "ul. Kwiatowa 12 m. 7"
    assert premises_line("Kwiatowa", "12", "7", kind="użytkowy") == "ul. Kwiatowa 12 lok. 7"
    assert premises_line("Kwiatowa", "12", " ", kind="użytkowy") == "ul. Kwiatowa 12"


def test_postal_line() -> None:
    assert postal_line("90-001", "Łódź") == "90-001 Łódź"
