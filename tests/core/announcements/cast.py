"""Who writes announcements in the tests, who gets them, and short ways to write one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role, TenantScope
from core.announcements.models import AnnouncementKind, AnnouncementRecipient
from core.announcements.publishing import ask_publishing, publish
from core.announcements.writing import AnnouncementPlan, AnnouncementText, write_draft
from core.documents.attachments import Attachment
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Premises, ServiceDistrict, Tenancy, Tenant
from tests.cast import (
    make_building,
    make_district,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)

ALL = Audience(AudienceKind.ALL)
SOON = date(2026, 12, 24)


@dataclass
class Resident:
    """A tenant at home."""

    tenant: Tenant
    tenancy: Tenancy
    premises: Premises
    district: ServiceDistrict
    scope: TenantScope


def resident(session: Session, name: str = "Anna", *, code: str = "CENTRUM", kind: str = "mieszkalny") -> Resident:
    district, tenant = make_district(session, code=code), make_tenant(session, name)
    premises = make_premises(session, building=make_building(session, district=district), kind=kind)
    tenancy = make_tenancy(session, tenant, premises=premises, valid_from=date(2025, 1, 1))
    return Resident(tenant, tenancy, premises, district, sign_in_tenant(session, tenant))


def editor(session: Session, *districts: ServiceDistrict) -> EmployeeScope:
    return sign_in_employee(session, Role.EDITOR, districts=districts)


def draft(
    session: Session,
    scope: EmployeeScope,
    audience: Audience = ALL,
    *,
    kind: AnnouncementKind = AnnouncementKind.PLAIN,
    title: str = "Przegląd kominiarski",
    body: str = "Kominiarz przyjdzie **we wtorek**.",
    planned_for: datetime | None = None,
    expires_on: date | None = SOON,
    attachment: Attachment | None = None,
) -> int:
    text = AnnouncementText(title, body, attachment)
    return write_draft(session, scope, text=text, plan=AnnouncementPlan(kind, audience, planned_for, expires_on))


def published(session: Session, scope: EmployeeScope, audience: Audience = ALL, **more: object) -> int:
    """A draft, published at once; it appears a minute later."""
    made = draft(session, scope, audience, **more)  # type: ignore[arg-type]
    question = ask_publishing(session, scope, announcement_id=made)
    publish(session, scope, announcement_id=made, recipients=question.recipients, token=question.token)
    return made


def recipients(session: Session, announcement_id: int) -> set[int]:
    rows = select(AnnouncementRecipient.tenant_id).where(AnnouncementRecipient.announcement_id == announcement_id)
    return set(session.scalars(rows))
