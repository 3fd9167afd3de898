"""Tables of correspondence: a batch of letters that were handed in or written together, and each letter."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.registry.models import Tenancy, Tenant


class BatchSource(StrEnum):
    """Where the letters of a batch come from."""

    UPLOAD = "upload"
    TEMPLATE = "template"


class LetterBatchState(StrEnum):
    """How far a batch has got.

    An upload: checked → sent or discarded. Written here: making ↔ paused → checked → sent, or discarded.
    """

    MAKING = "making"
    PAUSED = "paused"
    CHECKED = "checked"  # nobody sees it yet
    SENT = "sent"
    DISCARDED = "discarded"


class LetterBatch(Base):
    """Letters that go out together. What was not sent holds nothing that a tenant could see."""

    __tablename__ = "letter_batch"
    __table_args__ = (
        CheckConstraint("source IN ('upload', 'template')", name="source"),
        CheckConstraint("state IN ('making', 'paused', 'checked', 'sent', 'discarded')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(200))
    within: Mapped[str] = mapped_column(Text)  # JSON: ids of the districts of who made it; empty: the whole city
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]  # no foreign key, because accounts stand beside
    sent_at: Mapped[datetime | None]
    letters: Mapped[int] = mapped_column(default=0)  # kept, with or without a tenant
    repeated: Mapped[int] = mapped_column(default=0)  # left out: the tenant has the same letter already
    refusals: Mapped[str] = mapped_column(Text, default="[]")  # JSON: files that were not taken, and why
    # Of a batch that is written here:
    kind: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)  # with the marks of announcements and `{{ fields }}`
    audience: Mapped[str | None] = mapped_column(Text)  # JSON of an Audience
    as_of: Mapped[date | None]  # the day whose balances and charges the letters tell
    made: Mapped[int] = mapped_column(default=0)  # PDFs that are there
    leased_until: Mapped[datetime | None]  # a program is making them


class Letter(Base):
    """One letter to one tenant, a copy for information.

    Without a tenant it waits in the queue of the unmatched. A tenant sees it from `visible_at` until it is recalled, which
    is possible while it is unopened. The first opening is written once and never changed.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("visible_at IS NULL OR (tenant_id IS NOT NULL AND sha256 IS NOT NULL)", name="visible"),
        CheckConstraint("opened_at IS NULL OR visible_at IS NOT NULL", name="opened"),
        CheckConstraint("opened_at IS NULL OR recalled_at IS NULL", name="recalled"),
        CheckConstraint("(opened_at IS NULL) = (opened_sha256 IS NULL)", name="opened_what"),
        Index("ix_letter_tenant", "tenant_id", "visible_at"),
        Index("ix_letter_batch", "batch_id", "tenant_id"),
        Index("ix_letter_sha256", "sha256"),
        Index(
            "ix_letter_unmatched",
            "id",
            sqlite_where=text("tenant_id IS NULL AND put_aside_at IS NULL"),
            postgresql_where=text("tenant_id IS NULL AND put_aside_at IS NULL"),
        ),
        Index(
            "uq_letter_stands",
            "tenant_id",
            "sha256",
            unique=True,
            sqlite_where=text("visible_at IS NOT NULL AND recalled_at IS NULL"),
            postgresql_where=text("visible_at IS NOT NULL AND recalled_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(LetterBatch.id))
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey(Tenant.id))
    tenancy_id: Mapped[int | None] = mapped_column(ForeignKey(Tenancy.id))
    doubt: Mapped[str | None] = mapped_column(String(20))  # why it had no tenant, a `matching.Doubt`
    file_name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(20))
    letter_no: Mapped[str] = mapped_column(String(60), default="")
    dated: Mapped[date]
    title: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))  # None: not written yet
    size: Mapped[int] = mapped_column(default=0)  # bytes
    pages: Mapped[int] = mapped_column(default=0)
    visible_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    put_aside_at: Mapped[datetime | None]  # unmatched, and nobody's after a look
    opened_at: Mapped[datetime | None]  # for the first time
    opened_sha256: Mapped[str | None] = mapped_column(String(64))  # of what was shown then
    opened_session_id: Mapped[int | None]  # sessions are removed in time, the number stays
    opened_account_id: Mapped[int | None]
