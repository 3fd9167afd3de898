"""Takes readings of a batch back; those that another batch brought too are kept and become that batch's."""

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.batches.models import ImportBatch
from core.db import changed_rows
from core.imports.models import RepeatedReading, SuspendedReading
from core.imports.undo_refused import UndoRefusedError
from core.meters.episodes import device_of
from core.meters.models import Meter, MeterReading, ReadingStatus
from core.meters.order import first_out_of_order

_UNSYNCHRONISED = {"synchronize_session": False}


def undo_readings(session: Session, batch_id: int) -> tuple[int, int]:
    """Leave what would stand had the batch never come; returns how many rows were removed and how many kept.

    Raises UndoRefusedError where the office has decided on a reading, it was settled, or a later one rests on it.
    """
    session.execute(delete(RepeatedReading).where(RepeatedReading.batch_id == batch_id))
    kept = _rehome(session, batch_id, MeterReading) + _rehome(session, batch_id, SuspendedReading)
    _refuse_if_used(session, batch_id)
    touched = session.scalars(_meters_read_later(batch_id)).all()
    session.execute(
        update(SuspendedReading)
        .where(SuspendedReading.reading_id.in_(select(MeterReading.id).where(MeterReading.batch_id == batch_id)))
        .values(reading_id=None),
        execution_options=_UNSYNCHRONISED,
    )
    removed = changed_rows(session, delete(MeterReading).where(MeterReading.batch_id == batch_id))
    removed += changed_rows(session, delete(SuspendedReading).where(SuspendedReading.batch_id == batch_id))
    for meter in touched:
        _refuse_if_out_of_order(session, batch_id, meter)
    return removed, kept


def _refuse_if_used(session: Session, batch_id: int) -> None:
    later = aliased(MeterReading)
    used = session.execute(
        select(Meter.meter_no, MeterReading.read_on, MeterReading.status)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .where(
            MeterReading.batch_id == batch_id,
            or_(
                MeterReading.decided_at.is_not(None),
                MeterReading.status == ReadingStatus.SETTLED,
                exists().where(later.supersedes_id == MeterReading.id),
            ),
        )
        .order_by(MeterReading.id)
        .limit(1)
    ).first()
    if used is not None:
        done = "rozliczono" if used.status == ReadingStatus.SETTLED else "rozpatrzono"
        raise UndoRefusedError(
            f"Nie można wycofać partii {batch_id}: odczyt licznika {used.meter_no} z {used.read_on:%d.%m.%Y} już {done}."
        )


def _meters_read_later(batch_id: int) -> Select[Meter]:
    """Devices that have a reading, or their removal, after one of the batch."""
    later = aliased(MeterReading)
    after = exists().where(later.meter_id == MeterReading.meter_id, later.read_on > MeterReading.read_on)
    return (
        select(Meter)
        .join(MeterReading, MeterReading.meter_id == Meter.id)
        .where(MeterReading.batch_id == batch_id, or_(after, Meter.removed_on.is_not(None)))
        .distinct()
    )


def _refuse_if_out_of_order(session: Session, batch_id: int, meter: Meter) -> None:
    if broken := first_out_of_order(device_of(session, meter), meter):
        raise UndoRefusedError(
            f"Nie można wycofać partii {batch_id}: na jej odczycie licznika {meter.meter_no} opiera się późniejszy, "
            f"z {broken.read_on:%d.%m.%Y}. Najpierw popraw albo odrzuć tamten."
        )


def _rehome(session: Session, batch_id: int, model: type[MeterReading | SuspendedReading]) -> int:
    """Give rows that other batches brought too to the oldest of those."""
    target = RepeatedReading.reading_id if model is MeterReading else RepeatedReading.suspended_id
    found = session.execute(
        select(target, RepeatedReading.batch_id, func.min(RepeatedReading.line_no))
        .join(model, model.id == target)
        .where(model.batch_id == batch_id)
        .group_by(target, RepeatedReading.batch_id)
        .order_by(target, RepeatedReading.batch_id.desc())
    ).all()
    heirs = {row_id: (heir, line_no) for row_id, heir, line_no in found}  # the last of each is the oldest batch
    if heirs:
        moved = [{"id": row_id, "batch_id": heir, "line_no": line} for row_id, (heir, line) in heirs.items()]
        session.execute(update(model), moved)
    for heir, line_no in heirs.values():
        _hand_over(session, heir, line_no, accepted=int(model is MeterReading))
    return len(heirs)


def _hand_over(session: Session, heir: int, line_no: int, *, accepted: int) -> None:
    """A line that counted as repeated is its batch's own now: accepted, or in suspense."""
    session.execute(delete(RepeatedReading).where(RepeatedReading.batch_id == heir, RepeatedReading.line_no == line_no))
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == heir)
        .values(
            repeated=ImportBatch.repeated - 1,
            accepted=ImportBatch.accepted + accepted,
            suspended=ImportBatch.suspended + 1 - accepted,
        )
    )
