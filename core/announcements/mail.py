"""An announcement by mail: what its messages say, taken from the text as it stands when they are written."""

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.announcements.models import Announcement, AnnouncementVersion
from core.announcements.publishing import shown_until
from core.announcements.reach import CURRENT_TEXT

_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\((https://[^\s()]+)\)")


def mail_words(session: Session, facts: Mapping[str, str]) -> dict[str, str] | None:
    """What fills the templates `announcement` and `emergency`, from the facts of a notice; None: it was withdrawn since."""
    found = session.execute(
        select(Announcement, AnnouncementVersion)
        .join(AnnouncementVersion, CURRENT_TEXT)
        .where(Announcement.id == int(facts["announcement_id"]), Announcement.withdrawn_at.is_(None))
    ).first()
    if found is None:
        return None
    announcement, version = found
    return {
        "announcement_id": str(announcement.id),
        "title": version.title,
        "body": without_marks(version.body),
        "changed": "tak" if version.nth > 1 else "",
        "until": f"{shown_until(announcement):%d.%m.%Y}",
    }


def without_marks(body: str) -> str:
    """The text without its marks, for a message that is plain text; the address of a link stands behind its words."""
    return _LINK.sub(r"\1 (\2)", _BOLD.sub(r"\1", body))
