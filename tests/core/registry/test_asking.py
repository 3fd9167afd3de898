import pytest
from freezegun import freeze_time

from core.access.throttle import TooManyUsesError
from core.db import transaction
from core.errors import InvalidInputError
from core.registry.asking import QUESTIONS, Answer, ask_who_serves
from tests.cast import make_building


@pytest.fixture
def street(database: str) -> None:
    with transaction() as session:
        for number in ("2", "12", "12a", "100"):
            make_building(session, street="Kilińskiego", building_no=number)


def ask(street: str, building_no: str, network: str = "192.0.2.0/24") -> Answer:
    return ask_who_serves(street=street, building_no=building_no, network=network)


def test_a_known_address_is_answered_with_who_serves_it(street: None) -> None:
    answer = ask(" ul. kilinskiego ", " 12 A")

    assert [one.line for one in answer.found] == ["ul. Kilińskiego 12a, 90-001 Łódź"]
    assert (answer.numbers, answer.streets) == ([], [])


def test_an_unknown_number_is_answered_with_those_of_the_street(street: None) -> None:
    assert ask("Kilińskiego", "13") == Answer([], ["2", "12", "12a", "100"], [])


def test_the_nearest_numbers_are_told_and_not_all(database: str) -> None:
    with transaction() as session:
        for number in range(1, 41):
            make_building(session, building_no=f"{number}a")

    assert ask("Kwiatowa", "20").numbers == [f"{number}a" for number in range(14, 26)]


def test_an_unknown_street_is_answered_with_similar_ones(street: None) -> None:
    assert ask("Kilinskego", "12") == Answer([], [], ["Kilińskiego"])
    assert ask("Zupełnie Inna", "12") == Answer([], [], [])


@pytest.mark.parametrize(
    ("street_name", "number", "field"),
    [("", "12", "street"), ("  ", "12", "street"), ("k" * 121, "1", "street"), ("Polna", " ", "building_no")],
)
def test_a_question_needs_street_and_number(database: str, street_name: str, number: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        ask(street_name, number)
    assert refusal.value.field == field


def test_questions_are_limited_per_network(street: None) -> None:
    with freeze_time("2026-11-23 12:00:00"):
        for _ in range(QUESTIONS):
            ask("Kilińskiego", "12")
        with pytest.raises(TooManyUsesError):
            ask("Kilińskiego", "12")
        assert ask("Kilińskiego", "12", network="198.51.100.0/24").found
    with freeze_time("2026-11-23 12:10:01"):
        assert ask("Kilińskiego", "12").found
