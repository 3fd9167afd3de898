"""A tenant's announcements: listed, searched, and read; only reading leaves a mark."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient, AnnouncementVersion
from core.announcements.publishing import KINDS, notice_key
from core.announcements.queries import AnnouncementState, PastVersion, state_of
from core.announcements.reach import CURRENT_TEXT, NO_SUCH
from core.clock import local, now
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.notices.inbox import put_away
from core.registry.audiences import addressed, audience_from
from core.registry.models import Tenancy
from core.words import plain

# Built once: it runs on every look at a screen.
UNREAD = (
    select(func.count())
    .select_from(AnnouncementRecipient)
    .join(Announcement, Announcement.id == AnnouncementRecipient.announcement_id)
    .where(
        AnnouncementRecipient.tenant_id == bindparam("tenant"),
        func.coalesce(AnnouncementRecipient.opened_version, 0) < Announcement.version,
        Announcement.visible_from <= bindparam("at"),
        Announcement.withdrawn_at.is_(None),
        or_(Announcement.expires_on.is_(None), Announcement.expires_on >= bindparam("day")),
    )
)


@dataclass(frozen=True, slots=True)
class OwnAnnouncement:
    """One announcement as its recipient finds it in the list; `unread`: not opened yet, or changed since."""

    announcement_id: int
    kind: AnnouncementKind
    state: AnnouncementState  # current, over or withdrawn
    title: str
    visible_from: datetime
    expires_on: date | None
    changed_at: datetime | None  # when the current text took the place of an earlier one
    unread: bool


@dataclass(frozen=True, slots=True)
class OpenedAnnouncement:
    """One announcement as it is read."""

    head: OwnAnnouncement
    body: str
    attachment_name: str | None
    earlier: tuple[PastVersion, ...]  # newest first


def own_announcements(session: Session, scope: TenantScope, *, text: str = "") -> list[OwnAnnouncement]:
    """The tenant's announcements that hold all words of `text`: current emergencies, current ones, then the archive.

    A withdrawn one is left to who has opened it. Words are found whatever their case and without Polish marks.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    words = plain(text).split()
    rows = session.execute(_own(scope).order_by(Announcement.visible_from.desc(), Announcement.id.desc())).all()
    found = [
        _head(one, version, mine)
        for one, version, mine in rows
        if _concerns(session, scope, one)
        if all(word in plain(f"{version.title} {version.body}") for word in words)
    ]
    current = [one for one in found if one.state is AnnouncementState.CURRENT]
    archive = [one for one in found if one.state is not AnnouncementState.CURRENT]
    return [*sorted(current, key=lambda one: one.kind is AnnouncementKind.PLAIN), *archive]


def open_announcement(session: Session, scope: TenantScope, *, announcement_id: int) -> OpenedAnnouncement:
    """Read one, and note that it was opened. Raises NotFoundError for one that is not addressed to the tenant."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    one, version, mine = _one(session, scope, announcement_id)
    head = _head(one, version, mine)
    opened = (AnnouncementRecipient.announcement_id == one.id) & (AnnouncementRecipient.tenant_id == scope.tenant_id)
    if head.unread and scope.proxy is None:  # a proxy's reading is not the tenant's
        first = opened & AnnouncementRecipient.opened_at.is_(None)
        session.execute(update(AnnouncementRecipient).where(first).values(opened_at=now()))
        older = or_(AnnouncementRecipient.opened_version.is_(None), AnnouncementRecipient.opened_version < version.nth)
        session.execute(update(AnnouncementRecipient).where(opened, older).values(opened_version=version.nth))
        keys = [notice_key(one.id, nth) for nth in range(1, one.version + 1)]
        put_away(session, tenant_id=scope.tenant_id, kind=KINDS[AnnouncementKind(one.kind)], keys=keys)
    past = session.scalars(
        select(AnnouncementVersion)
        .where(AnnouncementVersion.announcement_id == one.id, AnnouncementVersion.nth < one.version)
        .order_by(AnnouncementVersion.nth.desc())
    )
    earlier = tuple(PastVersion(each.nth, each.title, each.body, each.written_at) for each in past)
    return OpenedAnnouncement(head, version.body, version.attachment_name, earlier)


def own_attachment(session: Session, scope: TenantScope, *, announcement_id: int) -> tuple[str, Path]:
    """Name and place of what is attached to one of the tenant's announcements. Raises NotFoundError."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    _, version, _ = _one(session, scope, announcement_id)
    return attachment_of(version)


def attachment_of(version: AnnouncementVersion) -> tuple[str, Path]:
    """Name and place of what is attached to a version. Raises NotFoundError."""
    if version.attachment_sha256 is None or version.attachment_name is None:
        raise NotFoundError("To ogłoszenie nie ma załącznika.")
    return version.attachment_name, kept_file(version.attachment_sha256)


def _own(scope: TenantScope) -> Select[Announcement, AnnouncementVersion, AnnouncementRecipient]:
    return (
        select(Announcement, AnnouncementVersion, AnnouncementRecipient)
        .join(AnnouncementRecipient, AnnouncementRecipient.announcement_id == Announcement.id)
        .join(AnnouncementVersion, CURRENT_TEXT)
        .where(
            AnnouncementRecipient.tenant_id == scope.tenant_id,
            Announcement.visible_from <= now(),
            or_(Announcement.withdrawn_at.is_(None), AnnouncementRecipient.opened_at.is_not(None)),
        )
    )


def _one(
    session: Session, scope: TenantScope, announcement_id: int
) -> tuple[Announcement, AnnouncementVersion, AnnouncementRecipient]:
    found = session.execute(_own(scope).where(Announcement.id == announcement_id)).first()
    if found is None or not _concerns(session, scope, found[0]):
        raise NotFoundError(NO_SUCH)
    one, version, mine = found
    return one, version, mine


def _concerns(session: Session, scope: TenantScope, one: Announcement) -> bool:
    """Whether it is for the scope: of a tenant's announcements a proxy has those whose audience holds the one tenancy."""
    if scope.proxy is None or one.visible_from is None:
        return True
    audience = addressed(audience_from(one.audience), day=local(one.visible_from).date())
    return session.scalar(select(Tenancy.id).where(Tenancy.id == scope.proxy.tenancy_id, audience)) is not None


def _head(one: Announcement, version: AnnouncementVersion, mine: AnnouncementRecipient) -> OwnAnnouncement:
    return OwnAnnouncement(
        announcement_id=one.id,
        kind=AnnouncementKind(one.kind),
        state=state_of(one),
        title=version.title,
        visible_from=one.visible_from or version.written_at,
        expires_on=one.expires_on,
        changed_at=version.written_at if version.nth > 1 else None,
        unread=(mine.opened_version or 0) < version.nth,
    )
