"""The exports that were made: their list, and the very bytes again."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.exports.delta import READINGS
from core.exports.models import Export

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export in the history."""

    export_id: int
    kind: str
    delta_no: int | None
    profile: str
    file_format: str
    pseudonymous: bool
    rows: int
    size: int  # bytes
    file_name: str
    created_at: datetime
    employee_login: str
    manifest: dict[str, Any]


def exports(session: Session, scope: EmployeeScope) -> list[ExportLine]:
    """The newest exports that the employee may fetch."""
    require_live(session, scope, Permission.EXPORT_READINGS)
    rows = session.scalars(select(Export).where(_may_see(scope)).order_by(Export.id.desc()).limit(SHOWN))
    return [_line(one) for one in rows if _within(scope, one)]


def fetch_export(session: Session, scope: EmployeeScope, *, export_id: int) -> tuple[str, Path]:
    """The name and the file of an export, byte for byte as it was made.

    Raises NotFoundError for one the employee may not see: of other districts, or with names where theirs has pseudonyms.
    """
    require_live(session, scope, Permission.EXPORT_READINGS)
    found = session.scalar(select(Export).where(Export.id == export_id, _may_see(scope)))
    if found is None or not _within(scope, found):
        raise NotFoundError("Nie ma takiego eksportu.")
    return found.file_name, kept_file(found.sha256)


def note_download(session: Session, scope: EmployeeScope, *, export_id: int) -> None:
    """Note in the audit log that an export was fetched again. Raises as `fetch_export`."""
    fetch_export(session, scope, export_id=export_id)
    record_by(session, scope, "export_fetched", object_kind="export", object_id=export_id)


def _may_see(scope: EmployeeScope) -> ColumnElement[bool]:
    named = true() if scope.may(Permission.SEE_TENANTS) else Export.pseudonymous.is_(True)
    return named if scope.may(Permission.SEE_FINANCE) else named & (Export.kind == READINGS)


def _within(scope: EmployeeScope, export: Export) -> bool:
    carried = {int(one) for one in export.districts.split()}
    return not scope.district_ids or (bool(carried) and carried <= scope.district_ids)


def _line(one: Export) -> ExportLine:
    return ExportLine(
        export_id=one.id,
        kind=one.kind,
        delta_no=one.delta_no,
        profile=one.profile,
        file_format=one.file_format,
        pseudonymous=one.pseudonymous,
        rows=one.rows,
        size=one.size,
        file_name=one.file_name,
        created_at=one.created_at,
        employee_login=one.employee_login,
        manifest=json.loads(one.manifest),
    )
