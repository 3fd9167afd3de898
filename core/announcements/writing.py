"""The editor's work on a text: a draft is made, changed and thrown away; what was published is corrected as a new version."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementVersion
from core.announcements.reach import require_own
from core.audit.events import record_by
from core.clock import local, now, today
from core.db import changed_rows
from core.documents.attachments import Attachment
from core.documents.storage import keep_bytes
from core.errors import InvalidFormError, InvalidInputError
from core.registry.audiences import Audience, AudienceKind, limited

LONGEST_TITLE = 150
LONGEST_BODY = 10_000
FARTHEST = timedelta(days=366)  # ahead, for both the day it appears and the day it ends


@dataclass(frozen=True, slots=True)
class AnnouncementText:
    """What an announcement says. `keep_attachment`: the earlier one stays where no new one is given."""

    title: str
    body: str
    attachment: Attachment | None = None
    keep_attachment: bool = True


@dataclass(frozen=True, slots=True)
class AnnouncementPlan:
    """What it is, whom it is for, from when (an aware instant; None: at once) and until which day."""

    kind: AnnouncementKind
    audience: Audience
    planned_for: datetime | None = None
    expires_on: date | None = None


def write_draft(session: Session, scope: EmployeeScope, *, text: AnnouncementText, plan: AnnouncementPlan) -> int:
    """Keep a new draft; returns its id.

    Raises InvalidFormError (fields `title`, `body`, `audience`, `planned_for`, `expires_on`) and NotPermittedError for an
    audience beyond the employee's districts.
    """
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    text, plan = _checked(scope, text, plan)
    made = Announcement(
        kind=plan.kind,
        audience=plan.audience.to_json(),
        planned_for=plan.planned_for,
        expires_on=plan.expires_on,
        created_at=now(),
        created_by=scope.employee_id,
    )
    session.add(made)
    session.flush()
    session.add(_version(scope, made.id, 1, text, None))
    session.flush()
    record_by(session, scope, "announcement_drafted", object_kind="announcement", object_id=made.id)
    return made.id


def change_draft(
    session: Session, scope: EmployeeScope, *, announcement_id: int, text: AnnouncementText, plan: AnnouncementPlan
) -> None:
    """Change a draft. Raises as `write_draft`, and NotFoundError for what is no draft in the employee's reach."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    text, plan = _checked(scope, text, plan)
    own = require_own(session, scope, announcement_id)
    values = {
        "kind": plan.kind,
        "audience": plan.audience.to_json(),
        "planned_for": plan.planned_for,
        "expires_on": plan.expires_on,
    }
    draft = (Announcement.id == own.id) & Announcement.published_at.is_(None)
    if changed_rows(session, update(Announcement).where(draft).values(values)) != 1:
        raise InvalidInputError("To ogłoszenie jest już opublikowane. Popraw je jako nową wersję albo wycofaj.")
    before = session.scalars(
        select(AnnouncementVersion).where(AnnouncementVersion.announcement_id == own.id, AnnouncementVersion.nth == 1)
    ).one()
    after = _version(scope, own.id, 1, text, before)
    before.title, before.body = after.title, after.body
    before.attachment_sha256, before.attachment_name = after.attachment_sha256, after.attachment_name
    before.written_at, before.written_by = after.written_at, after.written_by
    session.flush()


def discard_draft(session: Session, scope: EmployeeScope, *, announcement_id: int) -> None:
    """Throw a draft away. Raises NotFoundError for what is no draft in the employee's reach."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    own = require_own(session, scope, announcement_id)
    if own.published_at is not None:
        raise InvalidInputError("To ogłoszenie jest już opublikowane. Możesz je wycofać.")
    session.execute(delete(AnnouncementVersion).where(AnnouncementVersion.announcement_id == own.id))
    session.execute(delete(Announcement).where(Announcement.id == own.id))
    record_by(session, scope, "announcement_discarded", object_kind="announcement", object_id=announcement_id)


def correct_announcement(
    session: Session, scope: EmployeeScope, *, announcement_id: int, text: AnnouncementText
) -> int:
    """Publish a corrected text to the same recipients, marked as changed; returns the number of the version.

    Raises InvalidFormError as `write_draft`, InvalidInputError where nothing differs or where tenants do not see it now.
    """
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    text = _checked_text(text)
    own = require_own(session, scope, announcement_id)
    before = session.scalars(
        select(AnnouncementVersion).where(
            AnnouncementVersion.announcement_id == own.id, AnnouncementVersion.nth == own.version
        )
    ).one()
    after = _version(scope, own.id, own.version + 1, text, before)
    if (after.title, after.body, after.attachment_sha256) == (before.title, before.body, before.attachment_sha256):
        raise InvalidInputError("Ta wersja niczym się nie różni od poprzedniej.")
    current = (
        (Announcement.id == own.id)
        & (Announcement.version == own.version)
        & (Announcement.visible_from <= now())
        & Announcement.withdrawn_at.is_(None)
    )
    if changed_rows(session, update(Announcement).where(current).values(version=after.nth)) != 1:
        raise InvalidInputError("Poprawić można ogłoszenie, które najemcy już widzą i którego nie wycofano.")
    session.add(after)
    session.flush()
    record_by(
        session, scope, "announcement_corrected", object_kind="announcement", object_id=own.id,
        details={"version": after.nth},
    )  # fmt: skip
    return after.nth


def _version(
    scope: EmployeeScope, announcement_id: int, nth: int, text: AnnouncementText, before: AnnouncementVersion | None
) -> AnnouncementVersion:
    sha256, name = None, None
    if text.attachment is not None:
        sha256, name = keep_bytes(text.attachment.content), text.attachment.name
    elif before is not None and text.keep_attachment:
        sha256, name = before.attachment_sha256, before.attachment_name
    return AnnouncementVersion(
        announcement_id=announcement_id,
        nth=nth,
        title=text.title,
        body=text.body,
        attachment_sha256=sha256,
        attachment_name=name,
        written_at=now(),
        written_by=scope.employee_id,
    )


def _checked(
    scope: EmployeeScope, text: AnnouncementText, plan: AnnouncementPlan
) -> tuple[AnnouncementText, AnnouncementPlan]:
    errors: list[tuple[str, str]] = []
    try:
        text = _checked_text(text)
    except InvalidFormError as refusal:
        errors += refusal.errors
    errors += _wrong_days(plan)
    if plan.audience.kind is not AudienceKind.ALL and not plan.audience.values:
        errors.append(("audience", "Wybierz, do kogo jest ogłoszenie."))
    if errors:
        raise InvalidFormError(errors)
    return text, AnnouncementPlan(plan.kind, limited(scope, plan.audience), plan.planned_for, plan.expires_on)


def _checked_text(text: AnnouncementText) -> AnnouncementText:
    title, body = " ".join(text.title.split()), text.body.replace("\r\n", "\n").strip()
    errors = []
    if not title:
        errors.append(("title", "Wpisz tytuł."))
    elif len(title) > LONGEST_TITLE:
        errors.append(("title", f"Skróć tytuł do {LONGEST_TITLE} znaków."))
    if not body:
        errors.append(("body", "Wpisz treść."))
    elif len(body) > LONGEST_BODY:
        errors.append(("body", f"Skróć treść do {LONGEST_BODY} znaków, teraz ma {len(body)}."))
    if errors:
        raise InvalidFormError(errors)
    return AnnouncementText(title, body, text.attachment, text.keep_attachment)


def _wrong_days(plan: AnnouncementPlan) -> list[tuple[str, str]]:
    errors = []
    first = local(plan.planned_for).date() if plan.planned_for else today()
    if plan.planned_for is not None and plan.planned_for > now() + FARTHEST:
        errors.append(("planned_for", "Ogłoszenie można zaplanować najwyżej na rok naprzód."))
    if plan.expires_on is None and plan.kind is AnnouncementKind.EMERGENCY:
        errors.append(("expires_on", "Ogłoszenie pilne musi mieć dzień, do którego obowiązuje."))
    if plan.expires_on is not None and plan.expires_on < max(first, today()):
        errors.append(("expires_on", "Ogłoszenie skończyłoby się, zanim się pojawi."))
    return errors
