"""A tenant asks for their data, sees how far it is, and fetches it for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope, require_live
from core.accounts.models import PortalAccount
from core.audit.events import record_by
from core.clock import local, now
from core.documents.storage import kept_file
from core.errors import DomainError, NotFoundError
from core.own_data.models import UNDER_WAY, DataExport, ExportState

KEPT = timedelta(days=7)
ONCE_IN = timedelta(hours=24)
SHOWN = 20
NO_SUCH_EXPORT = "Nie ma takiego pliku z danymi albo minęło 7 dni i został usunięty."


class AskedAlreadyError(DomainError):
    """A file is under way, or was asked for a short while ago; the message says which and until when to wait."""


@dataclass(frozen=True, slots=True)
class OwnExport:
    """One file with data, as who asked for it sees it. `until`: it can be fetched so long; None: it cannot (any more)."""

    export_id: int
    state: ExportState
    asked_at: datetime
    ready_at: datetime | None
    until: datetime | None
    size: int  # bytes
    files: int


def ask_for_data(session: Session, scope: TenantScope) -> int:
    """Ask for a file with all data; a program makes it. Returns its number. Raises AskedAlreadyError.

    One that failed keeps nobody from asking again.
    """
    require_live(session, scope)
    # Of two wishes in one moment the second waits here for the first.
    session.scalar(select(PortalAccount.id).where(PortalAccount.id == scope.account_id).with_for_update())
    last = session.scalar(
        select(DataExport)
        .where(DataExport.account_id == scope.account_id, DataExport.state != ExportState.FAILED)
        .order_by(DataExport.id.desc())
        .limit(1)
    )
    if last is not None and last.state in UNDER_WAY:
        raise AskedAlreadyError("Już przygotowujemy plik z Twoimi danymi. Powiadomimy Cię, gdy będzie gotowy.")
    if last is not None and last.asked_at > now() - ONCE_IN:
        again = local(last.asked_at + ONCE_IN)
        raise AskedAlreadyError(
            f"O plik z danymi można prosić raz na 24 godziny. Następny przygotujemy po {again:%d.%m.%Y, %H:%M}."
        )
    wanted = DataExport(
        tenant_id=scope.tenant_id, account_id=scope.account_id, state=ExportState.WAITING, asked_at=now()
    )
    session.add(wanted)
    session.flush()
    record_by(session, scope, "own_data_asked", object_kind="data_export", object_id=wanted.id)
    return wanted.id


def own_exports(session: Session, scope: TenantScope) -> list[OwnExport]:
    """The account's files, the newest first."""
    require_live(session, scope)
    rows = session.scalars(
        select(DataExport)
        .where(DataExport.account_id == scope.account_id, DataExport.tenant_id == scope.tenant_id)
        .order_by(DataExport.id.desc())
        .limit(SHOWN)
    )
    return [_line(one) for one in rows]


def own_export_file(session: Session, scope: TenantScope, *, export_id: int) -> tuple[str, Path]:
    """Name and place of a file of the account's. Raises NotFoundError for any other, and after seven days."""
    require_live(session, scope)
    found = session.scalar(
        select(DataExport).where(
            DataExport.id == export_id,
            DataExport.account_id == scope.account_id,
            DataExport.tenant_id == scope.tenant_id,
            DataExport.state == ExportState.READY,
            DataExport.ready_at > now() - KEPT,
        )
    )
    if found is None:
        raise NotFoundError(NO_SUCH_EXPORT)
    return f"Moje-dane-{local(found.asked_at):%Y-%m-%d}.zip", kept_file(found.sha256 or "")


def _line(one: DataExport) -> OwnExport:
    until = one.ready_at + KEPT if one.ready_at and one.state == ExportState.READY else None
    return OwnExport(
        export_id=one.id,
        state=ExportState(one.state),
        asked_at=one.asked_at,
        ready_at=one.ready_at,
        until=until if until and until > now() else None,
        size=one.size,
        files=one.files,
    )
