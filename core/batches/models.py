"""The record of one file handed in. It stands below the features, because their rows refer to it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.money import Money


class BatchState(StrEnum):
    """received → checked → committed → undone; or refused."""

    RECEIVED = "received"
    CHECKED = "checked"
    COMMITTED = "committed"
    UNDONE = "undone"
    REFUSED = "refused"


class ImportBatch(Base):
    """One file of one kind on its way through the import; rows = accepted + repeated + suspended + rejected."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'checked', 'committed', 'undone', 'refused')", name="state"),
        CheckConstraint("rows = accepted + repeated + suspended + rejected", name="every_row_counted"),
        # The same content is loaded once: two committed batches of one content cannot stand at the same time.
        Index(
            "uq_import_batch_committed_content",
            "kind",
            "sha256",
            unique=True,
            sqlite_where=text("state = 'committed' AND rejected = 0"),
            postgresql_where=text("state = 'committed' AND rejected = 0"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    state: Mapped[str] = mapped_column(String(10))
    dialect: Mapped[str] = mapped_column(String(200), default="")  # JSON: encoding, delimiter, decimal sign
    received_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    employee_id: Mapped[int | None]  # who; no foreign key, because accounts stand above. None: at the console
    employee_login: Mapped[str] = mapped_column(String(60), default="")
    rows: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    suspended: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    debit: Mapped[Money] = mapped_column(default=Decimal(0))  # Σ over all rows read, as a control line states it
    credit: Mapped[Money] = mapped_column(default=Decimal(0))
    accepted_debit: Mapped[Money] = mapped_column(default=Decimal(0))  # Σ over the rows this batch keeps in the ledger
    accepted_credit: Mapped[Money] = mapped_column(default=Decimal(0))
    warnings_accepted: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[str | None] = mapped_column(String(500))
    preview_digest: Mapped[str | None] = mapped_column(String(64))  # of the report that was shown last
    effect: Mapped[str | None] = mapped_column(Text)  # JSON: what it did to balances, in counts and PLN
