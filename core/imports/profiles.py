"""Remembers how the files of a source are written, so that a clerk corrects detection or names of columns once."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import ImportBatch
from core.clock import now
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.imports.columns import REMARKS
from core.imports.dialect import BOM, DELIMITERS, MAX_LINE, plain
from core.imports.models import ImportProfile
from core.imports.options import LoadOptions


def heading_of(path: Path) -> str:
    """What files of one source have in common: SHA-256 of the first line, without the column that an errors file adds."""
    with path.open("rb") as stream:
        first = stream.read(MAX_LINE + len(BOM)).removeprefix(BOM).split(b"\n", 1)[0].rstrip(b"\r")
    for sign in DELIMITERS:
        rest, _, last = first.rpartition(sign.encode())
        if rest and plain(last.decode("latin-1").strip('" ')) == REMARKS:
            first = rest
            break
    return hashlib.sha256(first).hexdigest()


def with_profile(session: Session, scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> LoadOptions:
    """The options with what is remembered of the batch's source; what was chosen now goes before what is remembered."""
    require_live(session, scope, Permission.IMPORT_FILES)
    kept = session.get(ImportProfile, _key(session, batch_id))
    if kept is None:
        return options
    known = json.loads(kept.settings)
    return replace(
        options,
        encoding=options.encoding or known["encoding"],
        delimiter=options.delimiter or known["delimiter"],
        point_is_decimal=known["point_is_decimal"] if options.point_is_decimal is None else options.point_is_decimal,
        columns={**known["columns"], **options.columns},
    )


def remember_profile(session: Session, scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> None:
    """Keep how the batch was read for the next file of its source; nothing chosen by hand forgets what was kept."""
    require_live(session, scope, Permission.IMPORT_FILES)
    kind, heading = _key(session, batch_id)
    chosen = {
        "encoding": options.encoding,
        "delimiter": options.delimiter,
        "point_is_decimal": options.point_is_decimal,
        "columns": dict(options.columns),
    }
    kept = session.get(ImportProfile, (kind, heading))
    if not any(value not in (None, {}) for value in chosen.values()):
        if kept is not None:
            session.delete(kept)
        return
    kept = kept or ImportProfile(kind=kind, heading=heading)
    kept.settings, kept.saved_at = json.dumps(chosen, ensure_ascii=False), now()
    session.add(kept)
    session.flush()


def _key(session: Session, batch_id: int) -> tuple[str, str]:
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFoundError("Nie ma takiej partii.")
    return batch.kind, heading_of(kept_file(batch.sha256))
