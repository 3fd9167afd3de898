"""Which announcements an employee works with."""

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.announcements.models import Announcement, AnnouncementVersion
from core.errors import NotFoundError
from core.registry.audiences import audience_from

NO_SUCH = "Nie ma takiego ogłoszenia."
# How an announcement is joined with what it says now.
CURRENT_TEXT = (AnnouncementVersion.announcement_id == Announcement.id) & (
    AnnouncementVersion.nth == Announcement.version
)


def within_reach(scope: EmployeeScope, announcement: Announcement) -> bool:
    """Whether it does not go beyond the employee's districts; who serves the whole city works with all."""
    within = audience_from(announcement.audience).within
    return not scope.district_ids or (bool(within) and {*within} <= {*scope.district_ids})


def require_own(session: Session, scope: EmployeeScope, announcement_id: int) -> Announcement:
    """The announcement. Raises NotFoundError for one that is not there or goes beyond the employee's districts."""
    found = session.get(Announcement, announcement_id)
    if found is None or not within_reach(scope, found):
        raise NotFoundError(NO_SUCH)
    return found
