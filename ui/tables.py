"""Tables as real HTML: caption, column and row headers, a scroll region that the keyboard reaches, two phone layouts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import streamlit as st

from ui.markup import Safe, text

Row = TypeVar("Row")
# What becomes of the table on a phone: nothing, a card of label–value pairs a row, or the two-line entry of a ledger.
PhoneLayout = Literal["plain", "stack", "ledger"]
# Where a cell stands in the two-line entry.
LedgerPart = Literal["", "what", "amount", "when", "after", "kind"]
# How a cell wraps: between words; not at all on a wide screen; inside a word too, as a hash must; as running text, which
# on a phone stands under its label.
Wrap = Literal["", "never", "anywhere", "prose"]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its Polish heading and how to show a row's cell (a string is escaped)."""

    label: str
    cell: Callable[[Row], str]
    numeric: bool = False
    part: LedgerPart = ""
    wrap: Wrap = ""


def table(
    rows: Sequence[Row],
    columns: Sequence[Column[Row]],
    *,
    caption: str,
    header: int = 0,
    phone: PhoneLayout = "stack",
    more: Callable[[Row], Safe] | None = None,
) -> None:
    """Show rows as a table; column number `header` names its row, `more` is what opens under it."""
    st.html(table_html(rows, columns, caption=caption, header=header, phone=phone, more=more))


def table_html(
    rows: Sequence[Row],
    columns: Sequence[Column[Row]],
    *,
    caption: str,
    header: int = 0,
    phone: PhoneLayout = "stack",
    more: Callable[[Row], Safe] | None = None,
) -> Safe:
    """The table's HTML. Phone layouts restate the roles, because `display: block` takes them from a table."""
    name, kind = text(caption), f" kit-{phone}" if phone != "plain" else ""
    heads = "".join(
        f'<th scope="col" role="columnheader"{_class(column, head=True)}>{text(column.label)}</th>'
        for column in columns
    )
    body = "".join(_row(row, columns, header) + (_more(more(row), len(columns)) if more else "") for row in rows)
    return Safe(
        f'<div class="kit kit-scroll" role="region" tabindex="0" aria-label="{name}">'
        f'<table class="kit-table{kind}" role="table"><caption>{name}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )


def with_small(title: str, small: str) -> Safe:
    """A cell of two lines: what matters, and under it in small what helps."""
    return Safe(f'{text(title)}<span class="kit-small">{text(small)}</span>' if small else text(title))


def _row(row: Row, columns: Sequence[Column[Row]], header: int) -> str:
    cells = "".join(_cell(row, column, is_header=place == header) for place, column in enumerate(columns))
    return f'<tr role="row">{cells}</tr>'


def _more(content: Safe, columns: int) -> str:
    return f'<tr role="row" class="kit-more"><td role="cell" colspan="{columns}">{text(content)}</td></tr>'


def _cell(row: Row, column: Column[Row], *, is_header: bool) -> str:
    tag, role = ("th", 'scope="row" role="rowheader"') if is_header else ("td", 'role="cell"')
    return (
        f'<{tag} {role} data-label="{text(column.label)}"{_class(column)}>'
        f'<span class="kit-cell">{text(column.cell(row))}</span></{tag}>'
    )


def _class(column: Column[Row], *, head: bool = False) -> str:
    names = ["kit-number"] if column.numeric else []
    if column.part and not head:
        names.append(f"kit-part-{column.part}")
    if column.wrap and not head:
        names.append(f"kit-wrap-{column.wrap}")
    return f' class="{" ".join(names)}"' if names else ""
