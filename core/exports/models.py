"""Tables of the exports: each one made, which readings it carried, and the machines that may fetch them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.meters.models import MeterReading


class Export(Base):
    """One export that was made; its file is kept by its hash, and its manifest says what is in it."""

    __tablename__ = "export"
    __table_args__ = (
        Index(
            "uq_export_delta",
            "kind",
            "delta_no",
            unique=True,
            sqlite_where=text("delta_no IS NOT NULL"),
            postgresql_where=text("delta_no IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    delta_no: Mapped[int | None]  # of those that carry what is new since the last one; None: a copy of what stands
    profile: Mapped[str] = mapped_column(String(10))
    file_format: Mapped[str] = mapped_column(String(10))
    pseudonymous: Mapped[bool]
    districts: Mapped[str] = mapped_column(String(400), default="")  # ids, blanks between; empty: all
    rows: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str] = mapped_column(String(120), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes
    manifest: Mapped[str] = mapped_column(Text, default="")  # JSON
    created_at: Mapped[datetime]
    employee_id: Mapped[int | None]  # who; no foreign key, because accounts stand above. None: at the console
    employee_login: Mapped[str] = mapped_column(String(60), default="")


class ExportedReading(Base):
    """A reading that a delta carried. The key makes a second time impossible."""

    __tablename__ = "exported_reading"
    __table_args__ = (
        Index("ix_exported_reading_export", "export_id"),
        Index("ix_exported_reading_cancelled", "cancelled_in"),
    )
    reading_id: Mapped[int] = mapped_column(BigId, ForeignKey(MeterReading.id), primary_key=True, autoincrement=False)
    export_id: Mapped[int] = mapped_column(ForeignKey(Export.id))
    cancelled_in: Mapped[int | None] = mapped_column(ForeignKey(Export.id))  # the delta that said it stands no more


class ApiConsumer(Base):
    """A machine that fetches exports over HTTP, known by its token."""

    __tablename__ = "api_consumer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256; the token itself is shown once
    scope: Mapped[str] = mapped_column(String(30))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
