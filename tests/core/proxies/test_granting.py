"""Granting access to a tenancy: asked with the password, invited by mail, taken back at once; by the office on paper."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyEnd, ProxyGrant, ProxyLevel
from core.access.scopes import EmployeeScope, Role
from core.access.sessions import why_ended
from core.accounts.initial_passwords import reissue_initial_password
from core.accounts.models import AccountState, PortalAccount
from core.accounts.office import close_account
from core.accounts.proxy_ends import GrantEndedError
from core.accounts.sign_in import NoGrantError, tenant_scope
from core.audit.models import AuditEvent
from core.clock import now, today
from core.db import reading, transaction
from core.errors import DomainError, InvalidFormError, InvalidInputError, NotFoundError, SessionEndedError
from core.outbox.models import MailState, OutgoingMail
from core.proxies.forgetting import close_idle_proxy_accounts, forget_invited
from core.proxies.given import given_proxies, invite_proxy, revoke_proxy
from core.proxies.grants import AT_MOST, GrantForm, GrantLine, GrantState
from core.proxies.invitation import accept_anew, accept_as
from core.proxies.office import grant_by_office, proxies_of_tenant, revoke_by_office
from core.registry.models import Tenancy
from tests.accounts import TENANT_PASSWORD, signed_in
from tests.cast import make_district, sign_in_employee
from tests.core.proxies.cast import EMAIL, Household, anna, form, invite, mails, token_of
from tests.core.proxies.signing_in import own_password


@pytest.fixture
def house(session: Session) -> Household:
    return anna(session)


def given(house: Household) -> list[GrantLine]:
    with reading() as session:
        return given_proxies(session, house.scope)


def clerk(session: Session, *, code: str = "CENTRUM") -> EmployeeScope:
    return sign_in_employee(session, Role.CLERK, districts=(make_district(session, code=code),), employee_id=7)


def test_invitation_is_written_mailed_and_on_record(house: Household, session: Session) -> None:
    invite(house, form(house, level=ProxyLevel.READINGS))
    (one,) = given(house)
    assert (one.person, one.email, one.level, one.state) == (
        "Piotr Wnuk", EMAIL, ProxyLevel.READINGS, GrantState.INVITED,
    )  # fmt: skip
    assert mails() == [("proxy_invitation", EMAIL)]
    event = session.query(AuditEvent).filter_by(action="proxy_invited").one()
    assert (event.actor_id, event.object_id) == (house.scope.account_id, str(one.grant_id))
    assert EMAIL not in event.details


def test_password_is_asked(house: Household) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        invite_proxy(house.scope, form=form(house), current="Czerwona9Brama")
    assert refusal.value.field == "current"
    assert (given(house), mails()) == ([], [])


def test_neighbours_tenancy_is_not_to_be_given_away(house: Household, session: Session) -> None:
    neighbour = anna(session, login="jan", name="Jan Nowak")
    foreign = form(neighbour)
    with pytest.raises(NotFoundError):
        invite_proxy(house.scope, form=foreign, current=TENANT_PASSWORD)
    assert given(neighbour) == []


def test_form_says_all_that_is_wrong_with_it(house: Household) -> None:
    wrong = GrantForm(house.flat, " ", "wnuk", ProxyLevel.SEE, today() - timedelta(days=1))
    with pytest.raises(InvalidFormError) as refusal:
        invite_proxy(house.scope, form=wrong, current=TENANT_PASSWORD)
    assert [field for field, _ in refusal.value.errors] == ["name", "email", "valid_to"]
    with pytest.raises(InvalidFormError):
        invite(house, form(house, valid_to=today() + timedelta(days=3 * 366 + 1)))
    assert given(house) == []


def test_tenants_own_address_and_the_same_person_twice_are_refused(house: Household) -> None:
    with pytest.raises(InvalidInputError):
        invite(house, form(house, email="anna@example.com"))
    invite(house)
    with pytest.raises(InvalidInputError):
        invite(house, form(house, level=ProxyLevel.EVERYTHING))
    assert len(given(house)) == 1


def test_no_more_than_five_stand_at_once(house: Household) -> None:
    for nth in range(AT_MOST):
        invite(house, form(house, email=f"osoba{nth}@example.com"))
    with pytest.raises(DomainError, match="najwyżej 5"):
        invite(house, form(house, email="szosta@example.com"))
    with transaction() as session:
        revoke_proxy(session, house.scope, grant_id=given(house)[0].grant_id)
    invite(house, form(house, email="szosta@example.com"))


def test_ended_tenancy_takes_no_proxy(house: Household, session: Session) -> None:
    session.execute(update(Tenancy).where(Tenancy.id == house.flat).values(valid_to=today() - timedelta(days=1)))
    session.commit()
    with pytest.raises(DomainError, match="zakończona"):
        invite(house)


def test_revoking_ends_the_session_of_who_has_nobody_left(house: Household) -> None:
    grant_id = invite(house)
    login = accept_anew(token=token_of(grant_id)).login
    key = own_password(login)
    with reading() as session:
        assert tenant_scope(session, key).proxy is not None
    with transaction() as session:
        revoke_proxy(session, house.scope, grant_id=grant_id)
    with reading() as session:
        with pytest.raises(SessionEndedError):
            tenant_scope(session, key)
        assert "pełnomocnictwo zostało odwołane" in (why_ended(session, key=key) or "")
    with pytest.raises(NoGrantError):
        signed_in(login=login)
    assert given(house)[0].end_reason is ProxyEnd.REVOKED
    assert mails()[-1] == ("proxy_ended", EMAIL)
    with transaction() as session, pytest.raises(GrantEndedError):
        revoke_proxy(session, house.scope, grant_id=grant_id)


def test_grant_ends_with_its_last_day(session: Session) -> None:
    with freeze_time("2026-11-30 10:00"):
        house = anna(session)
        grant_id = invite(house, form(house, valid_to=today()))
        login = accept_anew(token=token_of(grant_id)).login
        key = own_password(login)
    with freeze_time("2026-11-30 10:10"), reading() as session:
        assert tenant_scope(session, key).proxy is not None
    # Midnight of Warsaw, not of Greenwich.
    with freeze_time("2026-11-30 23:05"), pytest.raises(NoGrantError):
        signed_in(login=login)


def test_only_the_one_who_granted_takes_it_back(house: Household, session: Session) -> None:
    grant_id = invite(house)
    neighbour = anna(session, login="jan", name="Jan Nowak")
    with transaction() as own, pytest.raises(NotFoundError):
        revoke_proxy(own, neighbour.scope, grant_id=grant_id)
    assert given(house)[0].state is GrantState.INVITED


def test_invitation_that_nobody_takes_lapses(house: Household) -> None:
    with freeze_time("2026-11-01 10:00"), transaction() as session:
        grant_by_office(session, clerk(session), form=form(house))
    with freeze_time("2026-11-08 10:01"), transaction() as session:
        (one,) = proxies_of_tenant(session, clerk(session), tenant_id=house.scope.tenant_id)
    assert one.state is GrantState.LAPSED


def test_office_grants_for_a_tenant_and_the_tenant_is_told(house: Household) -> None:
    with transaction() as session:
        scope = clerk(session)
        grant_id = grant_by_office(session, scope, form=form(house))
    assert mails() == [("proxy_invitation", EMAIL), ("proxy_granted_by_office", "anna@example.com")]
    (one,) = given(house)
    assert (one.grant_id, one.by_office) == (grant_id, True)
    with transaction() as session:
        revoke_by_office(session, scope, grant_id=grant_id)
    assert given(house)[0].end_reason is ProxyEnd.OFFICE


def test_office_of_another_district_neither_grants_nor_sees_nor_revokes(house: Household) -> None:
    grant_id = invite(house)
    with transaction() as session:
        other = clerk(session, code="POLESIE")
        with pytest.raises(NotFoundError):
            grant_by_office(session, other, form=form(house, email="inny@example.com"))
        assert proxies_of_tenant(session, other, tenant_id=house.scope.tenant_id) == []
        with pytest.raises(NotFoundError):
            revoke_by_office(session, other, grant_id=grant_id)


def test_closing_the_tenants_account_ends_what_was_granted_from_it(house: Household) -> None:
    grant_id = invite(house)
    key = own_password(accept_anew(token=token_of(grant_id)).login)
    with transaction() as session:
        scope = clerk(session)
        close_account(session, scope, account_id=house.scope.account_id)
        (one,) = proxies_of_tenant(session, scope, tenant_id=house.scope.tenant_id)
    assert (one.state, one.end_reason) == (GrantState.ENDED, ProxyEnd.OFFICE)
    with reading() as session, pytest.raises(SessionEndedError):
        tenant_scope(session, key)


def test_last_use_is_told(house: Household) -> None:
    grant_id = invite(house)
    assert given(house)[0].last_used is None
    key = own_password(accept_anew(token=token_of(grant_id)).login)
    assert key
    assert given(house)[0].last_used is not None
    assert (now() - given(house)[0].last_used).total_seconds() < 60  # type: ignore[operator]


def test_closing_an_account_tells_proxies_and_those_it_was_a_proxy_of(house: Household, session: Session) -> None:
    jan = anna(session, login="jan", name="Jan Nowak")
    accept_anew(token=token_of(invite(house)))
    token = token_of(invite(jan, form(jan, email="anna.inna@example.com")))
    with transaction() as own:
        accept_as(own, house.scope, token=token)
    with transaction() as own:
        close_account(own, clerk(own), account_id=house.scope.account_id)
    assert ("proxy_ended", EMAIL) in mails()
    assert ("proxy_given_up", "jan@example.com") in mails()


def test_office_gives_a_proxy_a_new_initial_password_and_no_office_of_another_district(house: Household) -> None:
    grant_id = invite(house)
    accept_anew(token=token_of(grant_id))
    (one,) = given(house)
    assert one.own_account
    assert one.account_id is not None
    with transaction() as session, pytest.raises(NotFoundError):
        reissue_initial_password(session, clerk(session, code="POLESIE"), account_id=one.account_id)
    with transaction() as session:
        session.execute(update(OutgoingMail).values(state=MailState.SENT))
        assert reissue_initial_password(session, clerk(session), account_id=one.account_id)
    assert mails()[-1] == ("credentials", EMAIL)


def test_accounts_without_grants_close_and_persons_are_forgotten_in_time(house: Household) -> None:
    grant_id = invite(house)
    login = accept_anew(token=token_of(grant_id)).login
    with transaction() as session:
        revoke_proxy(session, house.scope, grant_id=grant_id)
    for days, closed, forgotten in ((80, 0, 0), (100, 1, 0), (740, 0, 1)):
        with freeze_time(now() + timedelta(days=days)), transaction() as session:
            assert (close_idle_proxy_accounts(session), forget_invited(session)) == (closed, forgotten), days
    with reading() as session:
        account = session.scalars(select(PortalAccount).where(PortalAccount.login == login)).one()
        assert (account.state, account.email, account.person_name) == (AccountState.CLOSED, None, "usunięto")
        grant = session.get_one(ProxyGrant, grant_id)
        assert (grant.person_name, grant.email) == ("usunięto", "")
