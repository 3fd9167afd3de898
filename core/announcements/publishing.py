"""Publishing: counted before, taken back within a minute, told when it appears, withdrawn.

The audience becomes rows at the moment of publishing, in one statement, and once more when a planned one appears. Who
moves into the audience while it is current is added every day.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Text, delete, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient, AnnouncementVersion
from core.announcements.reach import require_own
from core.audit.events import record_by
from core.clock import local, now, today
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError
from core.notices.models import Notice, NoticeKind
from core.registry.audiences import Audience, AudienceKind, addressed, audience_from, recipients_now
from core.registry.models import Tenancy

TAKEN_BACK_WITHIN = timedelta(seconds=60)
SHOWN_AT_HOME = timedelta(days=30)  # of one without an end
PURPOSE = "publish_announcement"
KINDS = {AnnouncementKind.PLAIN: NoticeKind.ANNOUNCEMENT, AnnouncementKind.EMERGENCY: NoticeKind.EMERGENCY}


@dataclass(frozen=True, slots=True)
class PublishingQuestion:
    """What the editor is asked before publishing: to how many, the first names, and the token of the answer."""

    recipients: int
    names: tuple[str, ...]
    token: str


class AudienceChangedError(DomainError):
    """Between the question and the answer the audience became another."""

    def __init__(self, shown: int, found: int) -> None:
        super().__init__(
            f"Odbiorcy zmienili się, zanim opublikowano ogłoszenie: było {shown}, jest {found}. Nic nie wysłano. "
            "Sprawdź odbiorców i potwierdź jeszcze raz."
        )
        self.found = found


def ask_publishing(session: Session, scope: EmployeeScope, *, announcement_id: int) -> PublishingQuestion:
    """Count the recipients of a draft and mint the token. Raises NotFoundError, and InvalidInputError for an empty audience."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    if own.published_at is not None:
        raise InvalidInputError("To ogłoszenie jest już opublikowane.")
    audience = audience_from(own.audience)
    number, names = recipients_now(session, audience)
    if not number:
        raise InvalidInputError("Nie ma nikogo, do kogo trafiłoby to ogłoszenie. Zmień odbiorców.", field="audience")
    shown = f"{own.id}:{_print_of_audience(session, audience)}"
    return PublishingQuestion(number, names, mint_confirmation(session, scope, purpose=PURPOSE, object_id=shown))


def publish(session: Session, scope: EmployeeScope, *, announcement_id: int, recipients: int, token: str) -> None:
    """Publish a draft to exactly the audience that was asked about (`recipients`: how many were shown).

    It appears a minute later, or when it is planned for. Raises AudienceChangedError, ConfirmationUsedError, NotFoundError.
    """
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    _refuse_too_late(own)
    visible_from = max(own.planned_for or now(), now() + TAKEN_BACK_WITHIN)
    draft = (Announcement.id == own.id) & Announcement.published_at.is_(None)
    values = {"published_at": now(), "visible_from": visible_from}
    if changed_rows(session, update(Announcement).where(draft).values(values)) != 1:
        raise InvalidInputError("To ogłoszenie jest już opublikowane.")
    audience = audience_from(own.audience)
    found = _address(session, own.id, audience)
    if found != recipients:
        raise AudienceChangedError(recipients, found)
    object_id = f"{own.id}:{_print_of_recipients(session, own.id)}"
    refusal = (
        "Odbiorcy zmienili się albo potwierdzenie wygasło. Nic nie wysłano. Sprawdź odbiorców i potwierdź ponownie."
    )
    use_confirmation(session, scope, purpose=PURPOSE, object_id=object_id, token=token, refusal=refusal)
    session.execute(update(Announcement).where(Announcement.id == own.id).values(recipients=found))
    record_by(
        session, scope, "announcement_published", object_kind="announcement", object_id=own.id,
        details={"recipients": found},
    )  # fmt: skip


def take_back(session: Session, scope: EmployeeScope, *, announcement_id: int) -> None:
    """Make a draft again of what nobody has seen yet. Raises NotFoundError, and InvalidInputError once it is to be seen."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    unseen = (Announcement.id == own.id) & (Announcement.visible_from > now())
    values = {"published_at": None, "visible_from": None, "recipients": 0}
    if changed_rows(session, update(Announcement).where(unseen).values(values)) != 1:
        raise InvalidInputError("Najemcy już widzą to ogłoszenie. Możesz je poprawić albo wycofać.")
    session.execute(delete(AnnouncementRecipient).where(AnnouncementRecipient.announcement_id == own.id))
    record_by(session, scope, "announcement_taken_back", object_kind="announcement", object_id=own.id)


def withdraw_announcement(session: Session, scope: EmployeeScope, *, announcement_id: int) -> None:
    """Take it off every screen; who opened it finds it in the archive, marked. Mail that is out stays out.

    Raises NotFoundError, and InvalidInputError for what is not published or was withdrawn before.
    """
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    stands = (Announcement.id == own.id) & Announcement.published_at.is_not(None) & Announcement.withdrawn_at.is_(None)
    if changed_rows(session, update(Announcement).where(stands).values(withdrawn_at=now())) != 1:
        raise InvalidInputError("Tego ogłoszenia nie można wycofać: nie jest opublikowane albo już je wycofano.")
    session.execute(delete(Notice).where(*_notices_of(own)))
    record_by(session, scope, "announcement_withdrawn", object_kind="announcement", object_id=own.id)


def any_due(session: Session) -> bool:
    """Whether there is anything for `announce_due` to tell."""
    return bool(session.scalar(select(exists().where(*_due()))))


def announce_due(session: Session) -> int:
    """Tell the recipients of each announcement, and of each correction, that has come to be seen; how many were told."""
    due = session.scalars(select(Announcement).where(*_due())).all()
    told = 0
    for one in due:
        first = one.announced_version == 0  # before the claim: it changes the object in hand too
        claim = (Announcement.id == one.id) & (Announcement.announced_version < one.version)
        if changed_rows(session, update(Announcement).where(claim).values(announced_version=one.version)) != 1:
            continue
        if first and _was_planned(one):
            # Nobody can have opened it: whom it is for is settled on the day it appears.
            session.execute(delete(AnnouncementRecipient).where(AnnouncementRecipient.announcement_id == one.id))
            number = _address(session, one.id, audience_from(one.audience))
            session.execute(update(Announcement).where(Announcement.id == one.id).values(recipients=number))
        told += _tell(session, one)
    return told


def extend_audiences(session: Session) -> int:
    """Add who has moved into the audience of a current announcement; how many were told."""
    current = session.scalars(
        select(Announcement).where(
            Announcement.announced_version > 0,
            Announcement.withdrawn_at.is_(None),
            Announcement.expires_on >= today(),
        )
    ).all()
    told = 0
    for one in current:
        audience = audience_from(one.audience)
        if audience.kind is not AudienceKind.TENANCY and _address(session, one.id, audience):
            told += _tell(session, one)
    return told


def shown_until(announcement: Announcement) -> date:
    """The last day on which the home page points to it."""
    if announcement.expires_on is not None:
        return announcement.expires_on
    return local(announcement.visible_from or now()).date() + SHOWN_AT_HOME


def notice_key(announcement_id: int, version: int) -> str:
    """By what the inbox tells one announcement, and its corrections, from another."""
    return f"{announcement_id}/{version}"


def _address(session: Session, announcement_id: int, audience: Audience) -> int:
    """Add everybody in the audience who is not a recipient yet, in one statement; how many were added."""
    there = exists().where(
        AnnouncementRecipient.announcement_id == announcement_id, AnnouncementRecipient.tenant_id == Tenancy.tenant_id
    )
    chosen = (
        select(literal(announcement_id), Tenancy.tenant_id, func.min(Tenancy.id))
        .where(addressed(audience, day=today()), ~there)
        .group_by(Tenancy.tenant_id)
    )
    columns = ["announcement_id", "tenant_id", "tenancy_id"]
    return changed_rows(session, insert(AnnouncementRecipient).from_select(columns, chosen))


def _tell(session: Session, one: Announcement) -> int:
    version = session.scalars(
        select(AnnouncementVersion).where(
            AnnouncementVersion.announcement_id == one.id, AnnouncementVersion.nth == one.version
        )
    ).one()
    facts = {"announcement_id": str(one.id), "version": str(one.version), "title": version.title}
    kind, key = KINDS[AnnouncementKind(one.kind)], notice_key(one.id, one.version)
    told = exists().where(Notice.tenant_id == AnnouncementRecipient.tenant_id, Notice.kind == kind, Notice.key == key)
    chosen = select(
        AnnouncementRecipient.tenant_id,
        literal(kind.value, String),
        literal(key, String),
        literal(json.dumps(facts, ensure_ascii=False), Text),
        literal(now(), Notice.created_at.type),
        literal(shown_until(one), Notice.shown_until.type),
    ).where(AnnouncementRecipient.announcement_id == one.id, ~told)
    columns = ["tenant_id", "kind", "key", "facts", "created_at", "shown_until"]
    return changed_rows(session, insert(Notice).from_select(columns, chosen))


def _notices_of(own: Announcement) -> tuple[ColumnElement[bool], ...]:
    recipients = select(AnnouncementRecipient.tenant_id).where(AnnouncementRecipient.announcement_id == own.id)
    keys = [notice_key(own.id, nth) for nth in range(1, own.version + 1)]
    kind = KINDS[AnnouncementKind(own.kind)]
    return Notice.tenant_id.in_(recipients), Notice.kind == kind, Notice.key.in_(keys)


def _due() -> tuple[ColumnElement[bool], ...]:
    untold = Announcement.announced_version < Announcement.version
    return untold, Announcement.visible_from <= now(), Announcement.withdrawn_at.is_(None)


def _was_planned(one: Announcement) -> bool:
    return bool(one.visible_from and one.published_at and one.visible_from - one.published_at > TAKEN_BACK_WITHIN)


def _refuse_too_late(own: Announcement) -> None:
    if own.expires_on is not None and own.expires_on < today():
        raise InvalidInputError("Dzień, do którego ogłoszenie obowiązuje, już minął. Zmień go.", field="expires_on")


def _print_of_audience(session: Session, audience: Audience) -> str:
    tenants = (
        select(Tenancy.tenant_id.label("id")).where(addressed(audience, day=today())).distinct().subquery("audience")
    )
    return _print(session, select(*_sums(tenants.c.id)))


def _print_of_recipients(session: Session, announcement_id: int) -> str:
    mine = AnnouncementRecipient.announcement_id == announcement_id
    return _print(session, select(*_sums(AnnouncementRecipient.tenant_id)).where(mine))


def _sums(tenant_id: Any) -> tuple[ColumnElement[Any], ...]:
    """Three sums that tell one set of tenants from another without fetching it."""
    return func.count(), func.sum(tenant_id), func.sum(tenant_id * (tenant_id % 9973))


def _print(session: Session, chosen: Select[*tuple[Any, ...]]) -> str:
    return "-".join(str(int(one or 0)) for one in session.execute(chosen).one())
