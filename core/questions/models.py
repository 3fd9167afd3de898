"""Tables of questions: a thread and its messages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts.models import Employee
from core.correspondence.models import Letter
from core.counting import YearCounter
from core.db import Base, BigId
from core.ledger.models import LedgerEntry
from core.meters.models import MeterReading
from core.registry.models import Tenancy, Tenant


class SubjectKind(StrEnum):
    """What a question is about."""

    GENERAL = "general"
    LETTER = "letter"
    ENTRY = "entry"  # a line of the ledger
    READING = "reading"


class ThreadState(StrEnum):
    """Whose turn it is: the office's, the tenant's, nobody's any more."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Author(StrEnum):
    """Who wrote a message."""

    TENANT = "tenant"
    OFFICE = "office"


class QuestionThread(Base):
    """One question with all that was written about it. Closed is closed: who wants more asks anew.

    What it is about may go, when the file that brought a ledger line is taken back; the title still says what it was.
    """

    __tablename__ = "question_thread"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('general', 'letter', 'entry', 'reading')", name="subject_kind"),
        CheckConstraint(
            "(letter_id IS NULL OR subject_kind = 'letter') AND (entry_id IS NULL OR subject_kind = 'entry') "
            "AND (reading_id IS NULL OR subject_kind = 'reading')",
            name="subject",
        ),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        CheckConstraint("(state = 'open') = (waits_since IS NOT NULL)", name="waits"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index("ix_question_thread_tenant", "tenant_id", "id"),
        Index(
            "ix_question_thread_waiting",
            "waits_since",
            sqlite_where=text("waits_since IS NOT NULL"),
            postgresql_where=text("waits_since IS NOT NULL"),
        ),
        # For the undoing of files: thousands of lines go at once, and each is looked for here.
        Index(
            "ix_question_thread_letter",
            "letter_id",
            sqlite_where=text("letter_id IS NOT NULL"),
            postgresql_where=text("letter_id IS NOT NULL"),
        ),
        Index(
            "ix_question_thread_entry",
            "entry_id",
            sqlite_where=text("entry_id IS NOT NULL"),
            postgresql_where=text("entry_id IS NOT NULL"),
        ),
        Index(
            "ix_question_thread_reading",
            "reading_id",
            sqlite_where=text("reading_id IS NOT NULL"),
            postgresql_where=text("reading_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # P/000123/2026
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    tenancy_id: Mapped[int | None] = mapped_column(ForeignKey(Tenancy.id))  # of what it is about, where there is one
    subject_kind: Mapped[str] = mapped_column(String(7))
    letter_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(Letter.id))
    entry_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(LedgerEntry.id, ondelete="SET NULL"))
    reading_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(MeterReading.id, ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime]
    waits_since: Mapped[datetime | None]  # since when the office owes an answer
    first_answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey(Employee.id))


class QuestionMessage(Base):
    """One message of a thread, never edited. An internal one is a note among employees, which its tenant never sees."""

    __tablename__ = "question_message"
    __table_args__ = (
        CheckConstraint("author IN ('tenant', 'office')", name="author"),
        CheckConstraint("author = 'office' OR (NOT internal AND employee_id IS NULL)", name="tenant"),
        CheckConstraint("waited_since IS NULL OR (author = 'office' AND NOT internal)", name="answer"),
        CheckConstraint("(attachment_sha256 IS NULL) = (attachment_name IS NULL)", name="attachment"),
        Index("ix_question_message_thread", "thread_id", "id"),
        Index(
            "ix_question_message_answer",
            "written_at",
            sqlite_where=text("waited_since IS NOT NULL"),
            postgresql_where=text("waited_since IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    thread_id: Mapped[int] = mapped_column(BigId, ForeignKey(QuestionThread.id))
    author: Mapped[str] = mapped_column(String(6))
    employee_id: Mapped[int | None] = mapped_column(ForeignKey(Employee.id))
    internal: Mapped[bool]
    proxy: Mapped[str | None] = mapped_column(String(120))  # who wrote it in the tenant's place
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    waited_since: Mapped[datetime | None]  # of an answer that was owed: since when
    attachment_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    attachment_name: Mapped[str | None] = mapped_column(String(120))


class QuestionCounter(YearCounter, Base):
    """The last number given in a year."""

    __tablename__ = "question_counter"
