"""Own reports on screen: the list, and one of them with its timeline, messages and what its tenant may still do."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import TenantScope
from core.db import transaction
from core.faults.categories import category_name
from core.faults.following import rate_report, reopen_report, write_message
from core.faults.models import FaultStatus
from core.faults.own import MessageLine, OwnFault, OwnFaultFile, TimelineLine
from core.faults.words import STATUS_WORDS, STEP_WORDS
from ui import formats
from ui.conversation import Side, author, quoted, said
from ui.fault_form import RECEIPT
from ui.fault_photos import NUMBER, show_photos
from ui.layout import Tone, badge, kv, note, section
from ui.markup import Safe, as_typed, text

LABELS = {"reason": "Powód", "rating": "Ocena", "comment": "Komentarz", "body": "Wiadomość"}
TONES: dict[FaultStatus, Tone] = {
    FaultStatus.ACCEPTED: "information",
    FaultStatus.IN_PROGRESS: "attention",
    FaultStatus.DONE: "good",
    FaultStatus.REJECTED: "neutral",
}
RATINGS = {5: "5 – bardzo dobrze", 4: "4 – dobrze", 3: "3 – średnio", 2: "2 – słabo", 1: "1 – źle"}


def status_badge(status: FaultStatus) -> Safe:
    """The status in a word."""
    return badge(STATUS_WORDS[status], TONES[status])


def fault_list(lines: Sequence[OwnFault]) -> None:
    """Open reports, then closed ones."""
    for title, some, none in (
        ("W toku", [one for one in lines if one.is_open], "Nie masz zgłoszeń w toku."),
        ("Zakończone", [one for one in lines if not one.is_open], ""),
    ):
        if some or none:
            section(title)
        if not some and none:
            note(none)
        for one in some:
            _entry(one)


def _entry(one: OwnFault) -> None:
    with st.container(border=True, key=f"entry-fault-{one.report_id}"):
        when = f"termin {formats.day(one.due_on)}" if one.is_open else f"zgłoszone {formats.day_of(one.created_at)}"
        st.html(f'<p class="kit kit-entry">{_marks(one)} {text(one.address)}, {text(when)}</p>')
        label = as_typed(f"{one.number}: {category_name(one.category)}")
        if st.button(label, key=f"open-{one.report_id}", type="tertiary"):
            st.query_params[NUMBER] = str(one.report_id)
            st.rerun()


def _marks(one: OwnFault) -> Safe:
    late = f" {badge('po terminie', 'overdue')}" if one.is_late else ""
    return Safe(f"{status_badge(one.status)}{late}")


def show_report(scope: TenantScope, file: OwnFaultFile) -> None:
    """One report; refusals of what is done there are the caller's to show."""
    head = file.head
    section(f"Zgłoszenie {head.number}")
    st.html(f'<p class="kit kit-status">{_marks(head)}</p>')
    note(_next(file), tone="attention" if head.is_late else "information")
    facts = [("Czego dotyczy", category_name(head.category)), ("Lokal", head.address), *file.answers]
    facts.append(("Wysłane", formats.instant(head.created_at)))
    if file.at_home:
        facts.append(("Kiedy ktoś jest w domu", file.at_home))
    if file.incident:
        facts.append(("Awaria w budynku", file.incident.title))
    if file.rating is not None:
        facts.append(("Twoja ocena", RATINGS[file.rating]))
    kv(facts, label=f"Zgłoszenie {head.number}")
    quoted(file.description)
    show_photos(file.photo_ids)
    section("Przebieg")
    _timeline(scope, file.timeline)
    section("Wiadomości")
    _messages(scope, file.messages)
    if head.is_open:
        _write(scope, head.report_id, key=f"message-{head.report_id}-{len(file.messages)}")  # empty once it is sent
    if file.may_rate:
        _rate(scope, head.report_id)
    if file.reopen_until:
        _reopen(scope, file)


def _next(file: OwnFaultFile) -> str:
    head, until = file.head, file.reopen_until
    if head.is_late:
        return (
            f"Termin minął {formats.day(head.due_on)}, a sprawa nie jest skończona. Przepraszamy. "
            "Jeśli nie może czekać, zadzwoń do swojego rejonu."
        )
    if head.status is FaultStatus.ACCEPTED:
        return f"Co dalej: rejon sprawdzi zgłoszenie i zleci naprawę. Termin: do {formats.day(head.due_on)}."
    if head.status is FaultStatus.IN_PROGRESS:
        return f"Zajmujemy się tą sprawą. Termin: do {formats.day(head.due_on)}."
    word = "Praca jest wykonana." if head.status is FaultStatus.DONE else "Zgłoszenie odrzucono. Powód jest niżej."
    return f"{word} Możesz otworzyć zgłoszenie ponownie do {formats.day(until)}." if until else word


def _timeline(scope: TenantScope, lines: Sequence[TimelineLine]) -> None:
    items = "".join(
        f'<li><b>{text(STEP_WORDS[one.kind])}</b><span class="kit-small">{text(formats.instant(one.at))}, '
        f"{text(author(scope, proxy=one.proxy) if one.by_tenant else 'rejon')}</span>{text(one.note or '')}</li>"
        for one in lines
    )
    st.html(f'<ol class="kit kit-timeline" aria-label="Przebieg zgłoszenia">{items}</ol>')


def _messages(scope: TenantScope, lines: Sequence[MessageLine]) -> None:
    if not lines:
        note("Nie ma jeszcze wiadomości.")
    for one in lines:
        side: Side = "own" if one.by_tenant else "theirs"
        who = author(scope, proxy=one.proxy) if one.by_tenant else "rejon"
        said(one.body, who=who, when=formats.instant(one.at), side=side)


def _write(scope: TenantScope, report_id: int, *, key: str) -> None:
    with st.form("fault_message", enter_to_submit=False):
        body = st.text_area("Wiadomość do rejonu", key=key, height=100)
        sent = st.form_submit_button("Wyślij wiadomość")
    if sent:
        with transaction() as session:
            write_message(session, scope, report_id=report_id, body=body or "")
        _done("Wiadomość wysłano do rejonu.")


def _rate(scope: TenantScope, report_id: int) -> None:
    section("Jak oceniasz wykonaną pracę?")
    with st.form("fault_rating", enter_to_submit=False):
        rating = st.radio("Ocena", list(RATINGS), format_func=RATINGS.__getitem__, index=None, key="rating")
        comment = st.text_input("Komentarz (jeśli chcesz)", key="rating_comment")
        sent = st.form_submit_button("Wyślij ocenę")
    if sent:
        with transaction() as session:
            rate_report(session, scope, report_id=report_id, rating=rating or 0, comment=comment or "")
        _done("Dziękujemy za ocenę.")


def _reopen(scope: TenantScope, file: OwnFaultFile) -> None:
    section("Coś jest nadal nie tak?")
    with st.form("fault_reopening", enter_to_submit=False):
        reason = st.text_area("Dlaczego otwierasz zgłoszenie ponownie", key="reopening_reason", height=90)
        sent = st.form_submit_button("Otwórz ponownie")
    if sent:
        with transaction() as session:
            reopen_report(session, scope, report_id=file.head.report_id, reason=reason or "")
        _done("Zgłoszenie jest znów otwarte. Rejon zajmie się nim jeszcze raz.")


def _done(message: str) -> None:
    st.session_state[RECEIPT] = message
    st.rerun()
