"""Numbers that begin anew each year: of applications, of questions, of fault reports."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base


class YearCounter:
    """The columns of a table that holds the last number given in a year; a mixin."""

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def next_of_year(session: Session, counter: type[Base], *, year: int) -> int:
    """The next number of a year in a table of `YearCounter`; no number twice, and a gap where a transaction is undone."""
    columns: Any = counter
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    counted = dialect.insert(counter).values(year=year, last=1)
    return int(
        session.scalar(
            counted.on_conflict_do_update(index_elements=[columns.year], set_={"last": columns.last + 1}).returning(
                columns.last
            )
        )
    )
