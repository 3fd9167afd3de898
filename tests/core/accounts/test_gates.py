"""Terms and an own password come first; until then every other function refuses, whoever calls it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from core.access.models import Realm
from core.access.scopes import GateClosedError, TenantScope, require_live
from core.access.sessions import key_of
from core.accounts.creating import open_account
from core.accounts.gates import Gate, open_gates
from core.accounts.initial_passwords import new_initial_password
from core.accounts.models import TermsAcceptance
from core.accounts.own_passwords import change_password, set_first_password
from core.accounts.sign_in import WrongCredentialsError, redeem, sign_in, tenant_scope
from core.accounts.terms import Terms, accept_terms, accepted_terms, publish_terms
from core.audit.models import Actor
from core.db import reading, transaction
from core.errors import InvalidInputError, SessionEndedError
from tests.accounts import TENANT_PASSWORD, make_account, signed_in
from tests.cast import make_tenant

OWN = "Wiosenny4Ogrod"


def publish(version: str = "1.0", text: str = "Regulamin") -> Terms:
    with transaction() as session:
        return publish_terms(session, version=version, text=f"{text} {version}", actor=Actor.CONSOLE)


@pytest.fixture
def initial(database: str) -> tuple[str, str]:
    """The identifier and initial password of an account just opened, as its first message says."""
    with transaction() as session:
        account = open_account(session, tenant_id=make_tenant(session, "Anna").id, email="anna@example.com")
        return account.login, new_initial_password(session, account_id=account.id)


def enter(login: str, password: str) -> TenantScope:
    ticket = sign_in(Realm.TENANT, login=login, password=password)
    with transaction() as session:
        raw_id = redeem(session, realm=Realm.TENANT, ticket=ticket)
    return scope_of(raw_id)


def scope_of(raw_id: str) -> TenantScope:
    with reading() as session:
        return tenant_scope(session, key_of(raw_id))


def gates(scope: TenantScope) -> list[Gate]:
    with reading() as session:
        return open_gates(session, scope)


def may_go_on(scope: TenantScope) -> bool:
    try:
        with reading() as session:
            require_live(session, scope)
    except GateClosedError:
        return False
    return True


def test_first_sign_in_passes_terms_and_own_password(initial: tuple[str, str]) -> None:
    terms = publish()
    scope = enter(*initial)
    assert gates(scope) == [Gate.TERMS, Gate.OWN_PASSWORD]
    assert not may_go_on(scope)
    with pytest.raises(GateClosedError):
        set_first_password(scope, new=OWN, repeated=OWN)
    with transaction() as session:
        accept_terms(session, scope, terms_id=terms.id)
    assert gates(scope) == [Gate.OWN_PASSWORD]
    assert not may_go_on(scope)
    set_first_password(scope, new=OWN, repeated=OWN)
    assert gates(scope) == []
    assert may_go_on(scope)
    assert may_go_on(enter(initial[0], OWN))


def test_initial_password_signs_in_only_until_there_is_an_own_one(initial: tuple[str, str]) -> None:
    set_first_password(enter(*initial), new=OWN, repeated=OWN)
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login=initial[0], password=initial[1])


def test_own_password_is_not_the_initial_one(initial: tuple[str, str]) -> None:
    scope = enter(*initial)
    with pytest.raises(InvalidInputError, match="pierwotne"):
        set_first_password(scope, new=initial[1], repeated=initial[1])
    with pytest.raises(InvalidInputError, match="różnią"):
        set_first_password(scope, new=OWN, repeated=OWN + "x")
    assert gates(scope) == [Gate.OWN_PASSWORD]


def test_new_terms_close_the_gate_of_a_session_that_is_open(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
    raw_id = signed_in()
    assert may_go_on(scope_of(raw_id))
    terms = publish()
    scope = scope_of(raw_id)
    assert scope.restricted
    assert gates(scope) == [Gate.TERMS]
    assert not may_go_on(scope)
    with transaction() as session:
        accept_terms(session, scope, terms_id=terms.id)
    assert may_go_on(scope)
    with reading() as session:
        assert [(one.version, one.text_hash) for one in accepted_terms(session, scope)] == [("1.0", terms.text_hash)]


def test_only_the_version_in_force_can_be_accepted(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
    first = publish()
    scope = scope_of(signed_in())
    publish("1.1")
    with transaction() as session, pytest.raises(InvalidInputError, match="zmienił"):
        accept_terms(session, scope, terms_id=first.id)
    with reading() as session:
        assert session.scalars(select(TermsAcceptance.id)).all() == []


def test_a_version_is_published_once_and_the_same_text_is_no_new_version(database: str) -> None:
    publish()
    for version, text in (("1.0", "Inny tekst"), ("2.0", "Regulamin 1.0"), ("", "Tekst"), ("3.0", " ")):
        with transaction() as session, pytest.raises(InvalidInputError):
            publish_terms(session, version=version, text=text, actor=Actor.CONSOLE)


def test_accepting_twice_is_one_acceptance(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
    terms = publish()
    scope = scope_of(signed_in())
    for _ in range(2):
        with transaction() as session:
            accept_terms(session, scope, terms_id=terms.id)
    with reading() as session:
        assert len(session.scalars(select(TermsAcceptance.id)).all()) == 1


def test_changed_password_ends_all_other_sessions(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
    here, elsewhere = signed_in(), signed_in()
    change_password(scope_of(here), current=TENANT_PASSWORD, new=OWN, repeated=OWN)
    assert may_go_on(scope_of(here))
    with pytest.raises(SessionEndedError):
        scope_of(elsewhere)
    assert signed_in(password=OWN)


def test_password_changes_only_with_the_current_one(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
    scope = scope_of(signed_in())
    with pytest.raises(InvalidInputError) as refused:
        change_password(scope, current="Zielona7Bram", new=OWN, repeated=OWN)
    assert refused.value.field == "current"
    assert signed_in(password=TENANT_PASSWORD)


def test_none_of_the_last_five_passwords_comes_back(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
    scope = scope_of(signed_in())
    used = [TENANT_PASSWORD, *(f"Jesienny{number}Lisc" for number in range(1, 6))]
    for before, after in pairwise(used):
        change_password(scope, current=before, new=after, repeated=after)
    with pytest.raises(InvalidInputError, match="używane"):
        change_password(scope, current=used[-1], new=used[1], repeated=used[1])
    change_password(scope, current=used[-1], new=TENANT_PASSWORD, repeated=TENANT_PASSWORD)


def test_gate_does_not_outlive_its_session(initial: tuple[str, str]) -> None:
    with freeze_time(datetime(2026, 11, 23, 9, tzinfo=UTC)) as clock:
        scope = enter(*initial)
        clock.tick(timedelta(minutes=15, seconds=1))
        with pytest.raises(SessionEndedError):
            set_first_password(scope, new=OWN, repeated=OWN)
