"""What the editor sees: all announcements with how far each has got, and one of them whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient, AnnouncementVersion
from core.announcements.reach import CURRENT_TEXT, require_own, within_reach
from core.clock import now, today
from core.registry.audiences import Audience, AudienceKind, audience_from, described
from core.registry.models import Tenancy

SHOWN = 200


class AnnouncementState(StrEnum):
    """Where an announcement stands; it follows from its instants."""

    DRAFT = "draft"
    WAITING = "waiting"  # published, not to be seen yet
    CURRENT = "current"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AnnouncementLine:
    """One announcement in the editor's list."""

    announcement_id: int
    kind: AnnouncementKind
    state: AnnouncementState
    title: str
    audience: str  # in words
    version: int
    visible_from: datetime | None
    expires_on: date | None
    recipients: int
    opened: int


@dataclass(frozen=True, slots=True)
class PastVersion:
    """What it said before it was corrected."""

    nth: int
    title: str
    body: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class AnnouncementFile:
    """One announcement with all that belongs to it."""

    line: AnnouncementLine
    audience: Audience
    tenancy_numbers: tuple[str, ...]  # of an audience chosen one by one
    planned_for: datetime | None
    body: str
    attachment_name: str | None
    earlier: tuple[PastVersion, ...]  # newest first


def all_announcements(session: Session, scope: EmployeeScope) -> list[AnnouncementLine]:
    """The announcements in the employee's reach: drafts first, then from the newest."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    rows = session.execute(
        select(Announcement, AnnouncementVersion)
        .join(AnnouncementVersion, CURRENT_TEXT)
        .order_by(Announcement.published_at.is_not(None), Announcement.visible_from.desc(), Announcement.id.desc())
        .limit(SHOWN)
    ).all()
    own = [(one, version) for one, version in rows if within_reach(scope, one)]
    opened = _opened(session, [one.id for one, _ in own])
    return [_line(session, one, version, opened.get(one.id, 0)) for one, version in own]


def announcement_file(session: Session, scope: EmployeeScope, *, announcement_id: int) -> AnnouncementFile:
    """One announcement. Raises NotFoundError for one that goes beyond the employee's districts."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    one = require_own(session, scope, announcement_id)
    versions = session.scalars(
        select(AnnouncementVersion)
        .where(AnnouncementVersion.announcement_id == one.id)
        .order_by(AnnouncementVersion.nth.desc())
    ).all()
    current, earlier = versions[0], versions[1:]
    return AnnouncementFile(
        line=_line(session, one, current, _opened(session, [one.id]).get(one.id, 0)),
        audience=audience_from(one.audience),
        tenancy_numbers=_numbers(session, audience_from(one.audience)),
        planned_for=one.planned_for,
        body=current.body,
        attachment_name=current.attachment_name,
        earlier=tuple(PastVersion(past.nth, past.title, past.body, past.written_at) for past in earlier),
    )


def state_of(announcement: Announcement) -> AnnouncementState:
    """Where it stands now."""
    if announcement.visible_from is None:
        return AnnouncementState.DRAFT
    if announcement.withdrawn_at is not None:
        return AnnouncementState.WITHDRAWN
    if announcement.visible_from > now():
        return AnnouncementState.WAITING
    if announcement.expires_on is not None and announcement.expires_on < today():
        return AnnouncementState.OVER
    return AnnouncementState.CURRENT


def _line(session: Session, one: Announcement, version: AnnouncementVersion, opened: int) -> AnnouncementLine:
    return AnnouncementLine(
        announcement_id=one.id,
        kind=AnnouncementKind(one.kind),
        state=state_of(one),
        title=version.title,
        audience=described(session, audience_from(one.audience)),
        version=one.version,
        visible_from=one.visible_from or one.planned_for,
        expires_on=one.expires_on,
        recipients=one.recipients,
        opened=opened,
    )


def _opened(session: Session, ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(AnnouncementRecipient.announcement_id, func.count())
        .where(AnnouncementRecipient.announcement_id.in_(ids), AnnouncementRecipient.opened_at.is_not(None))
        .group_by(AnnouncementRecipient.announcement_id)
    )
    return dict(rows.all())


def _numbers(session: Session, audience: Audience) -> tuple[str, ...]:
    if audience.kind is not AudienceKind.TENANCY:
        return ()
    chosen = select(Tenancy.tenancy_no).where(Tenancy.id.in_(audience.values)).order_by(Tenancy.tenancy_no)
    return tuple(session.scalars(chosen))
