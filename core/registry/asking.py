"""The question that everybody may ask: who serves this address? Limited per network, answered with what helps on."""

from dataclasses import dataclass
from datetime import timedelta

from core.access.throttle import take_use
from core.db import reading, transaction
from core.errors import InvalidInputError
from core.registry.lookup import ServedAddress, building_numbers, find_address, nearest_numbers, similar_streets

QUESTIONS = 100  # per network in QUESTIONS_WINDOW; many phones share one
QUESTIONS_WINDOW = timedelta(minutes=10)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """Who serves the address; where nobody does, what the question may have meant."""

    found: list[ServedAddress]  # several where the address is ambiguous
    numbers: list[str]  # of the street, the nearest ones; only where the street is known and the number is not
    streets: list[str]  # that are written alike; only where the street is not known


def ask_who_serves(*, street: str, building_no: str, network: str = "") -> Answer:
    """Look an address up for anybody; opens its own transactions.

    Raises InvalidInputError when street or number are missing or too long, and TooManyUsesError.
    """
    street, building_no = street.strip(), building_no.strip()
    if not street or len(street) > LONGEST:
        raise InvalidInputError("Podaj nazwę ulicy.", field="street")
    if not building_no or len(building_no) > LONGEST:
        raise InvalidInputError("Podaj numer budynku, na przykład 12 albo 9/11.", field="building_no")
    with transaction() as session:
        take_use(session, purpose="who_serves", key=network, limit=QUESTIONS, window=QUESTIONS_WINDOW)
    with reading() as session:
        if found := find_address(session, street=street, building_no=building_no):
            return Answer(found, [], [])
        if numbers := building_numbers(session, street=street):
            return Answer([], nearest_numbers(numbers, building_no), [])
        return Answer([], [], similar_streets(session, street=street))
