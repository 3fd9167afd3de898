"""The table of plain words that the office wrote instead of those that ship."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

LONGEST_TEXT = 600  # characters; fits the audit log's details whatever it holds
LONGEST_NAME = 80  # as a component in the files


class Described(StrEnum):
    """What is described."""

    DOCUMENT_TYPE = "document_type"
    COMPONENT = "component"


class EditedWords(Base):
    """A description that the office wrote. Where there is no row, the text that ships is in force, if there is one."""

    __tablename__ = "edited_words"
    __table_args__ = (
        UniqueConstraint("kind", "name_key"),
        CheckConstraint("kind IN ('document_type', 'component')", name="kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(13))
    name_key: Mapped[str] = mapped_column(String(160))  # `key_of` of the name
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))  # a code of a document type; a component as it was written
    text: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    changed_at: Mapped[datetime]
    changed_by: Mapped[
        int | None
    ]  # an employee; None: the server's console. Accounts stand beside, hence no foreign key
