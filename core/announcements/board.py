"""How far an announcement has got: opened and not opened by district, and whom to reach on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount
from core.announcements.models import Announcement, AnnouncementRecipient, AnnouncementVersion
from core.announcements.own import attachment_of
from core.announcements.reach import require_own
from core.clock import local, now, today
from core.documents.sheet import ACCENT, Paragraph, Sheet, line_height
from core.landlord import landlord
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.queries import districts_on

NO_DISTRICT = "bez rejonu"


@dataclass(frozen=True, slots=True)
class DistrictReach:
    """Recipients of one district: how many there are, have an account, and have opened it."""

    district: str
    sent: int
    with_account: int
    opened: int


@dataclass(frozen=True, slots=True)
class Unopened:
    """A recipient who has not opened it."""

    district: str
    building: str
    address: str
    tenant: str
    has_account: bool


def reach_of(session: Session, scope: EmployeeScope, *, announcement_id: int) -> list[DistrictReach]:
    """The reach by district, by name. Raises NotFoundError for one beyond the employee's districts."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    rows = session.execute(
        select(
            Premises.building_id,
            func.count(),
            func.sum(case((_has_account(), 1), else_=0)),
            func.count(AnnouncementRecipient.opened_at),
        )
        .join(Tenancy, Tenancy.id == AnnouncementRecipient.tenancy_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .where(AnnouncementRecipient.announcement_id == own.id)
        .group_by(Premises.building_id)
    ).all()
    names = districts_on(session, day=today())
    by_district: dict[str, list[int]] = {}
    for building_id, sent, with_account, opened in rows:
        name = names[building_id][1] if building_id in names else NO_DISTRICT
        sums = by_district.setdefault(name, [0, 0, 0])
        for at, number in enumerate((sent, with_account, opened)):
            sums[at] += int(number or 0)
    return [DistrictReach(name, *by_district[name]) for name in sorted(by_district)]


def unopened_of(session: Session, scope: EmployeeScope, *, announcement_id: int) -> list[Unopened]:
    """Who has not opened it, by district and address. Raises NotFoundError as `reach_of`."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    rows = session.execute(
        select(Building, Premises.premises_no, Premises.kind, Tenant.name, _has_account())
        .select_from(AnnouncementRecipient)
        .join(Tenancy, Tenancy.id == AnnouncementRecipient.tenancy_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .join(Tenant, Tenant.id == AnnouncementRecipient.tenant_id)
        .where(AnnouncementRecipient.announcement_id == own.id, AnnouncementRecipient.opened_at.is_(None))
        .order_by(Building.street, Building.building_no, Premises.premises_no, Tenant.name)
    ).all()
    names = districts_on(session, day=today())
    found = [
        Unopened(
            district=names[building.id][1] if building.id in names else NO_DISTRICT,
            building=f"{building.street} {building.building_no}",
            address=premises_line(building.street, building.building_no, premises_no, kind=kind),
            tenant=name,
            has_account=bool(has_account),
        )
        for building, premises_no, kind, name, has_account in rows
    ]
    return sorted(found, key=lambda one: one.district)


def unopened_list(session: Session, scope: EmployeeScope, *, announcement_id: int) -> bytes:
    """The same as PDF to print, with the day's state. Raises NotFoundError as `reach_of`."""
    waiting = unopened_of(session, scope, announcement_id=announcement_id)
    title = session.scalars(
        select(AnnouncementVersion.title)
        .join(Announcement, Announcement.id == AnnouncementVersion.announcement_id)
        .where(Announcement.id == announcement_id, AnnouncementVersion.nth == Announcement.version)
    ).one()
    return unopened_pdf(waiting, title=title, made_at=now())


def unopened_pdf(waiting: Sequence[Unopened], *, title: str, made_at: datetime) -> bytes:
    """The list by district and building; the same content and instant: the same bytes."""
    heading = "Kto nie otworzył ogłoszenia"
    sheet = Sheet(title=heading, author=landlord().name, made_at=made_at, running_title=heading)
    sheet.paragraph(Paragraph(heading, size=20, bold=True, tag="H1"))
    sheet.paragraph(Paragraph(title, size=12, before=1))
    without = sum(not one.has_account for one in waiting)
    told = f"Stan na {local(made_at):%d.%m.%Y, %H:%M}. Nie otworzyło: {len(waiting)}, w tym bez konta w portalu: {without}."
    sheet.paragraph(Paragraph(told, before=1))
    for (district, building), some in groupby(waiting, key=lambda one: (one.district, one.building)):
        group = list(some)
        sheet.room(line_height(12) + line_height(11) * min(len(group), 3) + 6)
        sheet.paragraph(Paragraph(f"{building} ({district})", size=12, bold=True, colour=ACCENT, before=3, tag="H2"))
        for one in group:
            sheet.room(line_height(11))
            account = "" if one.has_account else " – bez konta"
            sheet.paragraph(Paragraph(f"{one.address}: {one.tenant}{account}"))
    return sheet.to_bytes()


def attachment_served(session: Session, scope: EmployeeScope, *, announcement_id: int) -> tuple[str, Path]:
    """Name and place of what is attached to an announcement in the employee's reach. Raises NotFoundError."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    version = session.scalars(
        select(AnnouncementVersion).where(
            AnnouncementVersion.announcement_id == own.id, AnnouncementVersion.nth == own.version
        )
    ).one()
    return attachment_of(version)


def _has_account() -> ColumnElement[bool]:
    return exists().where(
        PortalAccount.tenant_id == AnnouncementRecipient.tenant_id, PortalAccount.state != AccountState.CLOSED
    )
