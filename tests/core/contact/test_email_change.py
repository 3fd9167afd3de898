"""A new e-mail address: nobody puts one in force without password and code, and its owner gets the old one back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.access.models import PortalSession
from core.access.scopes import TenantScope, require_live
from core.access.throttle import TooManyUsesError
from core.accounts.attempts import TooManyAttemptsError
from core.accounts.creating import create_portal_account
from core.accounts.models import AccountState, PortalAccount
from core.accounts.passwords import hash_password
from core.accounts.recovery import ask_for_recovery
from core.clock import now
from core.contact.details import own_contact
from core.contact.email_change import (
    CodeError,
    RefusalLinkDeadError,
    ask_email_change,
    cancel_email_change,
    confirm_email_change,
    new_email_code,
    new_refusal_token,
    refusable,
    refuse_email_change,
    void_forgotten_changes,
)
from core.contact.models import ChangeState, ContactChange, ContactKind, NothingUnderWayError
from core.errors import DomainError, InvalidInputError, SessionEndedError
from core.outbox.models import OutgoingMail
from core.registry.models import ServiceDistrict
from tests.cast import make_building, make_district, make_premises, make_tenancy, make_tenant, sign_in_tenant

PASSWORD, OLD, NEW = "Kamienica7x", "anna@example.com", "nowa@example.com"


@pytest.fixture
def anna(database: str) -> TenantScope:
    """Anna with a password of her own, signed in; all is committed."""
    with db.transaction() as session:
        tenant, district = make_tenant(session, tenant_no="000001"), make_district(session)
        district.email = "ron@example.com"
        make_tenancy(
            session, tenant, premises=make_premises(session, building=make_building(session, district=district))
        )
        session.flush()
        account = create_portal_account(session, tenant_no="000001", login="anna", password=PASSWORD, email=OLD)
        return sign_in_tenant(session, tenant, account_id=account.id)


def account() -> PortalAccount:
    with db.reading() as session:
        return session.scalars(select(PortalAccount).where(PortalAccount.login == "anna")).one()


def change() -> ContactChange:
    with db.reading() as session:
        return session.scalars(select(ContactChange).order_by(ContactChange.id.desc())).first()  # type: ignore[return-value]


def mails() -> list[tuple[str, str]]:
    with db.reading() as session:
        rows = session.execute(select(OutgoingMail.template, OutgoingMail.recipient).order_by(OutgoingMail.id))
        return [(template, recipient) for template, recipient in rows]


def asked(scope: TenantScope, new: str = NEW) -> tuple[str, str]:
    """Begin a change; the code and the token of the link, as the two messages would carry them."""
    ask_email_change(scope, email=new, current=PASSWORD)
    with db.transaction() as session:
        one = session.scalars(select(ContactChange.id).order_by(ContactChange.id.desc())).first()
        assert one is not None
        return new_email_code(session, change_id=one), new_refusal_token(session, change_id=one)


def later(**values: object) -> None:
    """Move the newest change into the past."""
    with db.transaction() as session:
        session.execute(update(ContactChange).where(ContactChange.id == change().id).values(values))


def test_code_puts_the_new_address_in_force(anna: TenantScope) -> None:
    code, _ = asked(anna, "  Nowa@Example.COM ")
    assert account().email == OLD
    assert mails() == [("email_code", NEW), ("email_warning", OLD)]
    assert confirm_email_change(anna, code=f" {code[:3]} {code[3:]} ") is False
    assert account().email == NEW
    with db.reading() as session:
        seen = own_contact(session, anna)
    assert (seen.email, seen.recovery_email, seen.open) == (NEW, OLD, {})
    assert [(one.kind, one.state, one.old, one.new) for one in seen.history] == [
        (ContactKind.EMAIL, ChangeState.DONE, OLD, NEW)
    ]


def test_password_is_asked_and_a_wrong_one_counts(anna: TenantScope) -> None:
    for _ in range(5):
        with pytest.raises(InvalidInputError) as refused:
            ask_email_change(anna, email=NEW, current="Zle7haslo")
        assert refused.value.field == "current"
    with pytest.raises(TooManyAttemptsError):
        ask_email_change(anna, email=NEW, current=PASSWORD)
    assert mails() == []


@pytest.mark.parametrize("email", ["", "anna", "anna@", "a b@example.com", OLD, OLD.upper(), "<b>@example.com"])
def test_address_that_is_none_or_the_same_is_refused(anna: TenantScope, email: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        ask_email_change(anna, email=email, current=PASSWORD)
    assert refused.value.field == "email"
    assert mails() == []


def test_code_is_guessed_five_times_and_then_not_taken(anna: TenantScope) -> None:
    code, _ = asked(anna)
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeError) as refused:
            confirm_email_change(anna, code=wrong)
        assert (f"pozostałe próby: {left}" in refused.value.message) is (left > 0)
    with pytest.raises(CodeError, match="Pięć razy"):
        confirm_email_change(anna, code=code)
    assert account().email == OLD


def test_code_lives_ten_minutes_and_only_the_last_one(anna: TenantScope) -> None:
    first, _ = asked(anna)
    with db.transaction() as session:
        second = new_email_code(session, change_id=change().id)
    if first != second:
        with pytest.raises(CodeError):
            confirm_email_change(anna, code=first)
    later(code_until=now() - timedelta(seconds=1))
    with pytest.raises(CodeError, match="Minęło 10 minut"):
        confirm_email_change(anna, code=second)
    assert account().email == OLD


def test_code_that_was_not_sent_yet_is_waited_for(anna: TenantScope) -> None:
    ask_email_change(anna, email=NEW, current=PASSWORD)
    with pytest.raises(CodeError, match="jeszcze w drodze"):
        confirm_email_change(anna, code="123456")


def test_later_change_makes_the_earlier_void(anna: TenantScope) -> None:
    code, token = asked(anna)
    asked(anna, "inna@example.com")
    with pytest.raises(CodeError):
        confirm_email_change(anna, code=code)
    with pytest.raises(RefusalLinkDeadError):
        refuse_email_change(token=token)
    with db.transaction() as session:
        cancel_email_change(session, anna)
    with pytest.raises(NothingUnderWayError):
        confirm_email_change(anna, code=code)


def test_old_address_refuses_what_is_asked_and_what_is_done(anna: TenantScope) -> None:
    for confirmed in (False, True):
        with db.transaction() as session:
            session.execute(update(PortalAccount).values(state=AccountState.ACTIVE, lock_reason=None, locked_at=None))
            session.execute(update(PortalSession).values(ended_at=None))
            session.execute(update(ContactChange).values(state=ChangeState.REJECTED))
        code, token = asked(anna)
        if confirmed:
            confirm_email_change(anna, code=code)
        with db.reading() as session:
            assert refusable(session, token=token) == "n…@example.com"
        refuse_email_change(token=token)
        kept = account()
        assert (kept.email, kept.former_email, kept.state, kept.lock_reason) == (
            OLD,
            None,
            AccountState.LOCKED,
            "refused",
        )
        assert change().state == ChangeState.FROZEN
        with db.reading() as session, pytest.raises(SessionEndedError):
            require_live(session, anna)
        with pytest.raises(RefusalLinkDeadError):
            refuse_email_change(token=token)
    assert mails()[-2:] == [("account_locked_refused", OLD), ("email_refused_office", "ron@example.com")]


def test_frozen_change_stops_others_until_it_is_settled(anna: TenantScope) -> None:
    _, token = asked(anna)
    refuse_email_change(token=token)
    with db.transaction() as session:
        session.execute(update(PortalAccount).values(state=AccountState.ACTIVE))
        session.execute(update(PortalSession).values(ended_at=None))
    with pytest.raises(DomainError, match="wstrzymana"):
        ask_email_change(anna, email=NEW, current=PASSWORD)
    later(state=ChangeState.REJECTED)
    ask_email_change(anna, email=NEW, current=PASSWORD)


def test_link_dies_after_two_days(anna: TenantScope) -> None:
    code, token = asked(anna)
    confirm_email_change(anna, code=code)
    later(decided_at=now() - timedelta(hours=48))
    with pytest.raises(RefusalLinkDeadError):
        refuse_email_change(token=token)
    with pytest.raises(RefusalLinkDeadError):
        refuse_email_change(token="x" * 43)
    assert account().email == NEW


def test_two_changes_in_a_row_leave_the_first_address_in_charge(anna: TenantScope) -> None:
    code, first_link = asked(anna, "zlodziej@example.com")
    confirm_email_change(anna, code=code)
    code, second_link = asked(anna, "zlodziej2@example.com")
    confirm_email_change(anna, code=code)
    assert [one for one in mails() if one[0] == "email_warning"] == [("email_warning", OLD)] * 2
    assert account().former_email == OLD
    refuse_email_change(token=first_link)
    assert account().email == OLD
    with pytest.raises(RefusalLinkDeadError):
        refuse_email_change(token=second_link)
    assert account().email == OLD


def test_way_back_in_goes_to_the_old_address_for_two_days(anna: TenantScope) -> None:
    code, _ = asked(anna)
    confirm_email_change(anna, code=code)
    initial = "Pierwotne7haslo"
    with db.transaction() as session:
        session.execute(update(PortalAccount).values(initial_password_hash=hash_password(initial)))
    for gone, recipient in ((timedelta(0), OLD), (timedelta(hours=48, seconds=1), NEW)):
        with db.transaction() as session:
            session.execute(update(PortalAccount).values(former_email_until=now() + timedelta(hours=48) - gone))
        ask_for_recovery(login="anna", initial_password=initial)
        assert mails()[-1] == ("recovery_link", recipient)


def test_address_of_another_account_is_taken_and_told(anna: TenantScope) -> None:
    with db.transaction() as session:
        make_tenant(session, "Jan", tenant_no="000002")
        create_portal_account(session, tenant_no="000002", login="jan", password=PASSWORD, email=NEW)
    code, _ = asked(anna)
    assert confirm_email_change(anna, code=code) is True


def test_changes_are_begun_five_times_an_hour(anna: TenantScope) -> None:
    for nth in range(5):
        ask_email_change(anna, email=f"nowa{nth}@example.com", current=PASSWORD)
    with pytest.raises(TooManyUsesError):
        ask_email_change(anna, email=NEW, current=PASSWORD)


def test_change_nobody_finishes_is_void_after_two_days(anna: TenantScope) -> None:
    asked(anna)
    with db.transaction() as session:
        assert void_forgotten_changes(session) == 0
    later(asked_at=now() - timedelta(hours=49))
    with db.transaction() as session:
        assert void_forgotten_changes(session) == 1
    assert change().state == ChangeState.VOID


def test_secrets_are_kept_as_hashes(anna: TenantScope, session: Session) -> None:
    code, token = asked(anna)
    kept = repr([vars(one) for one in session.scalars(select(ContactChange))])
    assert code not in kept
    assert token not in kept
    assert session.scalars(select(ServiceDistrict.email)).one() == "ron@example.com"
