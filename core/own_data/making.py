"""The files that tenants asked for, made behind the screens one by one. A program that ended on the way is followed by
another, and a file that cannot be made is given up and its owner told.
"""

import logging
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from core.audit.events import record
from core.audit.models import Actor
from core.clock import local, now
from core.db import changed_rows, reading, transaction
from core.documents.storage import hash_file, keep_file
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.own_data.archive import write_archive
from core.own_data.asking import KEPT
from core.own_data.models import DataExport, ExportState
from core.settings import settings

LEASE = timedelta(minutes=10)  # longer than the largest file takes
MOST_TRIES = 3  # by programs that ended without a word: then it may be the file that ends them

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claimed:
    export_id: int
    tenant_id: int
    asked_at: datetime
    started_at: datetime  # by this very program
    last_try_over: bool  # too many have ended on it


def any_data_to_make() -> bool:
    """Whether a file waits for a program to make it."""
    with reading() as session:
        return bool(session.scalar(select(exists().where(_waits()))))


def make_data_exports(*, most: int | None = None) -> int:
    """Make the files that wait, one after another; how many were made. Opens transactions of its own.

    `most`: so many are tried and the others left for later.
    """
    made = tried = 0
    while (most is None or tried < most) and (claimed := _claim()) is not None:
        made, tried = made + _make(claimed), tried + 1
    return made


def _waits() -> ColumnElement[bool]:
    left = (DataExport.state == ExportState.MAKING) & (DataExport.started_at < now() - LEASE)
    return or_(DataExport.state == ExportState.WAITING, left)


def _claim() -> _Claimed | None:
    with transaction() as session:
        for export_id in session.scalars(select(DataExport.id).where(_waits()).order_by(DataExport.id)).all():
            values = {"state": ExportState.MAKING, "started_at": now(), "tries": DataExport.tries + 1}
            mine = (DataExport.id == export_id) & _waits()
            if changed_rows(session, update(DataExport).where(mine).values(values)) == 1:
                one = session.get_one(DataExport, export_id, populate_existing=True)
                started = one.started_at or now()
                return _Claimed(one.id, one.tenant_id, one.asked_at, started, one.tries > MOST_TRIES)
    return None


def _make(claimed: _Claimed) -> bool:
    if claimed.last_try_over:
        log.error("own data %s: given up after %s programs that ended on it", claimed.export_id, MOST_TRIES)
        return _give_up(claimed)
    folder = settings().var / "own-data"
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".zip", delete=False) as file:
        path = Path(file.name)
    try:
        with reading() as session:
            files = write_archive(session, path, tenant_id=claimed.tenant_id, as_of=claimed.asked_at)
        sha256, size = hash_file(path), path.stat().st_size
        keep_file(path, sha256)
    except Exception:  # whatever it was, its owner waits for an answer
        log.exception("own data %s could not be made", claimed.export_id)
        return _give_up(claimed)
    finally:
        path.unlink(missing_ok=True)
    with transaction() as session:
        return _enter(session, claimed, {"sha256": sha256, "size": size, "files": files})


def _sweep(folder: Path) -> None:
    """Remove what programs left behind that ended on the way: it holds somebody's data."""
    for left in folder.glob("*.zip"):
        with suppress(FileNotFoundError):  # somebody else was quicker
            if left.stat().st_mtime < (now() - LEASE).timestamp():
                left.unlink()


def _enter(session: Session, claimed: _Claimed, file: dict[str, str | int]) -> bool:
    values = {"state": ExportState.READY, "ready_at": now(), **file}
    if changed_rows(session, update(DataExport).where(_still_mine(claimed)).values(values)) != 1:
        return False
    until = local(now() + KEPT)
    _tell(session, claimed, NoticeKind.DATA_READY, {"until": f"{until:%d.%m.%Y, %H:%M}"})
    _record(session, claimed, "own_data_made")
    return True


def _give_up(claimed: _Claimed) -> bool:
    with transaction() as session:
        values = {"state": ExportState.FAILED}
        if changed_rows(session, update(DataExport).where(_still_mine(claimed)).values(values)) == 1:
            _tell(session, claimed, NoticeKind.DATA_FAILED, {"asked_on": f"{local(claimed.asked_at):%d.%m.%Y}"})
            _record(session, claimed, "own_data_failed")
    return False


def _still_mine(claimed: _Claimed) -> ColumnElement[bool]:
    """Nobody has taken it over because this program was thought to have ended."""
    return (
        (DataExport.id == claimed.export_id)
        & (DataExport.state == ExportState.MAKING)
        & (DataExport.started_at == claimed.started_at)
    )


def _tell(session: Session, claimed: _Claimed, kind: NoticeKind, facts: dict[str, str]) -> None:
    telling = Telling(claimed.tenant_id, str(claimed.export_id), facts)
    tell(session, kind=kind, tellings=[telling], shown_until=local(now() + KEPT).date())


def _record(session: Session, claimed: _Claimed, action: str) -> None:
    record(session, actor=Actor.SYSTEM, action=action, object_kind="data_export", object_id=claimed.export_id)
