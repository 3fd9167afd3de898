from datetime import date

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.registry.lookup import (
    building_key,
    building_numbers,
    find_address,
    similar_streets,
    street_key,
    street_names,
)
from core.registry.models import Building, BuildingService, PropertyAdministrator
from tests.cast import make_building, make_district, make_premises, make_tenancy, make_tenant


@pytest.mark.parametrize(
    "written",
    [
        "Łąkowa",
        "łąkowa",
        "LAKOWA",
        "ul. Łąkowa",
        "ul.Łąkowa",
        "UL Łąkowa",
        "ulica  Łąkowa ",
        "al. Łąkowa",
        "Plac Łąkowa",
        "os. Łąkowa",
        "La\u0328kowa",
    ],
)
def test_a_street_is_known_however_it_is_written(written: str) -> None:
    assert street_key(written) == "lakowa"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Skłodowskiej-Curie", "sklodowskiej  curie"),
        ("Rewolucji 1905 r.", "rewolucji 1905 R"),
        ("Święty Ćwierć Żółw", "swiety cwierc zolw"),
    ],
)
def test_hyphens_dots_and_polish_letters_do_not_matter(one: str, other: str) -> None:
    assert street_key(one) == street_key(other)


def test_a_street_named_like_a_kind_keeps_its_name() -> None:
    assert street_key("Plac") == "plac"
    assert street_key("Rynek") == "rynek"
    assert street_key("Alfreda") == "alfreda"


@pytest.mark.parametrize(
    ("one", "other"),
    [("19a", "19 A"), ("9/11", " 9 / 11 "), ("nr 12", "12"), ("Nr. 12", "12"), ("1 Ł", "1l")],
)
def test_a_number_is_known_however_it_is_written(one: str, other: str) -> None:
    assert building_key(one) == building_key(other)


def test_numbers_that_differ_stay_apart() -> None:
    assert len({building_key(text) for text in ("19", "19a", "19/21", "1921", "91")}) == 5


@pytest.mark.parametrize("written", [("Kwiatowa", "9/11"), ("ul. kwiatowa", "9 / 11"), ("KWIATOWA", "nr 9/11")])
def test_an_address_is_found_with_who_serves_it(session: Session, written: tuple[str, str]) -> None:
    district = make_district(session)
    district.address, district.phone = "Przykładowa 2, 90-001 Łódź", "000 420 020"
    district.email, district.hours = "ron2@lokale.example", "pon. 8:00-16:00"
    building = make_building(session, building_no="9/11", district=district)

    (found,) = find_address(session, street=written[0], building_no=written[1])

    assert found.building_id == building.id
    assert found.line == "ul. Kwiatowa 9/11, 90-001 Łódź"
    assert (found.district.id, found.district.code) == (district.id, "CENTRUM")
    assert (found.district.address, found.district.phone) == ("Przykładowa 2, 90-001 Łódź", "000 420 020")
    assert (found.district.email, found.district.hours) == ("ron2@lokale.example", "pon. 8:00-16:00")
    assert found.administrator.name.startswith("Administrator ")


def test_an_address_that_is_not_there_is_not_found(session: Session) -> None:
    make_building(session, building_no="19a")

    assert find_address(session, street="Kwiatowa", building_no="19") == []
    assert find_address(session, street="Kwiatow", building_no="19a") == []
    assert find_address(session, street="", building_no="") == []
    assert find_address(session, street="Kwiatowa\x00", building_no="19") == []
    assert find_address(session, street="k" * 100_000, building_no="19") == []


def test_the_kind_of_street_tells_two_streets_apart(session: Session) -> None:
    street = make_building(session, street="Wolności")
    square = make_building(session, street="pl. Wolności")

    def found(written: str) -> list[int]:
        return [one.building_id for one in find_address(session, street=written, building_no="12")]

    assert found("ul. Wolności") == [street.id]
    assert found("Plac Wolności") == [square.id]
    assert sorted(found("wolnosci")) == sorted([street.id, square.id])
    assert sorted(found("al. Wolności")) == sorted([street.id, square.id])


def test_one_address_in_two_towns_is_two_answers(session: Session) -> None:
    here = make_building(session)
    there = make_building(session)
    there.city = "Pabianice"
    session.flush()

    assert [one.building_id for one in find_address(session, street="Kwiatowa", building_no="12")] == [
        here.id,
        there.id,
    ]


def test_houses_that_share_address_and_service_are_one_answer(session: Session) -> None:
    front = make_building(session)
    back = make_building(session)
    of_front = session.scalars(select(BuildingService).where(BuildingService.building_id == front.id)).one()
    of_back = session.scalars(select(BuildingService).where(BuildingService.building_id == back.id)).one()
    assert len(find_address(session, street="Kwiatowa", building_no="12")) == 2

    of_back.administrator_id = of_front.administrator_id
    session.flush()

    assert len(find_address(session, street="Kwiatowa", building_no="12")) == 1


def _serve(session: Session, building: Building, code: str, since: str) -> None:
    administrator = PropertyAdministrator(name=f"Od {since}")
    session.add(administrator)
    session.flush()
    session.add(
        BuildingService(
            building_id=building.id,
            district_id=make_district(session, code=code).id,
            administrator_id=administrator.id,
            valid_from=date.fromisoformat(since),
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        ("2026-11-23 12:00", "CENTRUM"),
        ("2026-11-30 22:59", "CENTRUM"),
        ("2026-11-30 23:00", "WIDZEW"),  # midnight in Warsaw
        ("2027-01-05 12:00", "GÓRNA"),
    ],
)
def test_the_service_is_that_of_the_day(session: Session, instant: str, code: str) -> None:
    building = make_building(session)
    _serve(session, building, "GÓRNA", "2027-01-01")
    _serve(session, building, "WIDZEW", "2026-12-01")

    with freeze_time(instant):
        (found,) = find_address(session, street="Kwiatowa", building_no="12")

    assert found.district.code == code


@freeze_time("2009-12-31 12:00")
def test_a_building_that_nobody_serves_yet_is_not_offered(session: Session) -> None:
    make_building(session)

    assert find_address(session, street="Kwiatowa", building_no="12") == []
    assert street_names(session) == []
    assert building_numbers(session, street="Kwiatowa") == []


def test_streets_stand_once_and_in_polish_order(session: Session) -> None:
    for street in ("Żytnia", "Zielona", "Łąkowa", "Lipowa", "1 Maja", "Lipowa", "Maja", "Ćwiklińskiej", "Cicha"):
        make_building(session, street=street)

    assert street_names(session) == [
        "1 Maja",
        "Cicha",
        "Ćwiklińskiej",
        "Lipowa",
        "Łąkowa",
        "Maja",
        "Zielona",
        "Żytnia",
    ]


def test_numbers_of_a_street_stand_in_the_order_of_the_street(session: Session) -> None:
    for number in ("19a", "10", "2", "19", "9/11", "19 B", "2"):
        make_building(session, building_no=number)
    make_building(session, street="Polna", building_no="1")

    assert building_numbers(session, street="ul. kwiatowa") == ["2", "9/11", "10", "19", "19a", "19 B"]
    assert building_numbers(session, street="Leśna") == []


@pytest.mark.parametrize("written", ["Kilinskego", "Jana Kilińskiego", "ul. kilinskiego", "Kilińskiegoo"])
def test_a_street_written_wrongly_has_a_suggestion(session: Session, written: str) -> None:
    for street in ("Kilińskiego", "Kwiatowa", "Zielona"):
        make_building(session, street=street)

    assert similar_streets(session, street=written) == ["Kilińskiego"]


def test_a_street_like_no_other_has_no_suggestion(session: Session) -> None:
    make_building(session)

    assert similar_streets(session, street="Zzz") == []
    assert similar_streets(session, street="") == []
    assert similar_streets(session, street="q" * 100_000) == []


def test_who_lives_at_an_address_is_not_told(session: Session) -> None:
    building = make_building(session)
    before = find_address(session, street="Kwiatowa", building_no="12")

    make_tenancy(session, make_tenant(session), premises=make_premises(session, building=building))

    assert find_address(session, street="Kwiatowa", building_no="12") == before
    assert "Kowalska" not in repr(before)
