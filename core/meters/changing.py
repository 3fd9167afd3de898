"""The one way a reading stops standing: a conditional update, so that of two people at once one is told."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.db import changed_rows
from core.errors import DomainError
from core.meters.models import MeterReading, ReadingStatus

OPEN = (ReadingStatus.ACCEPTED, ReadingStatus.TO_CLARIFY)
# The office may also change what was settled: the next export says so.
OPEN_TO_OFFICE = (*OPEN, ReadingStatus.SETTLED)


class ReadingMovedError(DomainError):
    """The reading does not stand any more, or it is settled: somebody else was faster, or it was done already."""

    def __init__(self) -> None:
        super().__init__("Tego odczytu nie można już zmienić: rozliczono go albo ktoś zmienił go wcześniej.")


def change_reading(
    session: Session,
    reading: MeterReading,
    to: ReadingStatus,
    *,
    of: tuple[ReadingStatus, ...] = OPEN,
    **values: object,
) -> None:
    """Take a reading from one of the statuses `of` to another, with further column values. Raises ReadingMovedError."""
    changed = changed_rows(
        session,
        update(MeterReading)
        .where(MeterReading.id == reading.id, MeterReading.status.in_(of))
        .values(status=to, **values),
    )
    if changed != 1:
        raise ReadingMovedError
    session.refresh(reading)
