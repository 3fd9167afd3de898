"""Takes a batch of the registry back: its records become what they were, those it made go."""

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Table, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from core.db import Base, ScaledType
from core.imports.findings import UnusableFileError
from core.imports.meter_checks import require_states_in_order
from core.imports.models import RegistryChange
from core.imports.registry_rows import as_json
from core.imports.undo_refused import UndoRefusedError
from core.ledger.maintained import MOVING, moving
from core.meters.models import Meter


@dataclass(frozen=True, slots=True)
class _Record:
    """One record that the batch brought: what it was before its first change (None: not there) and after its last."""

    id: int
    key: str
    before: str | None
    after: str


def undo_registry(session: Session, batch_id: int) -> tuple[int, int]:
    """Bring back what stood before the batch; returns how many records it had brought, and 0: none is kept.

    Raises UndoRefusedError where something was built on it.
    """
    _refuse_if_brought_since(session, batch_id)
    brought = _brought(session, batch_id)
    for table, records in brought.items():
        _refuse_if_changed_outside(session, batch_id, table, records)
        _restore(session, table, records)
        if table is Meter.__table__:
            _refuse_if_read_since(session, batch_id, records)
    for table in reversed(brought):  # what refers to others was made after them
        _delete_made(session, batch_id, table, [one for one in brought[table] if one.before is None])
    session.execute(delete(RegistryChange).where(RegistryChange.batch_id == batch_id))
    return sum(map(len, brought.values())), 0


def _refuse_if_brought_since(session: Session, batch_id: int) -> None:
    own, other = aliased(RegistryChange), aliased(RegistryChange)
    # The key beside the id: the index is over the keys.
    same = (other.entity == own.entity) & (other.record_key == own.record_key) & (other.record_id == own.record_id)
    later = session.execute(
        select(own.record_key, other.batch_id)
        .join(other, same & (other.id > own.id) & (other.batch_id != own.batch_id))
        .where(own.batch_id == batch_id)
        .order_by(own.id.desc(), other.id)
        .limit(1)
    ).first()
    if later is not None:
        raise UndoRefusedError(
            f"Nie można wycofać partii {batch_id}: pozycję „{later[0]}” wczytała później także partia {later[1]}. "
            "Wycofaj najpierw tamtą."
        )


def _brought(session: Session, batch_id: int) -> dict[Table, list[_Record]]:
    """What the batch brought, by table, each in the order in which it came."""
    change = RegistryChange
    found: dict[Table, dict[int, _Record]] = {}
    for entity, record_id, key, before, after in session.execute(
        select(change.entity, change.record_id, change.record_key, change.before, change.after)
        .where(change.batch_id == batch_id)
        .order_by(change.id)
    ):
        records = found.setdefault(Base.metadata.tables[entity], {})
        first = records.get(record_id)
        records[record_id] = _Record(record_id, key, first.before if first else before, after)
    return {table: list(records.values()) for table, records in found.items()}


def _refuse_if_changed_outside(session: Session, batch_id: int, table: Table, records: list[_Record]) -> None:
    brought = select(RegistryChange.record_id).where(
        RegistryChange.batch_id == batch_id, RegistryChange.entity == table.name
    )
    rows = session.execute(select(table).where(table.c.id.in_(brought))).mappings()
    stands = {row["id"]: as_json(dict(row)) for row in rows}
    for one in records:
        if stands.get(one.id) != one.after:
            raise UndoRefusedError(
                f"Nie można wycofać partii {batch_id}: pozycja „{one.key}” została zmieniona poza importem."
            )


def _restore(session: Session, table: Table, records: list[_Record]) -> None:
    before = [_from_json(one.before, table) for one in records if one.before is not None and one.before != one.after]
    if before:
        columns: dict[str, Any] = {name: bindparam(name) for name in before[0] if name != "id"}
        of_record = table.c.id == bindparam("record_id")
        with _followed_by_figures(session, table, records):
            session.execute(
                update(table).where(of_record).values(columns), [{**one, "record_id": one["id"]} for one in before]
            )


def _followed_by_figures(session: Session, table: Table, records: list[_Record]) -> AbstractContextManager[None]:
    model = next((one for one in MOVING if one.__table__ is table), None)
    if model is None:
        return nullcontext()
    changed = [(one.id, json.loads(one.before), json.loads(one.after)) for one in records if one.before is not None]
    return moving(
        session,
        model,
        [id_ for id_, was, now in changed if any(was[name] != now[name] for name in MOVING[model])],
    )


def _refuse_if_read_since(session: Session, batch_id: int, records: list[_Record]) -> None:
    changed = {one.id: 0 for one in records if one.before is not None and one.before != one.after}
    try:
        require_states_in_order(session, changed)
    except UnusableFileError as broken:
        raise UndoRefusedError(f"Nie można wycofać partii {batch_id}: {broken.finding.reason}") from None


def _delete_made(session: Session, batch_id: int, table: Table, made: list[_Record]) -> None:
    """Delete the records the batch made all at once; only where that fails one by one, to name what stands in the way."""
    ids = select(RegistryChange.record_id).where(
        RegistryChange.batch_id == batch_id, RegistryChange.entity == table.name, RegistryChange.before.is_(None)
    )
    try:
        with session.begin_nested():
            session.execute(delete(table).where(table.c.id.in_(ids)))
        return
    except IntegrityError:
        pass
    for one in reversed(made):
        try:
            with session.begin_nested():
                session.execute(delete(table).where(table.c.id == one.id))
        except IntegrityError:
            raise UndoRefusedError(
                f"Nie można wycofać partii {batch_id}: do pozycji „{one.key}” odwołują się już inne dane "
                "(lokale, umowy, opłaty, liczniki, odczyty, wpisy kartoteki, ogłoszenia albo konta). "
                "Wycofaj najpierw partie, które je wczytały."
            ) from None


def _from_json(text: str, table: Table) -> dict[str, Any]:
    values = json.loads(text)
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(table.c[name].type, Date):
            values[name] = date.fromisoformat(value)
        elif isinstance(table.c[name].type, ScaledType):
            values[name] = Decimal(value)
    return dict(values)
