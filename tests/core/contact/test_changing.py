"""Telephone and address for letters: read strictly, kept with their history, and the address approved by the right office."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.contact.changing import (
    MailingAddress,
    ask_address_change,
    change_phone,
    withdraw_address_change,
)
from core.contact.details import contact_of, own_contact
from core.contact.models import ChangeState, ContactChange, ContactKind, NothingUnderWayError
from core.contact.reviewing import (
    approve_address,
    reject_address,
    settle_refused_email,
    waiting_changes,
    waiting_changes_count,
)
from core.errors import InvalidFormError, InvalidInputError, NotFoundError
from core.notices.inbox import inbox
from tests.cast import make_account, make_district, sign_in_employee, sign_in_tenant
from tests.core.announcements.cast import Resident, resident

HOME = MailingAddress("ul. Kwiatowa 12 m. 7", "90-001", "Łódź")
LINE = "ul. Kwiatowa 12 m. 7, 90-001 Łódź"


def at_home(session: Session, name: str = "Anna", code: str = "CENTRUM") -> Resident:
    """A tenant with an account, signed in."""
    one = resident(session, name, code=code)
    one.scope = sign_in_tenant(session, one.tenant, account_id=make_account(session, one.tenant).id)
    return one


def test_phone_holds_at_once_and_stands_before_the_landlords_file(session: Session) -> None:
    anna = at_home(session)
    anna.tenant.phone = "42 1234567"
    assert change_phone(session, anna.scope, phone="+48 600-700-800") == "600 700 800"
    assert contact_of(session, tenant_id=anna.tenant.id).phone == "600 700 800"
    (line,) = own_contact(session, anna.scope).history
    assert (line.kind, line.state, line.old, line.new) == (
        ContactKind.PHONE,
        ChangeState.DONE,
        "42 1234567",
        "600 700 800",
    )
    with pytest.raises(InvalidInputError, match="już zapisany"):
        change_phone(session, anna.scope, phone="600700800")
    change_phone(session, anna.scope, phone="")
    assert contact_of(session, tenant_id=anna.tenant.id).phone == "42 1234567"


@pytest.mark.parametrize("typed", ["12", "zadzwoń", "600 700 80", "+48 000 000 000", "٦٠٠٧٠٠٨٠٠", "<b>", "6" * 50])
def test_what_nobody_can_dial_is_refused(session: Session, typed: str) -> None:
    anna = at_home(session)
    with pytest.raises(InvalidInputError) as refused:
        change_phone(session, anna.scope, phone=typed)
    assert refused.value.field == "phone"
    assert session.scalars(select(ContactChange)).all() == []


def test_address_waits_for_the_office_and_holds_when_approved(session: Session) -> None:
    anna, clerk = at_home(session), sign_in_employee(session, Role.CLERK, districts=(make_district(session),))
    anna.tenant.mailing_address = "ul. Dawna 1, 90-001 Łódź"
    assert ask_address_change(session, anna.scope, address=HOME) == LINE
    assert contact_of(session, tenant_id=anna.tenant.id).address == "ul. Dawna 1, 90-001 Łódź"
    (waiting,) = waiting_changes(session, clerk)
    assert (waiting.tenant, waiting.old, waiting.new) == ("Anna", "ul. Dawna 1, 90-001 Łódź", LINE)
    approve_address(session, clerk, change_id=waiting.change_id)
    assert own_contact(session, anna.scope).address == LINE
    assert [one.facts["what"] for one in inbox(session, anna.scope)] == [
        "Zatwierdziliśmy nowy adres do korespondencji."
    ]
    with pytest.raises(NothingUnderWayError):
        approve_address(session, clerk, change_id=waiting.change_id)
    with pytest.raises(InvalidInputError, match="już zapisany"):
        ask_address_change(session, anna.scope, address=HOME)


def test_rejection_has_a_reason_that_the_tenant_reads(session: Session) -> None:
    anna, clerk = at_home(session), sign_in_employee(session, Role.CLERK)
    ask_address_change(session, anna.scope, address=HOME)
    (waiting,) = waiting_changes(session, clerk)
    for reason in ("", " \n ", "x" * 501):
        with pytest.raises(InvalidInputError) as refused:
            reject_address(session, clerk, change_id=waiting.change_id, reason=reason)
        assert refused.value.field == "reason"
    reject_address(session, clerk, change_id=waiting.change_id, reason="Nie ma takiej ulicy.")
    seen = own_contact(session, anna.scope)
    assert (seen.address, seen.history[0].reason) == ("", "Nie ma takiej ulicy.")
    assert "Nie ma takiej ulicy." in inbox(session, anna.scope)[0].facts["what"]


def test_second_address_takes_the_place_of_the_first_and_is_taken_back(session: Session) -> None:
    anna, clerk = at_home(session), sign_in_employee(session, Role.CLERK)
    ask_address_change(session, anna.scope, address=HOME)
    ask_address_change(session, anna.scope, address=MailingAddress("Leśna 3", "00001", "Łask", "skr. poczt. 5"))
    session.expire_all()
    assert [one.new for one in waiting_changes(session, clerk)] == ["skr. poczt. 5, Leśna 3, 00-001 Łask"]
    withdraw_address_change(session, anna.scope)
    assert waiting_changes_count(session, clerk) == 0
    with pytest.raises(NothingUnderWayError):
        withdraw_address_change(session, anna.scope)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (MailingAddress("", "", ""), {"street", "postal_code", "town"}),
        (MailingAddress("Kwiatowa", "90-001", "Łódź"), {"street"}),
        (MailingAddress("Kwiatowa 1", "9-001", "Łódź"), {"postal_code"}),
        (MailingAddress("Kwiatowa 1", "90-0012", "Łódź"), {"postal_code"}),
        (MailingAddress("Kwiatowa 1", "90-001a", "Łódź"), {"postal_code"}),
        (MailingAddress("Kwiatowa 1", "00-000", "Łódź"), {"postal_code"}),
        (MailingAddress("Kwiatowa 1", "٩٠-٠٠١", "Łódź"), {"postal_code"}),
        (MailingAddress("K 1" * 100, "90-001", "Ł" * 81, "x" * 61), {"street", "town", "addition"}),
    ],
)
def test_address_that_no_postman_finds_is_refused_with_every_reason(
    session: Session, address: MailingAddress, fields: set[str]
) -> None:
    with pytest.raises(InvalidFormError) as refused:
        ask_address_change(session, at_home(session).scope, address=address)
    assert {field for field, _ in refused.value.errors} == fields


def test_office_sees_its_own_tenants_and_refused_emails_first(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan", "POLESIE")
    for one in (anna, jan):
        ask_address_change(session, one.scope, address=HOME)
    frozen = ContactChange(
        tenant_id=anna.tenant.id, kind=ContactKind.EMAIL, state=ChangeState.FROZEN, old="a@example.com",
        new="b@example.com", asked_at=anna.scope.seen_at or session.scalars(select(ContactChange.asked_at)).first(),
    )  # fmt: skip
    session.add(frozen)
    session.flush()
    clerk = sign_in_employee(session, Role.CLERK, districts=(anna.district,))
    assert [(one.tenant, one.state) for one in waiting_changes(session, clerk)] == [
        ("Anna", ChangeState.FROZEN),
        ("Anna", ChangeState.WAITING),
    ]
    assert waiting_changes_count(session, clerk) == 2
    of_jan = session.scalars(select(ContactChange.id).where(ContactChange.tenant_id == jan.tenant.id)).one()
    with pytest.raises(NotFoundError):
        approve_address(session, clerk, change_id=of_jan)
    with pytest.raises(NothingUnderWayError):
        approve_address(session, clerk, change_id=frozen.id)
    settle_refused_email(session, clerk, change_id=frozen.id, reason="Najemca zmienił hasło w rejonie.")
    assert own_contact(session, anna.scope).frozen is False
