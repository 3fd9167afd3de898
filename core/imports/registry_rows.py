"""Brings registry rows in: makes what is new, updates what changed (by the landlord's own key), keeps what was before.

Each kind is a tuple of `Record` declarations, saved one after the other, so that a later one can refer to an earlier one.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.clock import today
from core.db import Base
from core.imports.columns import Layout
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.kinds import KINDS
from core.imports.models import RegistryChange
from core.imports.options import LoadOptions
from core.registry.models import (
    Building,
    BuildingService,
    Premises,
    PropertyAdministrator,
    ServiceDistrict,
    Tenancy,
    Tenant,
)

Row = dict[str, Any]
Key = tuple[Any, ...]
_MOVED_TENANCY = (
    "Umowa przechodzi na innego kontrahenta: cała jej kartoteka będzie widoczna u nowego. Potwierdź, że tak ma być."
)
# A building's first assignment holds for all its past.
SINCE_EVER = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the id of another record, found by that record's key in fields of the row."""

    model: type[Base]
    key: Mapping[str, str]  # column of the other record → field of the row
    heading: str = ""  # column of the file to blame when there is no such record
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One table that a kind of file fills."""

    model: type[Base]
    key: Mapping[str, str | Reference]  # column → field of the row, or a reference
    values: Mapping[str, str | Reference] = field(default_factory=dict)
    once: Mapping[str, str] = field(default_factory=dict)  # set when made, never updated
    counts: bool = True  # whether what becomes of this record says what became of the row
    prepare: Callable[["RegistryWriter", list[Row]], list[Row]] | None = None


def _only_new_assignments(writer: "RegistryWriter", rows: list[Row]) -> list[Row]:
    """Leave out assignments in force on the day the row tells of, its `od` or today; date the first one since ever."""
    # What is announced for a later day is not in force yet: it says nothing about the row and stands as it is.
    by_day: dict[int, list[Row]] = {}
    for one in sorted(writer.standing(BuildingService).values(), key=lambda one: one["valid_from"]):
        by_day.setdefault(one["building_id"], []).append(one)
    kept = []
    for row in rows:
        building = writer.find(Building, (row["code"],))
        district = writer.find(ServiceDistrict, (row["district"],))
        administrator = writer.find(PropertyAdministrator, (row["administrator"],))
        told = row["valid_from"] or today()
        before = [one for one in by_day.get(building["id"], ()) if one["valid_from"] <= told] if building else []
        has = before[-1] if before else None
        if has and has["district_id"] == district["id"] and has["administrator_id"] == administrator["id"]:  # type: ignore[index]
            continue
        kept.append({**row, "valid_from": row["valid_from"] or (today() if has else SINCE_EVER)})
    return kept


_BUILDING = Reference(
    Building, {"code": "building_code"}, "kod_budynku", "Nie ma takiego budynku. Wczytaj najpierw plik budynków."
)
_TENANT = Reference(
    Tenant,
    {"tenant_no": "tenant_no"},
    "nr_kontrahenta",
    "Nie ma takiego kontrahenta. Wczytaj najpierw plik kontrahentów.",
)
_PREMISES = Reference(
    Premises, {"code": "premises_code"}, "kod_lokalu", "Nie ma takiego lokalu. Wczytaj najpierw plik lokali."
)


def _same(*names: str) -> dict[str, str | Reference]:
    return {name: name for name in names}


RECORDS: dict[str, tuple[Record, ...]] = {
    "buildings": (
        Record(ServiceDistrict, {"code": "district"}, once={"name": "district"}, counts=False),
        Record(
            PropertyAdministrator,
            {"name": "administrator"},
            {"phone": "administrator_phone", "email": "administrator_email"},
        ),
        Record(Building, _same("code"), _same("street", "building_no", "postal_code", "city", "borough")),
        Record(
            BuildingService,
            {"building_id": Reference(Building, {"code": "code"}), "valid_from": "valid_from"},
            {
                "district_id": Reference(ServiceDistrict, {"code": "district"}),
                "administrator_id": Reference(PropertyAdministrator, {"name": "administrator"}),
            },
            prepare=_only_new_assignments,
        ),
    ),
    "premises": (
        Record(
            Premises,
            _same("code"),
            {
                **_same("premises_no", "kind", "usable_area", "heated_area", "rooms", "floor", "equipment"),
                "building_id": _BUILDING,
            },
        ),
    ),
    "tenants": (Record(Tenant, _same("tenant_no"), _same("kind", "name", "nip", "email", "phone", "mailing_address")),),
    "tenancies": (
        Record(
            Tenancy,
            _same("tenancy_no"),
            {
                **_same("title", "valid_from", "valid_to", "bank_account_no", "persons", "payment_day"),
                "tenant_id": _TENANT,
                "premises_id": _PREMISES,
            },
        ),
    ),
}
AREAS = frozenset({"usable_area", "heated_area"})


class RegistryWriter:
    """One load of one registry file."""

    def __init__(
        self, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
    ) -> None:
        self.session = session
        self.batch_id = batch_id
        self.findings = findings
        self.layout = layout
        self.accepted = self.repeated = self.suspended = self.rejected = 0
        self._kind = next(name for name, kind in KINDS.items() if kind.columns == layout.columns)
        self._standing: dict[type[Base], dict[Key, Row]] = {}
        self._seen: dict[str, tuple[int, Row]] = {}
        self._brought: set[tuple[str, int]] = set()
        self._key_field = KINDS[self._kind].columns[0]

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
        """Nothing is left to check: references were checked row by row."""

    def standing(self, model: type[Base]) -> dict[Key, Row]:
        """All records of a table as they stand, by key: registries are small enough to be read whole."""
        if model not in self._standing:
            columns = model.__table__.columns
            found = self.session.execute(select(*columns)).mappings()
            names = _key_columns(model)
            self._standing[model] = {tuple(row[name] for name in names): dict(row) for row in found}
        return self._standing[model]

    def find(self, model: type[Base], key: Key) -> Row | None:
        """The record with this key, if it stands."""
        return self.standing(model).get(key)

    def _single(self, rows: list[Row]) -> list[Row]:
        """Each key once: an equal second row is a repetition, a different one an error."""
        kept = []
        for row in rows:
            line, key = row.pop("line_no"), str(row[self._key_field.field])
            first = self._seen.get(key)
            if first is None:
                self._seen[key] = (line, row)
                kept.append({**row, "line_no": line})
            elif first[1] == row:
                self.repeated += 1
            else:
                self.rejected += 1
                reason = f"Numer powtarza się w pliku z inną treścią; pierwszy raz w wierszu {first[0]}."
                self._error(Cause.REPEATED_KEY, line, self._key_field.name, key, reason)
        return kept

    def _resolvable(self, rows: list[Row]) -> list[Row]:
        """Rows whose references to records of other files all resolve; the others are reported."""
        references = [
            reference
            for record in RECORDS[self._kind]
            for reference in record.values.values()
            if isinstance(reference, Reference) and reference.heading
        ]
        good = []
        for row in rows:
            broken = [one for one in references if self._lookup(one, row) is None]
            for reference in broken:
                cell = str(row[next(iter(reference.key.values()))])
                self._error(Cause.UNKNOWN_REFERENCE, row["line_no"], reference.heading, cell, reference.missing)
            self.rejected += bool(broken)
            if not broken:
                good.append(row)
        return good

    def _lookup(self, reference: Reference, row: Row) -> int | None:
        found = self.find(reference.model, tuple(row[name] for name in reference.key.values()))
        return None if found is None else int(found["id"])

    def _save(self, record: Record, rows: Sequence[Row]) -> set[int]:
        """Make or update one record of each row; returns the lines that changed something."""
        standing = self.standing(record.model)
        new: dict[Key, tuple[int, Row]] = {}
        changed: dict[int, tuple[int, Row, Row]] = {}
        kept: dict[int, tuple[int, Row]] = {}
        for row in rows:
            key = tuple(self._value(source, row, column) for column, source in record.key.items())
            values = {name: self._value(source, row, name) for name, source in self._carried(record).items()}
            has = standing.get(key)
            if has is None:
                once = {name: row[source] for name, source in record.once.items()}
                new.setdefault(key, (row["line_no"], dict(zip(record.key, key, strict=True)) | once | values))
            elif has["id"] in changed:
                self._warn_of_difference(row["line_no"], key, changed[has["id"]][2], values)
            elif any(has[name] != value for name, value in values.items()):
                changed[has["id"]] = (row["line_no"], has, values)
            else:
                kept.setdefault(has["id"], (row["line_no"], has))
        self._keep(record.model, kept)
        self._make(record.model, new)
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
            name: source for name, source in record.values.items() if isinstance(source, Reference) or source in present
        }

    def _value(self, source: str | Reference, row: Row, column: str) -> Any:
        if isinstance(source, Reference):
            return self._lookup(source, row)
        value = row[source]
        return Decimal(value).scaleb(-2) if column in AREAS and value is not None else value

    def _make(self, model: type[Base], new: dict[Key, tuple[int, Row]]) -> None:
        if not new:
            return
        self.session.execute(insert(model), [values for _, values in new.values()])
        del self._standing[model]
        standing = self.standing(model)
        self._remember(model, [(line, standing[key], None) for key, (line, _) in new.items()])

    def _update(self, model: type[Base], changed: list[tuple[int, Row, Row]]) -> None:
        if not changed:
            return
        self.session.execute(update(model), [{"id": has["id"], **values} for _, has, values in changed])
        before = [(line, dict(has)) for line, has, _ in changed]
        for _, has, values in changed:
            has.update(values)
        after = [(line, has, was) for (line, was), (_, has, _) in zip(before, changed, strict=True)]
        self._remember(model, after)
        for line, has, was in after:
            changed_names = [name for name in has if has[name] != was[name]]
            key = " / ".join(str(has[name]) for name in _key_columns(model))
            reason = f"Zmienione dane: {self._headings(changed_names)}."
            self.findings.add(Finding(Severity.NOTICE, Cause.CHANGED, reason, line, None, key))
            if model is Tenancy and "tenant_id" in changed_names:
                self.findings.add(Finding(Severity.WARNING, Cause.CHANGED, _MOVED_TENANCY, line, "nr_kontrahenta", key))

    def _remember(self, model: type[Base], records: Sequence[tuple[int, Row, Row | None]]) -> None:
        names = _key_columns(model)
        self._brought |= {(model.__tablename__, after["id"]) for _, after, _ in records}
        self.session.execute(
            insert(RegistryChange),
            [
                {
                    "batch_id": self.batch_id,
                    "line_no": line,
                    "entity": model.__tablename__,
                    "record_id": after["id"],
                    "record_key": "/".join(str(after[name]) for name in names),
                    "before": None if before is None else as_json(before),
                    "after": as_json(after),
                }
                for line, after, before in records
            ],
        )

    def _headings(self, columns: Sequence[str]) -> str:
        """The columns of a record as the file heads them."""
        sources = {
            column: source.heading or next(iter(source.key.values())) if isinstance(source, Reference) else source
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


def _key_columns(model: type[Base]) -> tuple[str, ...]:
    return next(tuple(record.key) for records in RECORDS.values() for record in records if record.model is model)
