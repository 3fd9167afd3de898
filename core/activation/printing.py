"""The paper of a request: drawn from its row and from who serves its address at the moment."""

from typing import Literal, cast

from sqlalchemy.orm import Session

from core.accounts.models import TermsVersion
from core.activation.document import AdministratorContact, ApplicationDocument, OfficeContact, application_pdf
from core.activation.models import ActivationRequest
from core.landlord import landlord
from core.registry.addresses import postal_line, premises_line
from core.registry.lookup import ServedAddress, find_address
from core.registry.models import ServiceDistrict


def request_document(session: Session, request: ActivationRequest) -> bytes:
    """The application as PDF. A request handed over to another district says where that one is.

    For a row that the caller was allowed to reach: it asks for no scope itself.
    """
    found = find_address(session, street=request.street, building_no=request.building_no)
    terms = session.get_one(TermsVersion, request.terms_version_id)
    who = landlord()
    return application_pdf(
        ApplicationDocument(
            number=request.number,
            submitted_at=request.submitted_at,
            kind=cast("Literal['person', 'company']", request.kind),
            name=request.name,
            address=_address(request, found),
            email=request.email,
            terms_version=terms.version,
            landlord_name=who.name,
            landlord_phone=who.phone,
            landlord_email=who.email,
            tenant_no=request.tenant_no,
            tenancy_no=request.tenancy_no,
            phone=request.phone,
            office=request_office(session, request),
            administrator=_administrator(request, found),
        )
    )


def document_name(number: str) -> str:
    """The name its file gets: `Wniosek-IOK-2026-000123.pdf`."""
    return f"Wniosek-{number.replace('/', '-')}.pdf"


def request_office(session: Session, request: ActivationRequest) -> OfficeContact | None:
    """The RON that a request goes to; None when its address is not in the registry."""
    district = session.get(ServiceDistrict, request.district_id) if request.district_id else None
    if district is None:
        return None
    return OfficeContact(district.name, district.address, district.phone, district.hours)


def where_to_go(office: OfficeContact | None) -> str:
    """`RON Centrum, ul. Przykładowa 10, tel. 42 000 00 01`, or how to find that out."""
    if office is None:
        return f"dowolny Rejon Obsługi Najemców (adresy podajemy pod numerem {landlord().phone})"
    phone = f"tel. {office.phone}" if office.phone else None
    return ", ".join(part for part in (office.name, office.address, phone) if part)


def _address(request: ActivationRequest, found: list[ServedAddress]) -> str:
    kind = "użytkowy" if request.kind == "company" else "mieszkalny"
    line = premises_line(request.street, request.building_no, request.premises_no or "", kind=kind)
    towns = {postal_line(one.postal_code, one.city) for one in found}
    return f"{line}, {towns.pop()}" if len(towns) == 1 else line


def _administrator(request: ActivationRequest, found: list[ServedAddress]) -> AdministratorContact | None:
    """The one administrator of the address, unless the request has left the district they belong to."""
    known = {one.administrator for one in found if one.district.id == request.district_id}
    if len(known) != 1:
        return None
    only = known.pop()
    return AdministratorContact(only.name, only.phone)
