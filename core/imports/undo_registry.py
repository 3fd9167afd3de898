"""Takes a batch of the registry back: its records become what they were, those it made go."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import Base
from core.errors import DomainError
from core.imports.models import RegistryChange
from core.imports.registry_rows import AREAS, as_json


class UndoRefusedError(DomainError):
    """Something was built on the batch; the message says what and what to do first."""


def undo_registry(session: Session, batch_id: int) -> int:
    """Bring back what stood before the batch; returns how many records it had brought.

    Raises UndoRefusedError where something was built on it.
    """
    changes = session.scalars(
        select(RegistryChange).where(RegistryChange.batch_id == batch_id).order_by(RegistryChange.id.desc())
    ).all()
    for change in changes:
        table = Base.metadata.tables[change.entity]
        _refuse_if_changed_since(session, change, table)
        if change.before is not None:
            before = _from_json(change.before, table)
            session.execute(update(table).where(table.c.id == change.record_id).values(before))
            continue
        try:
            with session.begin_nested():
                session.execute(delete(table).where(table.c.id == change.record_id))
        except IntegrityError:
            raise UndoRefusedError(
                f"Nie można wycofać partii {batch_id}: do pozycji „{change.record_key}” odwołują się już inne dane "
                "(lokale, umowy, wpisy kartoteki albo konta). Wycofaj najpierw partie, które je wczytały."
            ) from None
    session.execute(delete(RegistryChange).where(RegistryChange.batch_id == batch_id))
    return len(changes)


def _refuse_if_changed_since(session: Session, change: RegistryChange, table: Table) -> None:
    later = session.scalar(
        select(func.min(RegistryChange.batch_id)).where(
            RegistryChange.entity == change.entity,
            RegistryChange.record_id == change.record_id,
            RegistryChange.id > change.id,
            RegistryChange.batch_id != change.batch_id,
        )
    )
    if later is not None:
        raise UndoRefusedError(
            f"Nie można wycofać partii {change.batch_id}: pozycję „{change.record_key}” wczytała później także partia {later}. "
            "Wycofaj najpierw tamtą."
        )
    row = session.execute(select(table).where(table.c.id == change.record_id)).mappings().first()
    if row is None or as_json(dict(row)) != change.after:
        raise UndoRefusedError(
            f"Nie można wycofać partii {change.batch_id}: pozycja „{change.record_key}” została zmieniona poza importem."
        )


def _from_json(text: str, table: Table) -> dict[str, Any]:
    values = json.loads(text)
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(table.c[name].type, Date):
            values[name] = date.fromisoformat(value)
        elif name in AREAS:
            values[name] = Decimal(value)
    return dict(values)
