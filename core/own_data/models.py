"""The table of own data: each file that a tenant asked for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.registry.models import Tenant


class ExportState(StrEnum):
    """waiting → making → ready or failed."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


UNDER_WAY = (ExportState.WAITING, ExportState.MAKING)
_UNDER_WAY_SQL = text("state IN ('waiting', 'making')")


class DataExport(Base):
    """One file with a tenant's own data, from the wish to what can be fetched. An account has one under way at most."""

    __tablename__ = "data_export"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed')", name="state"),
        CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL AND ready_at IS NOT NULL)", name="ready"),
        Index(
            "uq_data_export_under_way",
            "account_id",
            unique=True,
            sqlite_where=_UNDER_WAY_SQL,
            postgresql_where=_UNDER_WAY_SQL,
        ),
        Index("ix_data_export_account", "account_id", "id"),
        Index("ix_data_export_sha256", "sha256"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    account_id: Mapped[int]  # whose wish it was; only that account fetches it
    state: Mapped[str] = mapped_column(String(7), default=ExportState.WAITING)
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]  # by whoever makes it now, or made it
    tries: Mapped[int] = mapped_column(default=0)
    ready_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(default=0)  # bytes
    files: Mapped[int] = mapped_column(default=0)  # inside
