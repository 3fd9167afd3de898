"""Photos of faults: kept beside their report, shown to its tenant and to the office that looks after the building."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.clock import now
from core.documents.pictures import CleanPicture
from core.documents.storage import keep_bytes, kept_file
from core.errors import NotFoundError
from core.faults.models import FaultPhoto, FaultReport
from core.faults.reach import within_reach

NO_SUCH_PHOTO = "Nie ma takiego zdjęcia."


def attach_photos(session: Session, report_id: int, photos: Sequence[CleanPicture]) -> None:
    """Keep the photos of a new report."""
    session.add_all(
        FaultPhoto(
            report_id=report_id,
            nth=nth,
            sha256=keep_bytes(photo.content),
            original_sha256=photo.original_sha256,
            width=photo.width,
            height=photo.height,
            taken_in_at=now(),
        )
        for nth, photo in enumerate(photos, start=1)
    )
    session.flush()


def photo_ids(session: Session, report_id: int) -> tuple[int, ...]:
    """The photos of a report, in their order."""
    wanted = select(FaultPhoto.id).where(FaultPhoto.report_id == report_id).order_by(FaultPhoto.nth)
    return tuple(session.scalars(wanted))


def own_fault_photo(session: Session, scope: TenantScope, *, photo_id: int) -> Path:
    """A photo of the tenant's own report. Raises NotFoundError."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    return _found(session, photo_id, scope.owns(FaultReport.tenant_id, FaultReport.tenancy_id))


def served_fault_photo(session: Session, scope: EmployeeScope, *, photo_id: int) -> Path:
    """A photo of a report within the employee's reach. Raises NotFoundError."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    return _found(session, photo_id, within_reach(scope, FaultReport.building_id))


def _found(session: Session, photo_id: int, condition: ColumnElement[bool]) -> Path:
    sha256 = session.scalar(
        select(FaultPhoto.sha256)
        .join(FaultReport, FaultReport.id == FaultPhoto.report_id)
        .where(FaultPhoto.id == photo_id, condition)
    )
    if sha256 is None:
        raise NotFoundError(NO_SUCH_PHOTO)
    return kept_file(sha256)
