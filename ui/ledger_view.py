"""The ledger on screen: its filters, a page of documents, and where each amount comes from."""

from datetime import date

import streamlit as st

from core.audit.tenant_view import Viewer
from core.clock import today
from core.db import reading
from core.errors import InvalidInputError
from core.ledger.documents import DocumentLine, LedgerDocument, LedgerPage, ledger_page
from core.ledger.entries import LONGEST_WORDS, LedgerFilter, LedgerSpan
from core.ledger.models import place_in_document
from core.plain_words.reading import PlainWords, plain_words
from core.questions.models import SubjectKind
from ui import formats
from ui.forms import message_slot, show_refusal
from ui.layout import note, status
from ui.markup import Safe, text
from ui.plain_words import document_told, explanation_html
from ui.questions import asking_link
from ui.tables import Column, table, with_small

ALL_TYPES = "Wszystkie"
LABELS = {"since": "Od dnia", "words": "Szukaj"}


def chosen_filter(tenancy_id: int, span: LedgerSpan) -> LedgerFilter:
    """The form of filters; what cannot be is said so, and everything is shown."""
    if span.first is None or span.last is None:
        return LedgerFilter()
    slot = message_slot("filters")
    first, last = span.first, max(span.last, today())
    with st.expander("Szukaj i filtruj"), st.form(f"filters-{tenancy_id}", border=False):
        words_at, kind_at = st.columns(2)
        words = words_at.text_input(
            LABELS["words"], max_chars=LONGEST_WORDS, help="Składnik, numer dokumentu, opis albo kwota", key="words"
        )
        kind = kind_at.selectbox(
            "Rodzaj operacji", [ALL_TYPES, *span.document_types], format_func=formats.document_type, key="kind"
        )
        since, until = _period(first, last)
        overdue = st.checkbox("Tylko po terminie i niezapłacone", key="overdue")
        st.form_submit_button("Filtruj", type="primary", key="filter")
    try:
        return LedgerFilter(
            since=since,
            until=until,
            document_types=frozenset() if kind == ALL_TYPES else frozenset({kind}),
            words=(words or "").strip(),
            overdue_on=today() if overdue else None,
        )
    except InvalidInputError as refusal:
        with slot:
            show_refusal(refusal, LABELS)
        return LedgerFilter(since=first, until=last)


def _period(first: date, last: date) -> tuple[date, date]:
    since_at, until_at = st.columns(2)
    since = since_at.date_input(LABELS["since"], first, min_value=first, max_value=last, format="DD.MM.YYYY")
    until = until_at.date_input("Do dnia", last, min_value=first, max_value=last, format="DD.MM.YYYY")
    return since, until


def documents(scope: Viewer, *, tenancy_id: int, chosen: LedgerFilter, may_ask: bool) -> None:
    """One page of the ledger under the count and sums of what the filter found; `may_ask` as of `ledger_table`."""
    key = f"page-{tenancy_id}-{chosen}"
    with reading() as session:
        page = ledger_page(session, scope, tenancy_id=tenancy_id, chosen=chosen, page=st.session_state.get(key, 1))
        words = plain_words(session)
    status(_found(page, overdue=chosen.overdue_on is not None))
    if page.pages > 1:
        st.pagination(page.pages, key=key)
    if page.total:
        ledger_table(page, words, may_ask=may_ask)
    else:
        note("Żadna operacja nie pasuje do filtrów. Wydłuż okres, skróć szukany tekst albo wybierz wszystkie rodzaje.")


def _found(page: LedgerPage, *, overdue: bool) -> str:
    found = formats.plural(page.total, "operacja", "operacje", "operacji")
    left = f", z tego po terminie zostało do zapłaty {formats.money(page.left)}" if overdue else ""
    return f"{found}: naliczono {formats.money(page.debit)}, wpłacono {formats.money(page.credit)}{left}."


def ledger_table(page: LedgerPage, words: PlainWords, *, may_ask: bool) -> None:
    """Documents of a ledger: an amount adds to what is owed or, with a minus, takes off it; the balance speaks in words.

    Each opens to its lines and to what they are; `may_ask` puts beside a line the way to a question about it.
    """
    columns: tuple[Column[LedgerDocument], ...] = (
        Column("Data", lambda one: formats.day(one.booked_on), part="when"),
        Column("Rodzaj", lambda one: formats.document_type(one.document_type), part="kind"),
        Column("Opis", _description, part="what"),
        Column("Kwota", lambda one: formats.money(one.amount), numeric=True, part="amount"),
        Column("Saldo po operacji", lambda one: formats.balance_phrase(one.balance_after), numeric=True, part="after"),
    )
    table(
        page.documents,
        columns,
        caption=f"Operacje, strona {page.page} z {page.pages}",
        header=2,
        phone="ledger",
        more=lambda one: _whence(one, words, may_ask=may_ask),
    )


def _title(one: LedgerDocument) -> str:
    """What the document is: of one line its component, of several what they say in common."""
    first = one.lines[0]
    if len(one.lines) == 1:
        return first.component or first.description or formats.document_type(one.document_type)
    common = {line.description for line in one.lines}
    return first.description if len(common) == 1 and first.description else formats.document_type(one.document_type)


def _description(one: LedgerDocument) -> Safe:
    title, lines = _title(one), len(one.lines)
    details = [
        one.lines[0].description if lines == 1 and one.lines[0].description != title else "",
        formats.plural(lines, "składnik", "składniki", "składników") if lines > 1 else "",
        f"termin {formats.day(one.due_on)}" if one.due_on else "",
        one.document_no,
        f"zostało do zapłaty {formats.money(one.left)}" if one.left else "",
    ]
    return with_small(title, ", ".join(detail for detail in details if detail))


def _whence(one: LedgerDocument, words: PlainWords, *, may_ask: bool) -> Safe:
    """Where the amount comes from: the document's lines, the day they were loaded, their lines in the landlord's file."""
    of = f"{_title(one)}, {formats.day(one.booked_on)}, {formats.money(one.amount)}"
    lines = "".join(_line(one, line, may_ask=may_ask) for line in one.lines)
    told = document_told(words, one.document_type, [line.component for line in one.lines if line.component])
    return Safe(
        f'<details><summary aria-label="Skąd ta kwota? {text(of)}">Skąd ta kwota?</summary>'
        f'<p>{text(_origin(one))}</p><ul class="kit-parts">{lines}</ul>'
        f"{explanation_html(told, of=of)}</details>"
    )


def _origin(one: LedgerDocument) -> str:
    kind, booked = formats.document_type(one.document_type), formats.day(one.booked_on)
    number = f"dokument {one.document_no}" if one.document_no else "bez numeru dokumentu"
    days = sorted({line.loaded_on for line in one.lines if line.loaded_on})
    loaded = f" Wczytano do portalu: {', '.join(formats.day(day) for day in days)}." if days else ""
    return f"{kind}, {number}, data księgowania {booked}.{loaded}"


def _line(one: LedgerDocument, line: DocumentLine, *, may_ask: bool) -> str:
    what = line.component or line.description or formats.document_type(one.document_type)
    month = f"za {line.period[5:]}.{line.period[:4]}" if line.period else ""
    place = place_in_document(line.position)
    details = [
        line.description if line.description not in (what, _title(one)) else "",
        month if month not in _title(one) else "",
        f"pozycja {place}" if one.document_no and place is not None else "",
        f"wiersz {line.line_no} wczytanego pliku",
        f"zostało do zapłaty {formats.money(line.left)}" if line.left else "",
    ]
    name = f"Zapytaj o: {what}, {formats.day(one.booked_on)}"
    link = asking_link(SubjectKind.ENTRY, line.entry_id)
    asked = f'<a href="{text(link)}" target="_self" aria-label="{text(name)}">Zapytaj o to</a>' if may_ask else ""
    return (
        f"<li><span>{text(what)}</span><b>{text(formats.money(line.amount))}</b>"
        f'<span class="kit-small">{text(", ".join(part for part in details if part))}. {asked}</span></li>'
    )
