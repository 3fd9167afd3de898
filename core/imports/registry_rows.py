"""Brings registry rows in: makes what is new, updates what changed (by the landlord's own key), keeps what was before."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.orm import Session

from core.db import Base, ScaledType
from core.imports.columns import Layout
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.kinds import KINDS
from core.imports.meter_checks import require_states_in_order
from core.imports.models import RegistryChange
from core.imports.options import LoadOptions
from core.imports.registry_records import RECORDS, Key, Record, Reference, Row, record_of
from core.imports.writer import Writer
from core.ledger.maintained import MOVING, moving
from core.meters.models import Meter
from core.registry.models import Tenancy

# What goes over to somebody else with all that hangs on it: confirmed, never silent. Column → heading and what to say.
_MOVES: dict[tuple[type[Base], str], tuple[str, str]] = {
    (Tenancy, "tenant_id"): (
        "nr_kontrahenta",
        "Umowa przechodzi na innego kontrahenta: cała jej kartoteka będzie widoczna u nowego. Potwierdź, że tak ma być.",
    ),
    (Meter, "point_id"): (
        "kod_lokalu",
        "Licznik przechodzi w inne miejsce: wszystkie jego odczyty będą widoczne tam. Potwierdź, że tak ma być.",
    ),
}
CHUNK = 5_000  # values in one IN list


class RegistryWriter(Writer):
    """One load of one registry file."""

    def __init__(
        self, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
    ) -> None:
        super().__init__(session, batch_id, layout, options, findings)
        self._kind = next(name for name, kind in KINDS.items() if kind.columns == layout.columns)
        self._standing: dict[type[Base], dict[Key, Row]] = {}
        self._seen: dict[Key, tuple[int, bytes]] = {}
        self._brought: set[tuple[str, int]] = set()
        self._names: dict[type[Base], dict[int, Key]] = {}
        self._changed_meters: dict[int, int] = {}  # id → line

    def write(self, rows: pl.DataFrame) -> None:
        """Save the rows of one block, record by record."""
        good = self._resolvable(self._single(rows.drop("ok").to_dicts()))
        touched: set[int] = set()
        for record in RECORDS[self._kind]:
            chosen = record.prepare(self, good) if record.prepare else good
            changed = self._save(record, chosen)
            touched |= changed if record.counts else set()
        self.accepted += len(touched)
        self.repeated += len(good) - len(touched)

    def finish(self) -> None:
        """References were checked row by row; devices that changed are held against what was read from them."""
        if self._changed_meters:
            require_states_in_order(self.session, self._changed_meters)

    def standing(self, model: type[Base]) -> dict[Key, Row]:
        """All records of a table as they stand, by key: registries are small enough to be read whole."""
        if model not in self._standing:
            found = self.session.execute(select(*model.__table__.columns)).mappings().all()
            self._standing[model] = _by_key(model, found)
        return self._standing[model]

    def _standing_of(self, record: Record, rows: Sequence[Row]) -> dict[Key, Row]:
        """The records of a table that rows of one block may mean."""
        if not record.within:
            return self.standing(record.model)
        source, table = record.key[record.within], record.model.__table__
        values = sorted({self._value(record.model, source, row, record.within) for row in rows})
        found: dict[Key, Row] = {}
        for start in range(0, len(values), CHUNK):
            some = select(*table.columns).where(table.c[record.within].in_(values[start : start + CHUNK]))
            found |= _by_key(record.model, self.session.execute(some).mappings().all())
        return found

    def find(self, model: type[Base], key: Key) -> Row | None:
        """The record with this key, if it stands."""
        return self.standing(model).get(key)

    def _single(self, rows: list[Row]) -> list[Row]:
        """Each key once: an equal second row is a repetition, a different one an error."""
        kept = []
        kind = KINDS[self._kind]
        for row in rows:
            line, key = row.pop("line_no"), tuple(row[field] for field in kind.key_fields)
            content = hashlib.blake2b(as_json(row).encode(), digest_size=16).digest()
            first = self._seen.get(key)
            if first is None:
                self._seen[key] = (line, content)
                kept.append({**row, "line_no": line})
            elif first[1] == content:
                self.repeated += 1
            else:
                self.rejected += 1
                reason = f"{kind.key_name} powtarza się w pliku z inną treścią; pierwszy raz w wierszu {first[0]}."
                self._error(Cause.REPEATED_KEY, line, kind.columns[0].name, " / ".join(map(str, key)), reason)
        return kept

    def _resolvable(self, rows: list[Row]) -> list[Row]:
        """Rows whose references to records of other files all resolve; the others are reported."""
        references = [
            reference
            for record in RECORDS[self._kind]
            for reference in (*record.key.values(), *record.values.values())
            if isinstance(reference, Reference) and reference.missing
        ]
        good = []
        for row in rows:
            broken = [one for one in references if self._lookup(one, row) is None]
            for reference in broken:
                cell = str(row[_first_field(reference)])
                self._error(Cause.UNKNOWN_REFERENCE, row["line_no"], reference.heading, cell, reference.missing)
            self.rejected += bool(broken)
            if not broken:
                good.append(row)
        return good

    def _lookup(self, reference: Reference, row: Row) -> int | None:
        key = (self._lookup(part, row) if isinstance(part, Reference) else row[part] for part in reference.key.values())
        found = self.find(reference.model, tuple(key))
        return None if found is None else int(found["id"])

    def _save(self, record: Record, rows: Sequence[Row]) -> set[int]:
        """Make or update one record of each row; returns the lines that changed something."""
        standing = self._standing_of(record, rows)
        new: dict[Key, tuple[int, Row]] = {}
        changed: dict[int, tuple[int, Row, Row]] = {}
        kept: dict[int, tuple[int, Row]] = {}
        for row in rows:
            key = tuple(self._value(record.model, source, row, column) for column, source in record.key.items())
            told = {name: self._value(record.model, source, row, name) for name, source in record.values.items()}
            values = {name: told[name] for name in self._carried(record)}
            has = standing.get(key)
            if key in new:
                self._warn_of_difference(row["line_no"], key, {name: new[key][1][name] for name in values}, values)
            elif has is None:  # what the file does not tell has its default
                once = {name: row[source] for name, source in record.once.items()}
                new[key] = (row["line_no"], dict(zip(record.key, key, strict=True)) | once | told)
            elif has["id"] in changed:
                self._warn_of_difference(row["line_no"], key, changed[has["id"]][2], values)
            elif any(has[name] != value for name, value in values.items()):
                changed[has["id"]] = (row["line_no"], has, values)
            else:
                kept.setdefault(has["id"], (row["line_no"], has))
        self._keep(record.model, kept)
        self._make(record, new, rows)
        self._update(record.model, list(changed.values()))
        return {line for line, _ in new.values()} | {line for line, _, _ in changed.values()}

    def _warn_of_difference(self, line: int, key: Key, first: Row, values: Row) -> None:
        """Rows of one file say different things of one record (a building's administrator): the first one counts."""
        if first != values:
            names = self._headings([name for name in values if values[name] != first[name]])
            reason = f"Wcześniejszy wiersz podaje inne dane tej samej pozycji ({names}); liczy się pierwszy."
            cell = " / ".join(map(str, key))
            self.findings.add(Finding(Severity.WARNING, Cause.REPEATED_KEY, reason, line, None, cell))

    def _keep(self, model: type[Base], kept: dict[int, tuple[int, Row]]) -> None:
        """Remember that this batch brought records which stand already: an undo of another batch must not lose them."""
        fresh = {id_: found for id_, found in kept.items() if (model.__tablename__, id_) not in self._brought}
        if fresh:
            self._remember(model, [(line, has, dict(has)) for line, has in fresh.values()])

    def _carried(self, record: Record) -> dict[str, str | Reference]:
        """Values whose column the file has; a column that is not there changes nothing."""
        present = self.layout.present
        return {
            name: source
            for name, source in record.values.items()
            if isinstance(source, Reference) or source in present or source in record.filled
        }

    def _value(self, model: type[Base], source: str | Reference, row: Row, column: str) -> Any:
        if isinstance(source, Reference):
            return self._lookup(source, row)
        value, stored = row[source], model.__table__.c[column].type
        return Decimal(value).scaleb(-stored.places) if isinstance(stored, ScaledType) and value is not None else value

    def _make(self, record: Record, new: dict[Key, tuple[int, Row]], rows: Sequence[Row]) -> None:
        if not new:
            return
        self.session.execute(insert(record.model), [values for _, values in new.values()])
        self._standing.pop(record.model, None)
        standing = self._standing_of(record, rows)
        self._remember(record.model, [(line, standing[key], None) for key, (line, _) in new.items()])

    def _update(self, model: type[Base], changed: list[tuple[int, Row, Row]]) -> None:
        if not changed:
            return
        deciding = MOVING.get(model, ())
        recounted = [
            has["id"]
            for _, has, values in changed
            if any(values.get(name, has[name]) != has[name] for name in deciding)
        ]
        with moving(self.session, model, recounted):
            self.session.execute(update(model), [{"id": has["id"], **values} for _, has, values in changed])
        before = [(line, dict(has)) for line, has, _ in changed]
        for _, has, values in changed:
            has.update(values)
        if model is Meter:
            self._changed_meters |= {has["id"]: line for line, has, _ in changed}
        after = [(line, has, was) for (line, was), (_, has, _) in zip(before, changed, strict=True)]
        self._remember(model, after)
        for line, has, was in after:
            changed_names = [name for name in has if has[name] != was[name]]
            key = " / ".join(self._written_key(model, has))
            reason = f"Zmienione dane: {self._headings(changed_names)}."
            self.findings.add(Finding(Severity.NOTICE, Cause.CHANGED, reason, line, None, key))
            for (moved, column), (heading, told) in _MOVES.items():
                if moved is model and column in changed_names:
                    self.findings.add(Finding(Severity.WARNING, Cause.CHANGED, told, line, heading, key))

    def _remember(self, model: type[Base], records: Sequence[tuple[int, Row, Row | None]]) -> None:
        self._brought |= {(model.__tablename__, after["id"]) for _, after, _ in records}
        self.session.execute(
            insert(RegistryChange),
            [
                {
                    "batch_id": self.batch_id,
                    "line_no": line,
                    "entity": model.__tablename__,
                    "record_id": after["id"],
                    "record_key": "/".join(self._written_key(model, after)),
                    "before": None if before is None else as_json(before),
                    "after": as_json(after),
                }
                for line, after, before in records
            ],
        )

    def _written_key(self, model: type[Base], record: Row) -> list[str]:
        """A record's key in the landlord's own numbers, where its parts refer to records of other files."""
        parts: list[str] = []
        for column, source in record_of(model).key.items():
            if isinstance(source, Reference) and source.heading:
                parts += map(str, self._name_of(source.model, record[column]))
            else:
                parts.append(str(record[column]))
        return parts

    def _name_of(self, model: type[Base], record_id: int) -> Key:
        if model not in self._names:
            self._names[model] = {row["id"]: key for key, row in self.standing(model).items()}
        return self._names[model][record_id]

    def _headings(self, columns: Sequence[str]) -> str:
        """The columns of a record as the file heads them."""
        sources = {
            column: source.heading or _first_field(source) if isinstance(source, Reference) else source
            for record in RECORDS[self._kind]
            for column, source in record.values.items()
        }
        by_field = {column.field: column.name for column in KINDS[self._kind].columns}
        named = (sources.get(column, column) for column in columns)
        return ", ".join(by_field.get(name, name) for name in named)

    def _error(self, cause: Cause, line: int, column: str, cell: str, reason: str) -> None:
        self.findings.add(Finding(Severity.ERROR, cause, reason, line, column, cell))


def as_json(record: Mapping[str, Any]) -> str:
    """A record's columns as text that compares equal exactly when the records do."""
    return json.dumps(
        {name: str(value) if isinstance(value, date | Decimal) else value for name, value in record.items()}
    )


def _first_field(reference: Reference) -> str:
    first = next(iter(reference.key.values()))
    return _first_field(first) if isinstance(first, Reference) else first


def _by_key(model: type[Base], found: Iterable[RowMapping]) -> dict[Key, Row]:
    names = tuple(record_of(model).key)
    return {tuple(row[name] for name in names): dict(row) for row in found}
