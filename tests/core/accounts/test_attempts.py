"""Five wrong passwords lock for 15 minutes, ten in 24 hours until recovery; nothing tells which identifiers exist."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select

from core.access.models import Realm
from core.accounts.attempts import NETWORK_LIMIT, TooManyAttemptsError, network_of
from core.accounts.models import AccountState, PortalAccount, SignInAttempt
from core.accounts.sign_in import WrongCredentialsError, sign_in
from core.db import reading, transaction
from core.errors import DomainError
from tests.accounts import EMPLOYEE_PASSWORD, TENANT_PASSWORD, counted, make_account, make_employee

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def anna(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")


def attempt(password: str = "Zielona7Bram", *, login: str = "anna", network: str = "") -> str:
    """`in`, or the name of the refusal."""
    try:
        sign_in(Realm.TENANT, login=login, password=password, network=network)
    except DomainError as refusal:
        return type(refusal).__name__
    return "in"


WRONG, TOO_MANY = WrongCredentialsError.__name__, TooManyAttemptsError.__name__


def test_fifth_wrong_password_closes_for_fifteen_minutes(anna: None) -> None:
    with freeze_time(START) as clock:
        assert [attempt() for _ in range(5)] == [WRONG] * 5
        assert attempt(TENANT_PASSWORD) == TOO_MANY
        clock.tick(timedelta(minutes=14, seconds=59))
        assert attempt(TENANT_PASSWORD) == TOO_MANY
        clock.tick(timedelta(seconds=1))
        assert attempt(TENANT_PASSWORD) == "in"


def test_tenth_wrong_password_in_a_day_locks_until_recovery(anna: None) -> None:
    with freeze_time(START) as clock:
        for _ in range(5):
            attempt()
        clock.tick(timedelta(minutes=15))
        assert [attempt() for _ in range(5)] == [WRONG] * 5
        assert attempt(TENANT_PASSWORD) == TOO_MANY
        with reading() as session:
            assert session.scalar(select(PortalAccount.state)) == AccountState.LOCKED
        clock.tick(timedelta(days=2))
        assert attempt(TENANT_PASSWORD) == WRONG


@pytest.mark.parametrize("login", ["anna", "nikt"])
def test_refusal_says_what_to_do_next(anna: None, login: str) -> None:
    with freeze_time(START) as clock:
        for told in ("15 minut", "zablokowane"):
            for _ in range(5):
                attempt(login=login)
            with pytest.raises(TooManyAttemptsError, match=told) as refusal:
                sign_in(Realm.TENANT, login=login, password=TENANT_PASSWORD)
            assert "odzyskaj dostęp hasłem pierwotnym" in refusal.value.message.lower()
            clock.tick(timedelta(minutes=15))


def test_nine_in_a_day_and_one_after_it_lock_nothing(anna: None) -> None:
    with freeze_time(START) as clock:
        for _ in range(5):
            attempt()
        clock.tick(timedelta(minutes=15))
        for _ in range(4):
            attempt()
        clock.tick(timedelta(hours=23, minutes=46))
        assert attempt() == WRONG
        clock.tick(timedelta(minutes=15))
        assert attempt(TENANT_PASSWORD) == "in"


def test_right_password_starts_the_count_anew(anna: None) -> None:
    for _ in range(3):
        assert [attempt() for _ in range(4)] == [WRONG] * 4
        assert attempt(TENANT_PASSWORD) == "in"


def test_two_hundred_parallel_guesses_get_five_verifications(anna: None) -> None:
    with counted() as hasher, ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda n: attempt(f"Zgaduje{n}xyz"), range(200)))
    assert len(hasher.verified) == 5
    assert answers.count(WRONG) == 5
    assert answers.count(TOO_MANY) == 195


def test_unknown_identifier_answers_and_costs_the_same(anna: None) -> None:
    told: dict[str, list[str]] = {}
    for login in ("anna", "nikt"):
        with counted() as hasher:
            told[login] = []
            for _ in range(7):
                with pytest.raises(DomainError) as refusal:
                    sign_in(Realm.TENANT, login=login, password="Zielona7Bram")
                told[login].append(f"{refusal.value.message} {len(hasher.verified)}")
    assert told["anna"] == told["nikt"]
    assert told["anna"][4].endswith(" 5")


def test_locked_and_closed_accounts_answer_like_unknown_ones(anna: None) -> None:
    for state in (AccountState.LOCKED, AccountState.CLOSED):
        with transaction() as session:
            session.scalars(select(PortalAccount)).one().state = state
        with counted() as hasher:
            assert attempt(TENANT_PASSWORD) == WRONG
        assert len(hasher.verified) == 1


def test_network_has_a_limit_over_all_identifiers(anna: None) -> None:
    with freeze_time(START) as clock:
        for number in range(NETWORK_LIMIT):
            assert attempt(login=f"nikt{number}", network="192.0.2.7") == WRONG
        assert attempt(TENANT_PASSWORD, network="192.0.2.7") == TOO_MANY
        assert attempt(TENANT_PASSWORD, network="192.0.2.8") == "in"
        clock.tick(timedelta(minutes=15))
        assert attempt(TENANT_PASSWORD, network="192.0.2.7") == "in"


def test_attempts_are_counted_by_realm(anna: None) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in(Realm.STAFF, login="anna", password="Zielona7Bram")
    assert attempt(TENANT_PASSWORD) == "in"


def test_typed_identifier_is_kept_as_a_hash_only(anna: None) -> None:
    attempt(login="MojeTajneHaslo7")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
        assert "haslo" not in str(session.scalars(select(SignInAttempt)).one().__dict__).lower()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        (None, ""),
        ("nonsense", ""),
    ],
)
def test_network_of(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_network_limits_of_realms_are_apart(anna: None) -> None:
    with transaction() as session:
        make_employee(session, login="ewa")
    for number in range(NETWORK_LIMIT):
        attempt(login=f"nikt{number}", network="203.0.113.7")
    assert attempt(TENANT_PASSWORD, network="203.0.113.7") == TOO_MANY
    assert sign_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD, network="203.0.113.7")


def test_unknown_networks_are_not_one_network(anna: None) -> None:
    for number in range(NETWORK_LIMIT + 1):
        attempt(login=f"nikt{number}")
    assert attempt(TENANT_PASSWORD) == "in"
