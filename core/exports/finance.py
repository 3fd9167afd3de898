"""Makes an export of arrears, turnover or the ledger: the file, its manifest, all in one transaction or nothing."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import local, now
from core.errors import InvalidInputError
from core.exports import finance_source as source
from core.exports.columns import FileColumn
from core.exports.finance_source import Frames, Wanted
from core.exports.formats import SUFFIXES, write
from core.exports.making import checked_format, codes_of, districts_within, iso, keep, workshop
from core.exports.models import Export
from core.exports.readings import Exported, Progress
from core.ledger.arrears import checked_day
from core.money import from_grosze


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export: what its files are called, their columns, where the rows come from, what is summed."""

    word: str
    columns: Sequence[FileColumn]
    frames: Frames
    summed: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "arrears": Kind("zaleglosci", source.ARREARS, source.arrears_frames, ("saldo", "wymagalne")),
    "turnover": Kind("wplywy", source.TURNOVER, source.turnover_frames, ("naliczono", "wplacono")),
    "ledger": Kind("ksiega", source.LEDGER, source.ledger_frames, ("obciazenie", "uznanie")),
}


@dataclass(frozen=True, slots=True)
class FinanceOrder:
    """What is wanted. `since` and `until` limit the days of booking of the ledger and the months of the turnover, both
    included; `as_of` is the day of the arrears, today unless said otherwise."""

    kind: str
    file_format: str = "csv-pl"
    district_ids: frozenset[int] = frozenset()
    since: date | None = None
    until: date | None = None
    as_of: date | None = None


def export_finance(
    session: Session, scope: EmployeeScope, *, order: FinanceOrder, progress: Progress | None = None
) -> Exported:
    """Write the file, keep it by its hash, and remember it; `progress` is told rows done and rows in all.

    Numbers of tenants and tenancies are pseudonyms, and descriptions empty, for who may not see tenants. Raises
    InvalidInputError (fields `kind`, `file_format`, `as_of`, `until`), NotFoundError for a foreign district.
    """
    require_live(session, scope, Permission.SEE_FINANCE)
    kind, wanted = _checked(session, scope, order)
    made = Export(
        kind=order.kind,
        profile="full",
        file_format=order.file_format,
        pseudonymous=wanted.pseudonymous,
        districts=" ".join(map(str, sorted(wanted.district_ids))),
        created_at=now(),
        employee_id=scope.employee_id,
        employee_login=scope.login,
    )
    session.add(made)
    session.flush()
    counted = _Counted(kind, progress)
    with tempfile.TemporaryDirectory(dir=workshop()) as folder:
        path = Path(folder) / "export"
        _write(session, path, order, kind, wanted, counted)
        keep(made, path)
    made.rows = counted.rows
    made.file_name = f"{kind.word}-{made.id:06d}-{local(made.created_at):%Y-%m-%d}.{SUFFIXES[made.file_format]}"
    made.manifest = json.dumps(_manifest(session, made, order, wanted, counted), ensure_ascii=False)
    session.flush()
    details: dict[str, str | int | bool | None] = {"kind": made.kind, "rows": made.rows}
    record_by(session, scope, "finance_exported", object_kind="export", object_id=made.id, details=details)
    return Exported(made.id, made.file_name, made.sha256, json.loads(made.manifest))


def _checked(session: Session, scope: EmployeeScope, order: FinanceOrder) -> tuple[Kind, Wanted]:
    kind = KINDS.get(order.kind)
    if kind is None:
        raise InvalidInputError(f"Nieznany rodzaj eksportu. Dostępne: {', '.join(KINDS)}.", field="kind")
    checked_format(order.file_format)
    if order.since and order.until and order.until < order.since:
        raise InvalidInputError("Koniec okresu jest wcześniejszy niż początek. Popraw daty.", field="until")
    return kind, Wanted(
        district_ids=districts_within(session, order.district_ids, served=scope.district_ids),
        pseudonymous=not scope.may(Permission.SEE_TENANTS),
        since=order.since,
        until=order.until,
        as_of=checked_day(order.as_of),
    )


def _write(session: Session, path: Path, order: FinanceOrder, kind: Kind, wanted: Wanted, counted: "_Counted") -> None:
    frames = kind.frames(session, wanted)
    if order.kind == "ledger":
        counted.number = source.ledger_rows(session, wanted)
    else:  # a row a tenancy or a month: they fit into memory, and a sheet wants to know how many there are
        whole = list(frames)
        counted.number, frames = sum(map(len, whole)), (frame for frame in whole)
    # Closed also where writing breaks off: a connection in the middle of a COPY can do nothing else, not even roll back.
    with closing(frames):
        rows = (counted.add(frame) for frame in frames)
        write(rows, path, columns=kind.columns, file_format=order.file_format, rows=counted.number, sheet=kind.word)


class _Counted:
    """What went into the file, for its manifest."""

    def __init__(self, kind: Kind, progress: Progress | None) -> None:
        self.progress = progress
        self.number = self.rows = 0
        self.sums = dict.fromkeys(kind.summed, 0)  # grosze

    def add(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Count a frame and hand it on."""
        self.rows += len(frame)
        for name in self.sums:
            self.sums[name] += int(frame[name].sum())
        if self.progress is not None:
            self.progress(self.rows, max(self.rows, self.number))
        return frame


def _manifest(session: Session, made: Export, order: FinanceOrder, wanted: Wanted, counted: _Counted) -> dict[str, Any]:
    return {
        "eksport": made.id,
        "rodzaj": KINDS[made.kind].word,
        "format": made.file_format,
        "przyrost": None,
        "od_przyrostu": None,
        "filtr": {
            "rejony": codes_of(session, wanted.district_ids),
            "od": order.since.isoformat() if order.since else None,
            "do": order.until.isoformat() if order.until else None,
            "stan_na": wanted.as_of.isoformat() if order.kind == "arrears" else None,
        },
        "pseudonimy": made.pseudonymous,
        "wiersze": counted.rows,
        "sumy": {name: str(from_grosze(grosze)) for name, grosze in counted.sums.items()},
        "plik": made.file_name,
        "bajty": made.size,
        "sha256": made.sha256,
        "utworzono": iso(made.created_at),
        "kto": made.employee_login or "konsola",
    }
