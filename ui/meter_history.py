"""What was read from a meter, on screen: the chart, the table, and what a tenant may change of it."""

from collections.abc import Sequence

import streamlit as st

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope
from core.audit.tenant_view import Viewer
from core.db import reading, transaction
from core.meters.dial import Dial
from core.meters.ladder import ANSWERS, Answer, Flag, Verdict
from core.meters.models import ReadingStatus
from core.meters.monthly import months_of_water
from core.meters.queries import PointView, ReadingLine
from core.meters.submitting import OddReadingError, correct_own_reading, withdraw_reading
from core.meters.words import ANSWER_WORDS, FLAG_WORDS, STATUS_WORDS
from core.questions.models import SubjectKind
from ui import formats
from ui.charts import consumption_by_month
from ui.forms import message_slot, refusals
from ui.layout import Tone, badge, note
from ui.markup import Safe, text
from ui.photos import PHOTO_PATH
from ui.questions import asking_link
from ui.tables import Column, table, with_small

LABELS = {"value": "Stan licznika", "comment": "Opis"}
RECEIPT = "meters_receipt"
SHOWN = 6  # readings at once; a phone is small
TONES: dict[ReadingStatus, Tone] = {
    ReadingStatus.ACCEPTED: "good",
    ReadingStatus.TO_CLARIFY: "attention",
    ReadingStatus.SETTLED: "good",
    ReadingStatus.REJECTED: "overdue",
    ReadingStatus.WITHDRAWN: "neutral",
    ReadingStatus.CORRECTED: "neutral",
}


def history(scope: TenantScope, view: PointView, *, tenancy_id: int, name: str) -> None:
    """Readings of a point, newest first, with the chart of months and the change of the newest own one."""
    if not view.history:
        remote = view.meter is not None and view.meter.remote
        note(f"Nie ma jeszcze odczytów.{'' if remote else ' Pierwszy pojawi się tu zaraz po wysłaniu.'}")
        return
    readings(view, name=name, may_ask=scope.reaches(ProxyLevel.EVERYTHING))
    newest = next((line for line in view.history if line.can_be_changed), None)
    if newest is not None and view.meter is not None and scope.reaches(ProxyLevel.READINGS):
        with st.expander(f"Popraw albo wycofaj odczyt z {formats.day(newest.read_on)}"):
            _correct(scope, view, newest)
            _withdraw(scope, view, newest)
    water_by_month(scope, view, tenancy_id=tenancy_id, name=name)


def readings(view: PointView, *, name: str, may_ask: bool) -> None:
    """The readings of a point; `may_ask` puts beside each the way to a question about it."""
    columns = (*reading_columns(), Column("Pytanie", _asking)) if may_ask else reading_columns()
    table(view.history[:SHOWN], columns, caption=f"Odczyty: {name}")
    if view.history[SHOWN:]:
        with st.expander("Starsze odczyty"):
            table(view.history[SHOWN:], columns, caption=f"Odczyty: {name}, starsze")


def water_by_month(scope: Viewer, view: PointView, *, tenancy_id: int, name: str) -> None:
    """The chart of months, where states cover one."""
    with reading() as session:
        months = months_of_water(session, scope, tenancy_id=tenancy_id, point_id=view.point_id)
    if any(one.used is not None for one in months):
        consumption_by_month(months, name=name)


def reading_columns() -> tuple[Column[ReadingLine], ...]:
    """A reading as everybody sees it: day, state, consumption, status with its reasons."""
    return (
        Column("Dzień", lambda line: formats.day(line.read_on)),
        Column("Stan", lambda line: formats.volume(line.value), numeric=True),
        Column("Zużycie", _consumption, numeric=True),
        Column("Status", _status),
    )


def _withdraw(scope: TenantScope, view: PointView, line: ReadingLine) -> None:
    if st.button(f"Wycofaj odczyt z {formats.day(line.read_on)}", key=f"withdraw-{line.reading_id}"):
        with refusals(message_slot(f"withdraw-{view.point_id}"), LABELS):
            with transaction() as session:
                withdraw_reading(session, scope, reading_id=line.reading_id)
            st.session_state[RECEIPT] = (
                f"Odczyt {formats.volume(line.value)} z {formats.day(line.read_on)} wycofano. Możesz podać nowy."
            )
            st.rerun()


def _correct(scope: TenantScope, view: PointView, line: ReadingLine) -> None:
    """Another state for the same day; an odd one is asked about as a new one is."""
    if view.meter is None:
        return
    slot, asked = message_slot(f"correct-{line.reading_id}"), f"asked-correct-{line.reading_id}"
    verdict: Verdict | None = st.session_state.get(asked)
    with st.form(f"correct-{line.reading_id}", border=False, enter_to_submit=False):
        typed = st.text_input("Właściwy stan licznika w m³", key=f"corrected-{line.reading_id}", max_chars=40) or ""
        answer = _answer(verdict, key=f"correct-why-{line.reading_id}") if verdict else None
        sent = st.form_submit_button("Popraw odczyt")
    if not sent:
        if verdict:
            with slot:
                note("Ten stan jest nietypowy. Jeśli jest dobry, wybierz powód i wyślij jeszcze raz.", tone="attention")
        return
    with refusals(slot, LABELS):
        value = Dial(view.meter.digits, view.meter.decimals).parse(typed)
        try:
            with transaction() as session:
                correct_own_reading(session, scope, reading_id=line.reading_id, value=value, answer=answer)
        except OddReadingError as odd:
            st.session_state[asked] = odd.verdict
            st.rerun()
        st.session_state.pop(asked, None)
        st.session_state[RECEIPT] = f"Odczyt z {formats.day(line.read_on)} poprawiono na {formats.volume(value)}."
        st.rerun()


def _answer(verdict: Verdict, *, key: str) -> Answer | None:
    answers: Sequence[Answer] = ANSWERS[verdict.doubt] if verdict.doubt else ()
    return st.radio("Dlaczego?", answers, format_func=ANSWER_WORDS.__getitem__, index=None, key=key)


def _consumption(line: ReadingLine) -> Safe:
    if line.consumption is None:
        return Safe("–")
    return with_small(formats.volume(line.consumption), formats.plural(line.days or 0, "dzień", "dni", "dni"))


def _status(line: ReadingLine) -> Safe:
    told = [FLAG_WORDS[flag] for flag in Flag if flag in line.flags]
    if line.reason:
        told.append(f"powód: {line.reason}")
    small = f'<span class="kit-small">{text("; ".join(told))}</span>' if told else ""
    return Safe(f"{badge(STATUS_WORDS[line.status], TONES[line.status])}{small}{photo_link(line)}")


def _asking(line: ReadingLine) -> Safe:
    link, about = asking_link(SubjectKind.READING, line.reading_id), f"Zapytaj o odczyt z {formats.day(line.read_on)}"
    return Safe(f'<a href="{link}" target="_self" aria-label="{about}">Zapytaj</a>')


def photo_link(line: ReadingLine) -> str:
    """A way to the photo that came with a reading; nothing where there is none."""
    if not line.has_photo:
        return ""
    return (
        f'<a class="kit-small" href="{PHOTO_PATH}{line.reading_id}" target="_blank" rel="noopener">'
        f"Zdjęcie z {formats.day(line.read_on)}</a>"
    )
