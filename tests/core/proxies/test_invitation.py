"""The one-time link: shown, taken to a new account, to a known one, to the one signed in, or declined; once."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.models import ProxyGrant, ProxyLevel
from core.access.scopes import TenantScope
from core.accounts.models import PortalAccount
from core.accounts.sign_in import tenant_scope
from core.clock import now
from core.db import reading, transaction
from core.delivery import deliver_mail
from core.errors import DomainError, NotFoundError
from core.outbox.models import OutgoingMail
from core.proxies.acting import standings
from core.proxies.given import given_proxies, revoke_proxy
from core.proxies.grants import GrantLine, GrantState
from core.proxies.invitation import Accepted, InvitationDeadError, accept_anew, accept_as, decline, invitation
from core.registry.queries import tenancies_of
from tests.core.proxies.cast import EMAIL, Household, anna, form, invite, mails, token_of
from tests.core.proxies.signing_in import own_password


@pytest.fixture
def house(session: Session) -> Household:
    return anna(session)


def state(house: Household) -> GrantState:
    with reading() as session:
        return given_proxies(session, house.scope)[0].state


def scope_of(login: str) -> TenantScope:
    key = own_password(login)
    with reading() as session:
        return tenant_scope(session, key)


def test_link_shows_what_is_granted_and_opens_an_account_that_sees_one_tenancy(house: Household) -> None:
    token = token_of(invite(house))
    with reading() as session:
        offered = invitation(session, token=token)
    assert (offered.tenant, offered.person, offered.email, offered.level) == (
        "Anna Kowalska", "Piotr Wnuk", EMAIL, ProxyLevel.SEE,
    )  # fmt: skip
    taken = accept_anew(token=token)
    assert taken.new
    assert mails()[-2:] == [("proxy_accepted", "anna@example.com"), ("credentials", EMAIL)]
    scope = scope_of(taken.login)
    assert (scope.name, scope.proxy and scope.proxy.tenant) == ("Piotr Wnuk", "Anna Kowalska")
    with reading() as session:
        assert [one.tenancy_id for one in tenancies_of(session, scope)] == [house.flat]


def test_link_works_once(house: Household) -> None:
    token = token_of(invite(house))
    accept_anew(token=token)
    with pytest.raises(InvitationDeadError):
        accept_anew(token=token)
    with reading() as session:
        assert session.scalar(select(func.count()).where(PortalAccount.tenant_id.is_(None))) == 1


@pytest.mark.parametrize("how", ["revoked", "too old", "never was", "mailed anew"])
def test_dead_link_does_nothing(house: Household, how: str) -> None:
    grant_id = invite(house)
    token = token_of(grant_id)
    at = now()
    if how == "revoked":
        with transaction() as session:
            revoke_proxy(session, house.scope, grant_id=grant_id)
    elif how == "too old":
        at += timedelta(days=7, seconds=1)
    elif how == "never was":
        token = "x" * 43
    else:
        token_of(grant_id)
    with freeze_time(at):
        with pytest.raises(InvitationDeadError):
            accept_anew(token=token)
        with pytest.raises(InvitationDeadError):
            decline(token=token)
        with reading() as session, pytest.raises(InvitationDeadError):
            invitation(session, token=token)
    with reading() as session:
        assert session.scalars(select(PortalAccount).where(PortalAccount.tenant_id.is_(None))).all() == []


def test_second_grant_goes_to_the_account_that_is_there(house: Household, session: Session) -> None:
    first = accept_anew(token=token_of(invite(house)))
    own_password(first.login)
    neighbour = anna(session, login="jan", name="Jan Nowak")
    second = accept_anew(token=token_of(invite(neighbour)))
    assert second == Accepted(first.login, new=False)
    assert [template for template, _ in mails()].count("credentials") == 1
    scope = scope_of(first.login)
    with reading() as own:
        found = standings(own, scope)
    assert (found.own, [one.tenant for one in found.held]) == (False, ["Anna Kowalska", "Jan Nowak"])


def test_whose_first_message_was_lost_gets_it_with_the_next_invitation(house: Household, session: Session) -> None:
    first = accept_anew(token=token_of(invite(house)))
    second = accept_anew(token=token_of(invite(anna(session, login="jan", name="Jan Nowak"))))
    assert second == Accepted(first.login, new=True)
    assert [template for template, _ in mails()].count("credentials") == 2


def test_grant_taken_by_somebody_else_names_their_account(house: Household, session: Session) -> None:
    neighbour = anna(session, login="jan", name="Jan Nowak")
    token = token_of(invite(house, form(house, name="Zofia Kuzynka")))
    with transaction() as own:
        assert accept_as(own, neighbour.scope, token=token) == given_by(house)[0].grant_id
    (one,) = given_by(house)
    assert (one.person, one.account_name, one.own_account) == ("Zofia Kuzynka", "Jan Nowak", False)
    with reading() as own:
        told = own.scalars(select(OutgoingMail).where(OutgoingMail.template == "proxy_accepted")).one()
        assert "Zofia Kuzynka (konto: Jan Nowak)" in (told.parameters or "")


def given_by(house: Household) -> list[GrantLine]:
    with reading() as session:
        return given_proxies(session, house.scope)


def test_tenant_takes_a_grant_to_their_own_account(house: Household, session: Session) -> None:
    neighbour = anna(session, login="jan", name="Jan Nowak")
    token = token_of(invite(house))
    with transaction() as own:
        accept_as(own, neighbour.scope, token=token)
    with reading() as own:
        found = standings(own, neighbour.scope)
    assert (found.own, [one.tenant for one in found.held]) == (True, ["Anna Kowalska"])
    assert state(house) is GrantState.ACTIVE


def test_nobody_becomes_their_own_proxy(house: Household) -> None:
    token = token_of(invite(house))
    with transaction() as session, pytest.raises(DomainError, match="własnej umowy"):
        accept_as(session, house.scope, token=token)
    assert state(house) is GrantState.INVITED


def test_declined_invitation_is_told_to_the_tenant(house: Household) -> None:
    token = token_of(invite(house))
    decline(token=token)
    assert state(house) is GrantState.ENDED
    assert mails()[-1] == ("proxy_given_up", "anna@example.com")
    with pytest.raises(InvitationDeadError):
        accept_anew(token=token)


def test_token_is_kept_as_a_hash_and_made_when_it_is_mailed(house: Household) -> None:
    grant_id = invite(house)
    with reading() as session:
        assert session.get_one(ProxyGrant, grant_id).token_hash is None
    token = token_of(grant_id)
    with reading() as session:
        assert token not in (session.get_one(ProxyGrant, grant_id).token_hash or "")


def test_invitation_taken_back_before_it_was_mailed_is_not_mailed(house: Household) -> None:
    grant_id = invite(house)
    with transaction() as session:
        revoke_proxy(session, house.scope, grant_id=grant_id)
    with pytest.raises(NotFoundError):
        token_of(grant_id)
    deliver_mail()
    with reading() as session:
        (mail,) = session.scalars(select(OutgoingMail).where(OutgoingMail.template == "proxy_invitation"))
        assert mail.last_error == "nobody is invited any more"


def test_mail_carries_the_link_and_not_what_is_granted(house: Household, database: str) -> None:
    from core.settings import settings

    invite(house, form(house, name="Tajny Człowiek"))
    deliver_mail()
    (written,) = [file.read_bytes().decode("utf-8", "replace") for file in settings().var.rglob("*.eml")]
    assert "/pelnomocnictwo?klucz=" in written.replace("=\n", "").replace("=3D", "=").replace("=\r\n", "")
    assert "Kowalska" not in written
