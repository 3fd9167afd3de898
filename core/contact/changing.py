"""Telephone and address for letters: the one holds at once, the other when the office has approved it."""

import re
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope, require_live
from core.audit.events import record_by
from core.clock import now
from core.contact.details import contact_of
from core.contact.models import ChangeState, ContactChange, ContactDetails, ContactKind, NothingUnderWayError
from core.db import changed_rows
from core.errors import InvalidFormError, InvalidInputError
from core.registry.contacts import e164, phone_words
from core.words import one_line

POSTAL_CODE = re.compile(r"\d{2}-\d{3}")
LONGEST = {"street": 120, "town": 80, "addition": 60}
NONE_KNOWN = "brak"


@dataclass(frozen=True, slots=True)
class MailingAddress:
    """An address for letters in Poland, as it was typed. `addition`: to whose hands, a post-office box; may be empty."""

    street: str  # with the numbers of house and flat
    postal_code: str
    town: str
    addition: str = ""


def change_phone(session: Session, scope: TenantScope, *, phone: str) -> str:
    """Keep a telephone number, or none; returns it as people read it. Raises InvalidInputError (field `phone`)."""
    require_live(session, scope)
    kept = e164(phone)
    old = contact_of(session, tenant_id=scope.tenant_id).phone
    new = phone_words(kept)
    if new == old:
        raise InvalidInputError("Ten numer jest już zapisany." if new else "Wpisz numer telefonu.", field="phone")
    details = _details(session, scope.tenant_id)
    details.phone, details.changed_at = kept or None, now()
    session.add(
        ContactChange(
            tenant_id=scope.tenant_id,
            kind=ContactKind.PHONE,
            state=ChangeState.DONE,
            old=old or NONE_KNOWN,
            new=new or NONE_KNOWN,
            asked_at=now(),
            decided_at=now(),
        )
    )
    session.flush()
    record_by(session, scope, "phone_changed", object_kind="tenant", object_id=scope.tenant_id)
    return new


def ask_address_change(session: Session, scope: TenantScope, *, address: MailingAddress) -> str:
    """Ask the office for another address for letters; one that waits already is void. Returns it in one line.

    Raises InvalidFormError (fields `street`, `postal_code`, `town`, `addition`).
    """
    require_live(session, scope)
    new, old = address_line(address), contact_of(session, tenant_id=scope.tenant_id).address
    if new == old:
        raise InvalidInputError("Ten adres jest już zapisany.", field="street")
    _void_waiting(session, scope)
    change = ContactChange(
        tenant_id=scope.tenant_id,
        kind=ContactKind.ADDRESS,
        state=ChangeState.WAITING,
        old=old or NONE_KNOWN,
        new=new,
        asked_at=now(),
    )
    session.add(change)
    session.flush()
    record_by(session, scope, "address_change_asked", object_kind="contact_change", object_id=change.id)
    return new


def withdraw_address_change(session: Session, scope: TenantScope) -> None:
    """Take back what waits for the office. Raises NothingUnderWayError where nothing does."""
    require_live(session, scope)
    if not _void_waiting(session, scope):
        raise NothingUnderWayError("Żadna zmiana adresu nie czeka na zatwierdzenie.")
    record_by(session, scope, "address_change_withdrawn", object_kind="tenant", object_id=scope.tenant_id)


def set_address(session: Session, *, tenant_id: int, address: str) -> None:
    """Keep an address for letters that the office has approved; the caller has asked who they are."""
    details = _details(session, tenant_id)
    details.address, details.changed_at = address, now()
    session.flush()


def address_line(address: MailingAddress) -> str:
    """`ul. Kwiatowa 12 m. 7, 90-001 Łódź`. Raises InvalidFormError with everything that is wrong."""
    errors: list[tuple[str, str]] = []
    lines = {name: one_line(getattr(address, name), longest=longest) for name, longest in LONGEST.items()}
    for name, line in lines.items():
        if line is None:
            errors.append((name, f"Skróć tekst do {LONGEST[name]} znaków."))
    if lines["street"] == "":
        errors.append(("street", "Podaj ulicę i numer."))
    elif lines["street"] and not any(sign.isdigit() for sign in lines["street"]):
        errors.append(("street", "Podaj też numer domu."))
    if lines["town"] == "":
        errors.append(("town", "Podaj miejscowość."))
    code = _postal_code(address.postal_code)
    if code is None:
        errors.append(("postal_code", "Kod pocztowy ma pięć cyfr, na przykład 90-001."))
    if errors:
        raise InvalidFormError(errors)
    addition = f"{lines['addition']}, " if lines["addition"] else ""
    return f"{addition}{lines['street']}, {code} {lines['town']}"


def _postal_code(typed: str) -> str | None:
    digits = "".join(sign for sign in typed if sign in "0123456789")
    bare = "".join(sign for sign in typed if sign not in " -–")
    code = f"{digits[:2]}-{digits[2:]}"
    return code if bare == digits and POSTAL_CODE.fullmatch(code) and digits != "00000" else None


def _details(session: Session, tenant_id: int) -> ContactDetails:
    found = session.get(ContactDetails, tenant_id)
    if found is None:
        found = ContactDetails(tenant_id=tenant_id, changed_at=now())
        session.add(found)
    return found


def _void_waiting(session: Session, scope: TenantScope) -> bool:
    waiting = (
        (ContactChange.tenant_id == scope.tenant_id)
        & (ContactChange.kind == ContactKind.ADDRESS)
        & (ContactChange.state == ChangeState.WAITING)
    )
    values = {"state": ChangeState.VOID, "decided_at": now()}
    return changed_rows(session, update(ContactChange).where(waiting).values(values)) == 1
