"""Photos of dials: kept beside their reading, shown to its tenant and to the office that looks after it."""

from pathlib import Path

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.clock import now, today
from core.documents.pictures import CleanPicture
from core.documents.storage import keep_bytes, kept_file
from core.errors import NotFoundError
from core.meters.models import Meter, MeterPoint, MeterReading, ReadingPhoto
from core.registry.models import Premises, Tenancy
from core.registry.queries import premises_served_by

NO_SUCH_PHOTO = "Nie ma takiego zdjęcia."


def attach_photo(session: Session, reading_id: int, photo: CleanPicture) -> None:
    """Keep a photo with its reading; one that has a photo already keeps the first."""
    if session.scalar(select(ReadingPhoto.id).where(ReadingPhoto.reading_id == reading_id)) is None:
        session.add(
            ReadingPhoto(
                reading_id=reading_id,
                sha256=keep_bytes(photo.content),
                original_sha256=photo.original_sha256,
                width=photo.width,
                height=photo.height,
                taken_in_at=now(),
            )
        )
        session.flush()


def photo_of_own_reading(session: Session, scope: TenantScope, *, reading_id: int) -> Path:
    """The photo of a reading from the tenant's own premises and time. Raises NotFoundError."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    own = (
        _photos(reading_id)
        .join(Tenancy, Tenancy.premises_id == MeterPoint.premises_id)
        .where(
            scope.owns(Tenancy.tenant_id, Tenancy.id),
            Tenancy.valid_from <= MeterReading.read_on,
            or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= MeterReading.read_on),
        )
    )
    return _found(session.scalar(own.limit(1)))


def photo_of_served_reading(session: Session, scope: EmployeeScope, *, reading_id: int) -> Path:
    """The photo of a reading in the employee's districts. Raises NotFoundError."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    served = (
        _photos(reading_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .where(premises_served_by(scope, day=today()))
    )
    return _found(session.scalar(served))


def _photos(reading_id: int) -> Select[str]:
    return (
        select(ReadingPhoto.sha256)
        .join(MeterReading, MeterReading.id == ReadingPhoto.reading_id)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .where(ReadingPhoto.reading_id == reading_id)
    )


def _found(sha256: str | None) -> Path:
    if sha256 is None:
        raise NotFoundError(NO_SUCH_PHOTO)
    return kept_file(sha256)
