"""What the screen of applications is made of: the code field, the queue, one request with its history and candidates."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.activation.deadline import Urgency
from core.activation.matching import Candidate, CandidateTenancy, Reason
from core.activation.models import RequestState
from core.activation.queue import TO_DO, Clock, HistoryLine, QueueFilter, QueueLine, RequestDetails
from core.activation.reasons import REJECT_WORDS
from ui import formats
from ui.layout import Figure, Tone, badge, kpi_row, kv, note, section
from ui.markup import Safe
from ui.tables import Column, table, with_small

STATES: dict[RequestState, tuple[str, Tone]] = {
    RequestState.SUBMITTED: ("czeka na złożenie", "neutral"),
    RequestState.FILED: ("złożony", "information"),
    RequestState.IN_REVIEW: ("w rozpatrywaniu", "information"),
    RequestState.CORRECTION: ("do uzupełnienia", "attention"),
    RequestState.APPROVED: ("zatwierdzony", "good"),
    RequestState.CREDENTIALS_SENT: ("dane wysłane", "good"),
    RequestState.COMPLETED: ("zakończony", "good"),
    RequestState.REJECTED: ("odrzucony", "neutral"),
    RequestState.EXPIRED: ("wygasł", "neutral"),
    RequestState.WITHDRAWN: ("wycofany", "neutral"),
    RequestState.SUPERSEDED: ("zastąpiony nowszym", "neutral"),
}
URGENCIES: dict[Urgency, tuple[str, Tone]] = {
    Urgency.CALM: ("w terminie", "good"),
    Urgency.SOON: ("niedługo termin", "attention"),
    Urgency.URGENT: ("pilne", "urgent"),
    Urgency.OVERDUE: ("po terminie", "overdue"),
}
REASONS: dict[Reason, str] = {
    Reason.TENANCY_NO: "ten sam numer umowy",
    Reason.TENANT_NO: "ten sam numer kontrahenta",
    Reason.PREMISES: "ten sam adres lokalu",
    Reason.NAME: "to samo nazwisko i imię",
    Reason.EMAIL: "ten sam adres e-mail",
    Reason.BUILDING: "ten sam budynek",
    Reason.SIMILAR_NAME: "podobne nazwisko",
    Reason.SEARCHED: "znaleziony ręcznie",
}
TO_DO_WORD, ALL_WORD = "do załatwienia", "wszystkie"
PAPER_WORD = STATES[RequestState.SUBMITTED][0]
GROUPS: dict[str, tuple[RequestState, ...]] = {
    TO_DO_WORD: tuple(sorted(TO_DO)),
    **{word: (state,) for state, (word, _) in STATES.items()},
    ALL_WORD: tuple(RequestState),
}


def code_form() -> str | None:
    """The field for a scanner, which types the code and presses Enter; what was typed once it was sent."""
    # Emptied by sending: a scanner would write the next code behind the one before.
    with st.form("code", clear_on_submit=True):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        with left:
            code = st.text_input("Zeskanuj albo wpisz kod", key="code", autocomplete="off", max_chars=60)
        with right:
            sent = st.form_submit_button("Pokaż wniosek", width="stretch")
    return (code or "") if sent else None


def filters(districts: Sequence[tuple[int, str]], *, first: str = TO_DO_WORD) -> QueueFilter:
    """State (`first` until one is chosen), text and, where there is a choice, the district."""
    names = dict(districts)
    columns = st.columns(3 if len(names) > 1 else 2)
    with columns[0]:
        group = st.selectbox(
            "Stan", list(GROUPS), index=list(GROUPS).index(first), key="request_states", persist_state="session"
        )
    with columns[1]:
        text = st.text_input(
            "Szukaj (numer, nazwisko, adres, e-mail)", key="request_text", max_chars=100, persist_state="session"
        )
    district_id = 0  # no district has it; None would come back as an empty field
    if len(names) > 1:
        with columns[2]:
            district_id = st.selectbox(
                "RON",
                [0, *names],
                format_func=lambda one: names.get(one, "wszystkie moje"),
                key="request_district",
                persist_state="session",
            )
    return QueueFilter(states=GROUPS[group or first], district_id=district_id or None, text=text or "")


def counts(by_state: Mapping[RequestState, int]) -> None:
    """How many wait, by state."""
    words = {
        RequestState.FILED: "Złożone",
        RequestState.IN_REVIEW: "W rozpatrywaniu",
        RequestState.CORRECTION: "Do uzupełnienia",
        RequestState.SUBMITTED: "Czekają na złożenie",
    }
    kpi_row([Figure(by_state[state], word) for state, word in words.items()], label="Wnioski według stanu")


def pick(lines: Sequence[QueueLine]) -> int | None:
    """The request chosen from this page of the queue."""
    names = {line.request_id: f"{line.number}, {line.name}, {line.address}" for line in lines}
    return st.selectbox(
        "Sprawa", list(names), index=None, format_func=names.__getitem__, placeholder="Wybierz wniosek", key="pick"
    )


def current_page(pages: int) -> int:
    """The page of the queue that was chosen, or the last one where a filter left fewer."""
    page: int = min(st.session_state.get("queue_page", 1), pages)
    if "queue_page" in st.session_state:
        st.session_state["queue_page"] = page
    return page


def queue_table(lines: Sequence[QueueLine], *, size: int, with_district: bool) -> None:
    """The queue as it stands; `size` is how many there are on all pages."""
    if not lines:
        note("Nie ma takich wniosków. Zmień stan albo tekst powyżej.")
        return
    columns: list[Column[QueueLine]] = [
        Column("Termin", deadline_badge),
        Column("Wniosek", lambda line: line.number),
        Column("Kto", lambda line: with_small(line.name, line.address)),
        Column("Stan", lambda line: with_small(badge(*STATES[line.state]), line.reviewer or "")),
        Column("Wpływ", _received),
    ]
    if with_district:
        columns.append(Column("RON", lambda line: line.district or "bez rejonu"))
    more = f", {formats.count(len(lines))} z {formats.count(size)}" if size > len(lines) else ""
    table(lines, columns, caption=f"Wnioski, od najpilniejszych{more}", header=1)


def deadline_badge(line: QueueLine) -> str:
    """How urgent a request is: a word and the days that are left."""
    if line.clock is None:
        return "—"
    return with_small(_clock_badge(line.clock), f"do {formats.day(line.clock.deadline_on)}")


def moved_meanwhile(told: RequestDetails) -> bool:
    """Whether somebody else changed the request's state since this browser last showed it; remembers this look.

    The form that was sent is gone then with the state it belonged to, and nobody may take that for success.
    """
    seen = st.session_state.get("request_seen")
    st.session_state["request_seen"] = (told.line.request_id, told.line.state)
    return seen is not None and seen[0] == told.line.request_id and seen[1] != told.line.state


def show_request(told: RequestDetails) -> None:
    """One request: where it stands, what was applied for, what was decided."""
    line = told.line
    section(f"Wniosek {line.number}")
    kv(_standing(told), label="Stan wniosku")
    section("Dane z wniosku")
    kv(
        [
            ("Firma" if told.kind == "company" else "Imię i nazwisko", line.name),
            ("Adres lokalu", line.address),
            ("Numer kontrahenta", told.tenant_no or "nie podano"),
            ("Numer umowy", told.tenancy_no or "nie podano"),
            ("E-mail", told.email),
            ("Telefon", told.phone or "nie podano"),
        ],
        label="Dane z wniosku",
    )


def history_table(history: Sequence[HistoryLine]) -> None:
    """Steps of a request, the oldest first."""
    table(
        history,
        [
            Column("Kiedy", lambda step: formats.instant(step.at)),
            Column("Stan", lambda step: badge(*STATES[step.state])),
            Column("Kto", lambda step: step.employee or "wnioskodawca lub system"),
        ],
        caption="Historia wniosku",
    )


def candidates_table(found: Sequence[Candidate]) -> None:
    """Who the applicant may be and why, with what title."""
    rows = [(candidate, tenancy) for candidate in found for tenancy in candidate.tenancies]
    table(
        rows,
        [
            Column("Najemca", lambda row: with_small(row[0].name, row[0].tenant_no)),
            Column("Dlaczego", _why),
            Column("Umowa", lambda row: with_small(row[1].tenancy_no, f"{row[1].title}, {_period(row[1])}")),
            Column("Lokal", lambda row: row[1].address),
            Column("Tytuł dziś", lambda row: _title(row[1])),
            Column(
                "Konto",
                lambda row: badge("ma konto", "attention") if row[0].has_account else "nie ma",
                wrap="never",
            ),
        ],
        caption="Pasujący najemcy, od najbardziej prawdopodobnych",
    )


def _why(row: tuple[Candidate, CandidateTenancy]) -> str:
    candidate, tenancy = row
    if tenancy is not candidate.tenancies[0]:
        return "inna umowa tego samego najemcy"
    return ", ".join(REASONS[reason] for reason in candidate.reasons)


def _standing(told: RequestDetails) -> list[tuple[str, str]]:
    line = told.line
    items: list[tuple[str, str]] = [("Stan", badge(*STATES[line.state]))]
    if line.clock:
        items.append(("Termin", deadline_badge(line)))
    items += [("RON", line.district or "jeszcze bez rejonu"), ("Formularz wysłano", formats.instant(line.submitted_at))]
    if line.administrator_received_on:
        items.append(("U administratora", f"{formats.day(line.administrator_received_on)} (nie rozpoczyna terminu)"))
    if line.filed_on:
        by = f", przyjęcie: {told.filed_by}" if told.filed_by else ""
        items.append(("Złożono w RON", f"{formats.day(line.filed_on)}{by}, okazano dokument tożsamości"))
    if line.reviewer:
        items.append(("Prowadzi", line.reviewer))
    return items + _decision(told)


def _decision(told: RequestDetails) -> list[tuple[str, str]]:
    items: list[tuple[str, str]] = []
    if told.decided_at:
        items.append(("Decyzja", formats.instant(told.decided_at)))
    if told.matched_tenant:
        items.append(("Najemca", f"{told.matched_tenant}, umowy: {', '.join(told.matched_tenancies)}"))
    if told.title_checked_on:
        items.append(("Tytuł prawny sprawdzono", formats.day(told.title_checked_on)))
    if told.reject_reason:
        items.append(("Powód odmowy", REJECT_WORDS[told.reject_reason]))
    if told.message:
        items.append(("Wiadomość do wnioskodawcy", told.message))
    return items


def _clock_badge(clock: Clock) -> Safe:
    if clock.is_paused:
        return badge(f"zegar stoi: {_days(clock.left)}", "neutral")
    word, tone = URGENCIES[clock.urgency]
    left = "ostatni dzień" if clock.left == 0 else _days(abs(clock.left))
    return badge(f"{word}: {left}", tone)


def _days(number: int) -> str:
    return formats.plural(number, "dzień", "dni", "dni")


def _received(line: QueueLine) -> str:
    if line.filed_on:
        return formats.day(line.filed_on)
    if line.administrator_received_on:
        return f"u administratora {formats.day(line.administrator_received_on)}"
    return with_small("jeszcze nie", f"formularz {formats.instant(line.submitted_at)}")


def _title(tenancy: CandidateTenancy) -> Safe:
    return badge("obowiązuje", "good") if tenancy.is_current else badge("nie obowiązuje", "attention")


def _period(tenancy: CandidateTenancy) -> str:
    until = f" do {formats.day(tenancy.valid_to)}" if tenancy.valid_to else ""
    return f"od {formats.day(tenancy.valid_from)}{until}"
