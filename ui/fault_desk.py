"""Zgłoszenia at the office: the queue with its filters and its file, and one report with all that is known of it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.access.scopes import EmployeeScope
from core.clock import today
from core.db import transaction
from core.exports.faults import export_faults
from core.faults.categories import category_name
from core.faults.models import OPEN, FaultStatus
from core.faults.queue import LONGEST_TEXT, Assigned, FaultChoices, FaultFilter, FaultLine
from core.faults.report_file import FaultFile, StaffMessage, StaffStep
from core.faults.words import STATUS_WORDS, STEP_WORDS
from ui import formats
from ui.conversation import Side, quoted, said
from ui.fault_photos import show_photos
from ui.faults import status_badge
from ui.forms import show_success
from ui.layout import badge, kv, note, section
from ui.markup import Safe, text
from ui.tables import Column, table, with_small

CHOSEN, SEEN, RECEIPT = "f_chosen", "f_seen", "f_receipt"  # in st.session_state
GROUPS: dict[str, tuple[FaultStatus, ...]] = {
    "do załatwienia": OPEN,
    **{word: (status,) for status, word in STATUS_WORDS.items()},
    "wszystkie": tuple(FaultStatus),
}
ASSIGNED = {
    Assigned.ANYBODY: "wszyscy",
    Assigned.ME: "ja",
    Assigned.NOBODY: "nikt",
}
ANY = 0  # no district and no administrator has it; None would come back as an empty field


def say_what_happened() -> None:
    """What the last action led to, once."""
    if RECEIPT in st.session_state:
        show_success(st.session_state.pop(RECEIPT))


def done(message: str) -> None:
    """Say above a fresh look at the page that it worked."""
    st.session_state.pop(SEEN, None)
    st.session_state[RECEIPT] = message
    st.rerun()


def choose_view(names: Sequence[str]) -> str:
    """Which part of the screen is looked at."""
    return st.radio("Widok", names, horizontal=True, key="f_view", persist_state="session") or names[0]


def filters(choices: FaultChoices) -> FaultFilter:
    """State, whose, text and, where there is a choice, district and administrator."""
    left, middle, right = st.columns(3)
    with left:
        group = st.selectbox("Stan", list(GROUPS), key="f_group", persist_state="session")
    with middle:
        assigned = st.selectbox(
            "Prowadzi", list(ASSIGNED), format_func=ASSIGNED.__getitem__, key="f_assigned", persist_state="session"
        )
    with right:
        typed = st.text_input(
            "Szukaj (numer, najemca, adres, opis)", key="f_text", max_chars=LONGEST_TEXT, persist_state="session"
        )
    chosen = _narrowed(
        {
            "RON": (choices.districts, "wszystkie moje"),
            "Administrator": (choices.administrators, "wszyscy"),
        }
    )
    unanswered = st.checkbox("Tylko z wiadomością bez odpowiedzi", key="f_unanswered", persist_state="session")
    return FaultFilter(
        statuses=GROUPS[group or next(iter(GROUPS))],
        assigned=assigned or Assigned.ANYBODY,
        district_id=chosen.get("RON"),
        administrator_id=chosen.get("Administrator"),
        unanswered=unanswered,
        text=typed or "",
    )


def _narrowed(lists: Mapping[str, tuple[Sequence[tuple[int, str]], str]]) -> dict[str, int | None]:
    """What was chosen from each list that leaves a choice; beside each list, the word for all of it."""
    shown = {label: (dict(pairs), word) for label, (pairs, word) in lists.items() if len(pairs) > 1}
    found: dict[str, int | None] = {}
    for (label, (names, word)), column in zip(shown.items(), st.columns(len(shown)) if shown else [], strict=True):
        with column:
            chosen = st.selectbox(
                label,
                [ANY, *names],
                format_func={ANY: word, **names}.__getitem__,
                key=f"f_{label}",
                persist_state="session",
            )
        found[label] = chosen or None
    return found


def current_page(pages: int) -> int:
    """The page of the queue that was chosen, or the last one where a filter left fewer."""
    page: int = min(st.session_state.get("f_page", 1), pages)
    if "f_page" in st.session_state:
        st.session_state["f_page"] = page
    return page


def pick(lines: Sequence[FaultLine]) -> None:
    """A report to open, from this page of the queue."""
    names = {one.report_id: f"{one.number}, {one.tenant}, {one.address}" for one in lines}
    chosen = st.selectbox(
        "Otwórz zgłoszenie",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Wybierz zgłoszenie",
        key="f_pick",
    )
    if chosen is not None:
        st.session_state[CHOSEN] = chosen
        st.rerun()


def queue_table(lines: Sequence[FaultLine], *, size: int, caption: str = "Zgłoszenia, od najpilniejszych") -> None:
    """The queue as it stands; `size` is how many there are on all pages."""
    columns: tuple[Column[FaultLine], ...] = (
        Column("Termin", _deadline),
        Column("Zgłoszenie", lambda one: with_small(one.number, category_name(one.category))),
        Column("Kto", lambda one: with_small(one.tenant, one.address)),
        Column("Stan", lambda one: with_small(_marks(one), _whose(one)), wrap="never"),
        Column("RON", lambda one: with_small(_office(one), one.administrator or ""), wrap="never"),
    )
    more = f", {formats.count(len(lines))} z {formats.count(size)}" if size > len(lines) else ""
    table(lines, columns, caption=f"{caption}{more}", header=1)


def _deadline(one: FaultLine) -> Safe:
    if one.closed_at is not None:
        return text(f"zamknięte {formats.day_of(one.closed_at)}")
    mark = badge("po terminie", "overdue") if one.is_late else badge("w terminie", "good")
    return with_small(mark, f"do {formats.day(one.due_on)}")


def _marks(one: FaultLine) -> Safe:
    waits = f" {badge('czeka na odpowiedź', 'attention')}" if one.unanswered else ""
    return Safe(f"{status_badge(one.status)}{waits}")


def _office(one: FaultLine) -> str:
    return formats.district(one.district) if one.district else "bez rejonu"


def _whose(one: FaultLine) -> str:
    return f"prowadzi {one.assigned_to}" if one.assigned_to else "nikt nie prowadzi"


def export_button(scope: EmployeeScope, wanted: FaultFilter) -> None:
    """The filtered queue as a file, made when it is asked for."""

    def file() -> bytes:
        with transaction() as session:
            return export_faults(session, scope, wanted=wanted)

    st.download_button(
        "Pobierz tę listę (CSV dla Excela)",
        file,
        file_name=f"zgloszenia-{today()}.csv",
        mime="text/csv",
        on_click="ignore",
        key="f_export",
    )


def moved_meanwhile(file: FaultFile) -> bool:
    """Whether somebody else changed the report's status since this browser last showed it; remembers this look.

    The form that was sent may be gone with the status it belonged to, and nobody may take that for success.
    """
    seen = st.session_state.get(SEEN)
    st.session_state[SEEN] = (file.line.report_id, file.line.status)
    return seen is not None and seen[0] == file.line.report_id and seen[1] != file.line.status


def show_report(file: FaultFile) -> None:
    """One report: who, where, what was answered, photos, timeline, messages."""
    line = file.line
    section(f"{line.number}: {category_name(line.category)}")
    late = f" {badge('po terminie', 'overdue')}" if line.is_late else ""
    st.html(f'<p class="kit kit-status">{_marks(line)}{late}</p>')
    facts = [
        ("Termin", formats.day(line.due_on)),
        ("Najemca", f"{line.tenant}, nr {line.tenant_no}"),
        ("Lokal", line.address),
        ("RON", line.district or "bez rejonu"),
        ("Administrator", line.administrator or "brak"),
        ("Prowadzi", line.assigned_to or "nikt"),
        ("Wysłane", formats.instant(line.created_at)),
    ]
    optional = [
        ("Kiedy ktoś jest w domu", file.at_home),
        ("Awaria w budynku", file.incident.title if file.incident else None),
        ("Otwarte ponownie", formats.plural(file.reopened, "raz", "razy", "razy") if file.reopened else None),
        ("Ocena", _rating(file)),
    ]
    kv(
        [*facts, *((name, value) for name, value in optional if value), *file.answers],
        label=f"Zgłoszenie {line.number}",
    )
    quoted(line.description, side="theirs")
    show_photos(file.photo_ids)
    section("Przebieg")
    _timeline(file.timeline)
    section("Wiadomości i notatki")
    _messages(file.messages)


def _rating(file: FaultFile) -> str | None:
    if file.line.rating is None:
        return None
    return f"{file.line.rating} z 5. {file.rating_comment}" if file.rating_comment else f"{file.line.rating} z 5"


def _timeline(lines: Sequence[StaffStep]) -> None:
    items = "".join(
        f'<li><b>{text(STEP_WORDS[one.kind])}</b><span class="kit-small">{text(formats.instant(one.at))}, '
        f"{text(_who(one))}</span>{text(one.note or '')}</li>"
        for one in lines
    )
    st.html(f'<ol class="kit kit-timeline" aria-label="Przebieg zgłoszenia">{items}</ol>')


def _messages(lines: Sequence[StaffMessage]) -> None:
    if not lines:
        note("Nie ma jeszcze wiadomości ani notatek.")
    for one in lines:
        inside = " (notatka wewnętrzna)" if one.internal else ""
        side: Side = "inside" if one.internal else "theirs" if one.by_tenant else "own"
        said(one.body, who=f"{_who(one)}{inside}", when=formats.instant(one.at), side=side)


def _who(one: StaffStep | StaffMessage) -> str:
    if one.by_tenant:
        return f"pełnomocnik najemcy: {one.who}" if one.who else "najemca"
    return one.who or "konsola"
