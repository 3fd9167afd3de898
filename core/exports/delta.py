"""What is new since the last export: readings are marked and settled as they leave, and what changes later follows."""

from sqlalchemy import ColumnElement, Integer, exists, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from core.exports.models import Export, ExportedReading
from core.exports.reading_source import ReadingFilter
from core.meters.models import COUNTING, MeterReading, ReadingStatus

READINGS = "readings"  # the kind
ADVISORY_LOCK = 470_101
_UNSYNCHRONISED = {"synchronize_session": False}


def one_delta_at_a_time(session: Session) -> None:
    """Wait for whoever makes a delta; SQLite's single writer does it by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))


def last_delta_no(session: Session) -> int:
    """Number of the newest delta; 0 before the first."""
    return session.scalar(select(func.max(Export.delta_no)).where(Export.kind == READINGS)) or 0


def mark_new(session: Session, export_id: int, chosen: ReadingFilter) -> None:
    """Mark every reading that counts and no delta has carried, and settle it; a tenant cannot change it any more."""
    carried = exists().where(ExportedReading.reading_id == MeterReading.id)
    fresh = select(MeterReading.id, literal(export_id, Integer)).where(
        MeterReading.status.in_(COUNTING), ~carried, chosen.condition()
    )
    session.execute(insert(ExportedReading).from_select(["reading_id", "export_id"], fresh))
    session.execute(
        update(MeterReading)
        .where(
            MeterReading.status == ReadingStatus.ACCEPTED,
            MeterReading.id.in_(select(ExportedReading.reading_id).where(ExportedReading.export_id == export_id)),
        )
        .values(status=ReadingStatus.SETTLED),
        execution_options=_UNSYNCHRONISED,
    )


def mark_cancelled(session: Session, export_id: int, chosen: ReadingFilter) -> None:
    """Mark every reading that an earlier delta carried and that counts no more."""
    gone = select(MeterReading.id).where(MeterReading.status.not_in(COUNTING), chosen.condition())
    session.execute(
        update(ExportedReading)
        .where(
            ExportedReading.cancelled_in.is_(None),
            ExportedReading.export_id != export_id,
            ExportedReading.reading_id.in_(gone),
        )
        .values(cancelled_in=export_id),
        execution_options=_UNSYNCHRONISED,
    )


def corrections(session: Session, export_id: int) -> dict[int, int]:
    """Reading of this delta → the exported one whose place it takes, however many steps lie between."""
    before = dict(
        session.execute(
            select(MeterReading.id, MeterReading.supersedes_id)
            .join(ExportedReading, ExportedReading.reading_id == MeterReading.id)
            .where(ExportedReading.export_id == export_id, MeterReading.supersedes_id.is_not(None))
        ).all()
    )
    cancelled = set(
        session.scalars(select(ExportedReading.reading_id).where(ExportedReading.cancelled_in == export_id))
    )
    found = {}
    for reading_id, earlier in before.items():
        at = earlier
        while at is not None and at not in cancelled:
            at = session.scalar(select(MeterReading.supersedes_id).where(MeterReading.id == at))
        if at is not None:
            found[reading_id] = at
    return found


def carried_by(export_id: int, corrects: dict[int, int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL over MeterReading: what a delta carries, and which of it is there to say that it stands no more.

    A correction says by itself that the one before it does not.
    """
    new = MeterReading.id.in_(select(ExportedReading.reading_id).where(ExportedReading.export_id == export_id))
    gone = select(ExportedReading.reading_id).where(ExportedReading.cancelled_in == export_id)
    cancelled = MeterReading.id.in_(gone) & MeterReading.id.not_in([*corrects.values()])
    return new | cancelled, cancelled
