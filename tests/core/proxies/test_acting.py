"""For whom somebody acts: chosen, kept in the session, ended with the grant; and what the office and the record say of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope
from core.accounts.sign_in import tenant_scope
from core.announcements.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementRecipient,
    AnnouncementVersion,
)
from core.announcements.own import open_announcement, own_announcements
from core.audit.models import AuditEvent
from core.charges.card import premises_card
from core.clock import now, today
from core.correspondence.models import Letter
from core.correspondence.own import open_letter, opening_of
from core.db import reading, transaction
from core.documents.pictures import CleanPicture
from core.errors import NotFoundError, NotPermittedError
from core.meters.submitting import submit_reading, withdraw_reading
from core.notices.inbox import inbox
from core.overview import new_counts, tenant_home
from core.own_data.renting import READINGS
from core.own_data.sections import whose
from core.proxies.acting import act_for, give_up, standings
from core.proxies.given import revoke_proxy
from core.proxies.invitation import accept_as
from core.questions.asking import ask_question, reply
from core.questions.own import own_thread, own_threads
from core.questions.subjects import Subject
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Tenancy
from tests.access.letters import household_letters
from tests.cast import make_district, make_entry, make_meter
from tests.core.documents.readers import text_of
from tests.core.proxies.cast import Household, anna, form, invite, mails, tenancy, token_of
from tests.core.proxies.signing_in import own_password


@pytest.fixture
def house(session: Session) -> Household:
    return anna(session)


@pytest.fixture
def jan(session: Session) -> Household:
    return anna(session, login="jan", name="Jan Nowak")


def granted(house: Household, to: Household, level: ProxyLevel = ProxyLevel.SEE) -> int:
    grant_id = invite(house, form(house, level=level))
    token = token_of(grant_id)
    with transaction() as session:
        accept_as(session, to.scope, token=token)
    return grant_id


def seen(key: str) -> TenantScope:
    with reading() as session:
        return tenant_scope(session, key)


def acting(house: Household, jan: Household, level: ProxyLevel) -> TenantScope:
    """Jan, acting for Anna."""
    grant_id = granted(house, jan, level)
    with transaction() as session:
        act_for(session, jan.scope, grant_id=grant_id)
    return seen(jan.scope.session_key)


def test_choice_is_the_sessions_and_goes_both_ways(house: Household, jan: Household) -> None:
    grant_id = granted(house, jan)
    other = own_password("jan")
    assert seen(jan.scope.session_key).proxy is None
    with transaction() as session:
        act_for(session, jan.scope, grant_id=grant_id)
    scope = seen(jan.scope.session_key)
    assert (scope.tenant_id, scope.proxy and scope.proxy.tenancy_id) == (house.scope.tenant_id, house.flat)
    assert seen(other).proxy is None
    with transaction() as session:
        act_for(session, scope, grant_id=None)
    assert seen(jan.scope.session_key) == jan.scope


def test_grant_of_somebody_else_is_not_to_be_acted_by(house: Household, jan: Household, session: Session) -> None:
    third = anna(session, login="ewa", name="Ewa Lis")
    grant_id = granted(house, jan)
    with transaction() as own, pytest.raises(NotFoundError):
        act_for(own, third.scope, grant_id=grant_id)
    with transaction() as own, pytest.raises(NotFoundError):
        give_up(own, third.scope, grant_id=grant_id)


def test_revoked_grant_takes_a_tenant_back_to_their_own(house: Household, jan: Household) -> None:
    scope = acting(house, jan, ProxyLevel.SEE)
    assert scope.proxy is not None
    with transaction() as session:
        revoke_proxy(session, house.scope, grant_id=scope.proxy.grant_id)
    assert seen(jan.scope.session_key) == jan.scope
    with reading() as session, pytest.raises(NotPermittedError, match="wygasło albo zostało odwołane"):
        tenant_home(session, scope)


def test_giving_up_is_told_to_the_tenant(house: Household, jan: Household) -> None:
    grant_id = granted(house, jan)
    with transaction() as session:
        give_up(session, jan.scope, grant_id=grant_id)
    assert mails()[-1] == ("proxy_given_up", "anna@example.com")
    with reading() as session:
        assert standings(session, jan.scope).held == ()


def test_home_is_of_the_one_tenancy(house: Household, jan: Household, session: Session) -> None:
    make_entry(session, tenancy(session, house.flat), "2026-10-01", debit="100.00")
    make_entry(session, tenancy(session, house.garage), "2026-10-01", debit="7.00")
    session.commit()
    scope = acting(house, jan, ProxyLevel.SEE)
    with reading() as own:
        home = tenant_home(own, scope)
        assert (home.total_balance, [one.tenancy_id for one in home.tenancies]) == (Decimal(100), [house.flat])
        with pytest.raises(NotFoundError):
            tenant_home(own, scope, tenancy_id=house.garage)
        assert new_counts(own, scope) == {}
        with pytest.raises(NotPermittedError, match="nie obejmuje"):
            inbox(own, scope)


def test_reading_of_a_proxy_says_by_which_grant_it_came(house: Household, jan: Household, session: Session) -> None:
    place = tenancy(session, house.flat)
    meter_id = make_meter(session, place.premises).id
    session.commit()
    seeing = acting(house, jan, ProxyLevel.SEE)
    with transaction() as own, pytest.raises(NotPermittedError):
        submit_reading(own, seeing, meter_id=meter_id, value=Decimal("12.5"), read_on=today())
    assert seeing.proxy is not None
    with transaction() as own:
        revoke_proxy(own, house.scope, grant_id=seeing.proxy.grant_id)
    scope = acting(house, jan, ProxyLevel.READINGS)
    with transaction() as own:
        sent = submit_reading(own, scope, meter_id=meter_id, value=Decimal("12.5"), read_on=today())
        withdraw_reading(own, scope, reading_id=sent.reading_id)
    assert scope.proxy is not None
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "reading_withdrawn")).one()
    assert event.actor_id == jan.scope.account_id
    assert f'"proxy_grant":{scope.proxy.grant_id}' in event.details


def unopened_letter(session: Session, house: Household) -> int:
    district = make_district(session, code="CENTRUM")
    letter_id: int = household_letters(session, district, tenancy(session, house.flat), "Anna")["letter_id"]
    session.execute(update(Letter).where(Letter.id == letter_id).values(opened_at=None, opened_sha256=None))
    session.commit()
    return letter_id


def test_letter_opened_by_a_proxy_is_certified_as_such(house: Household, jan: Household, session: Session) -> None:
    letter_id = unopened_letter(session, house)
    scope = acting(house, jan, ProxyLevel.EVERYTHING)
    with transaction() as own:
        open_letter(own, scope, letter_id=letter_id)
    with reading() as own:
        assert opening_of(own, own.get_one(Letter, letter_id)).proxy == "Jan Nowak"


def test_letter_opened_by_the_tenant_names_no_proxy(house: Household, session: Session) -> None:
    letter_id = unopened_letter(session, house)
    with transaction() as own:
        open_letter(own, house.scope, letter_id=letter_id)
    with reading() as own:
        assert opening_of(own, own.get_one(Letter, letter_id)).proxy is None


def test_question_of_a_proxy_is_signed_with_their_name(house: Household, jan: Household) -> None:
    scope = acting(house, jan, ProxyLevel.EVERYTHING)
    with transaction() as session:
        thread_id = ask_question(session, scope, subject=Subject(), title="Klucz", body="Proszę o klucz.")
        reply(session, house.scope, thread_id=thread_id, body="Ja też proszę.")
    with transaction() as session:
        opened = own_thread(session, house.scope, thread_id=thread_id)
    assert [one.proxy for one in opened.messages] == ["Jan Nowak", None]


def test_general_question_of_the_tenant_is_a_proxys_to_read_only_where_there_is_one_tenancy(
    house: Household, jan: Household, session: Session
) -> None:
    with transaction() as own:
        ask_question(own, house.scope, subject=Subject(), title="Klucz", body="Proszę o klucz.")
    scope = acting(house, jan, ProxyLevel.EVERYTHING)
    with reading() as own:
        assert own_threads(own, scope) == []
    session.execute(delete(Tenancy).where(Tenancy.id == house.garage))
    session.commit()
    with reading() as own:
        assert [one.title for one in own_threads(own, scope)] == ["Klucz"]


def test_announcement_to_all_is_a_proxys_too_and_leaves_the_tenants_mark_alone(
    house: Household, jan: Household, session: Session
) -> None:
    ids = []
    for tenancy_ids in ((), (house.garage,)):
        kind = AudienceKind.TENANCY if tenancy_ids else AudienceKind.ALL
        one = Announcement(
            kind=AnnouncementKind.PLAIN, audience=Audience(kind, tenancy_ids).to_json(), created_at=now(),
            published_at=now(), visible_from=now() - timedelta(minutes=5), recipients=1,
        )  # fmt: skip
        session.add(one)
        session.flush()
        session.add_all(
            [
                AnnouncementVersion(announcement_id=one.id, nth=1, title=f"Do {kind}", body="x", written_at=now()),
                AnnouncementRecipient(announcement_id=one.id, tenant_id=house.scope.tenant_id, tenancy_id=house.garage),
            ]
        )
        ids.append(one.id)
    session.commit()
    scope = acting(house, jan, ProxyLevel.EVERYTHING)
    with transaction() as own:
        assert [one.announcement_id for one in own_announcements(own, scope)] == ids[:1]
        open_announcement(own, scope, announcement_id=ids[0])
        with pytest.raises(NotFoundError):
            open_announcement(own, scope, announcement_id=ids[1])
        assert all(one.unread for one in own_announcements(own, house.scope))


def test_card_of_premises_names_the_tenant(house: Household, jan: Household) -> None:
    scope = acting(house, jan, ProxyLevel.SEE)
    with reading() as session:
        text = text_of(premises_card(session, scope, tenancy_id=house.flat))
    assert "Anna Kowalska" in text
    assert "Jan Nowak" not in text


def test_own_data_has_the_photo_of_a_proxys_reading_with_whose_premises_it_is(
    house: Household, jan: Household, session: Session
) -> None:
    meter_id = make_meter(session, tenancy(session, house.flat).premises).id
    session.commit()
    scope = acting(house, jan, ProxyLevel.READINGS)
    photo = CleanPicture(b"jpeg", 1, 1, "0" * 64)
    with transaction() as own:
        submit_reading(own, scope, meter_id=meter_id, value=Decimal("12.5"), read_on=today(), photo=photo)
    with reading() as own:
        told: dict[str, list[list[Any]]] = {
            name: [list(READINGS.rows(own, of)), list(READINGS.enclosed(own, of))]
            for name, of in (
                ("anna", whose(own, tenant_id=house.scope.tenant_id)), ("jan", whose(own, tenant_id=jan.scope.tenant_id)),
            )
        }  # fmt: skip
    assert [len(part) for part in told["anna"]] == [1, 1]
    assert told["anna"][0][0][-1] == told["anna"][1][0].name
    assert told["jan"] == [[], []]
