"""Meters on screen: the dial to type a state into, the question about an odd one, and the history."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope
from core.clock import today
from core.db import transaction
from core.documents.pictures import CleanPicture
from core.meters.dial import Dial
from core.meters.ladder import ANSWERS, Answer, Doubt, Flag, State, Verdict
from core.meters.models import ReadingStatus
from core.meters.own_windows import OwnWindow
from core.meters.queries import MeterCard, PointView
from core.meters.submitting import OddReadingError, SubmittedReading, submit_reading
from core.meters.words import ANSWER_WORDS, MEDIUM_WORDS
from ui import formats
from ui.forms import message_slot, refusals, show_errors, show_success
from ui.layout import kv, note, section
from ui.markup import text
from ui.meter_history import RECEIPT, history
from ui.photos import cleaned, photo_field

MEDIA = {medium: word.capitalize() for medium, word in MEDIUM_WORDS.items()}
LABELS = {"value": "Stan licznika", "read_on": "Dzień odczytu", "comment": "Opis", "photo": "Zdjęcie"}


def show_receipt() -> None:
    """What came of the last reading, at the top of the page."""
    with message_slot("meters"):
        if RECEIPT in st.session_state:
            show_success(st.session_state.pop(RECEIPT))


def window_note(window: OwnWindow | None) -> None:
    """When readings are wanted; nothing where no window is planned."""
    if window is None:
        return
    if not window.is_open:
        note(
            f"Następne okno odczytowe: od {formats.day(window.opens_on)} do {formats.day(window.closes_on)}. "
            "Odczyt podany wcześniej przyjmiemy do wiadomości."
        )
        return
    wanted = f" Najlepiej podaj stan z dnia {formats.day(window.reading_day)}." if window.reading_day else ""
    later = f" Wpisać go możesz do {formats.day(window.last_day)}." if window.last_day != window.closes_on else ""
    note(f"Okno odczytowe trwa do {formats.day(window.closes_on)}.{wanted}{later}")


def point(scope: TenantScope, view: PointView, *, tenancy_id: int, water_rate: Decimal | None) -> None:
    """One place of measurement of a tenancy; `water_rate` is PLN a m³, where the charge is by water."""
    section(point_name(view))
    if view.meter is None:
        note("W tym miejscu nie ma dziś licznika. Jeśli licznik tu jest, zadzwoń do administratora.")
    else:
        device(view.meter)
        if view.meter.remote:
            note("Ten licznik odczytujemy zdalnie. Nie trzeba podawać jego stanu.")
        elif scope.reaches(ProxyLevel.READINGS):
            _entry(scope, view, view.meter, water_rate)
    history(scope, view, tenancy_id=tenancy_id, name=point_name(view).lower())


def point_name(view: PointView) -> str:
    """`Zimna woda, łazienka`."""
    return f"{MEDIA[view.medium]}, {view.place}"


def device(meter: MeterCard) -> None:
    """The device of today: its number, its last state, and how long it may bill."""
    until = formats.day(meter.verified_until) if meter.verified_until else ""
    items = [
        ("Numer licznika", meter.meter_no),
        ("Ostatni stan", f"{formats.volume(meter.last.value)}, {formats.day(meter.last.read_on)}"),
        ("Legalizacja do", until),
    ]
    kv([(label, value) for label, value in items if value], label="Licznik")
    if meter.warning == 0:
        note(
            f"Legalizacja tego licznika skończyła się {until}. Odczyty przyjmujemy nadal; wymianę licznika "
            "zleca administrator, nie musisz nic robić.",
            tone="attention",
        )
    elif meter.warning is not None:
        days = formats.plural(meter.days_left or 0, "dzień", "dni", "dni")
        note(f"Legalizacja tego licznika kończy się za {days}. Administrator umówi się z Tobą na wymianę.")


def _entry(scope: TenantScope, view: PointView, meter: MeterCard, water_rate: Decimal | None) -> None:
    slot = message_slot(f"meter-{meter.meter_id}")
    point = point_name(view).lower()
    label = f"Stan licznika w m³: {point}"
    asked = st.session_state.get(_asked_key(meter))
    with st.form(f"reading-{meter.meter_id}", enter_to_submit=False):
        typed = st.text_input(label, key=f"state-{meter.meter_id}", max_chars=40, autocomplete="off") or ""
        _dial(label, meter, water_rate)
        read_on = st.date_input(
            "Dzień odczytu",
            value=today(),
            max_value=today(),
            format="DD.MM.YYYY",
            key=f"day-{meter.meter_id}",
        )
        answer, comment = _question(meter, asked) if asked else (None, "")
        photo = photo_field(
            f"Dodaj zdjęcie tarczy: pomoże nam przyjąć ten odczyt ({point})"
            if asked
            else f"Zdjęcie tarczy, jeśli chcesz ({point})",
            key=f"photo-{meter.meter_id}-{st.session_state.get(_sent_key(meter), 0)}",
        )
        sent = st.form_submit_button("Wyślij odczyt", type="primary")
    if sent:
        with refusals(slot, LABELS):
            value = Dial(meter.digits, meter.decimals).parse(typed)
            day = read_on if isinstance(read_on, date) else today()
            _send(scope, meter, value, day, answer=answer, comment=comment, photo=cleaned(photo))
    elif asked:
        with slot:
            _say_doubt(asked)


def _send(
    scope: TenantScope,
    meter: MeterCard,
    value: Decimal,
    read_on: date,
    *,
    answer: Answer | None,
    comment: str,
    photo: CleanPicture | None,
) -> None:
    try:
        with transaction() as session:
            receipt = submit_reading(
                session,
                scope,
                meter_id=meter.meter_id,
                value=value,
                read_on=read_on,
                answer=answer,
                comment=comment,
                photo=photo,
            )
    except OddReadingError as odd:
        asked = {"verdict": odd.verdict, "value": value, "last": meter.last, "said": False}
        st.session_state[_asked_key(meter)] = asked
        st.rerun()
    st.session_state.pop(_asked_key(meter), None)
    st.session_state.pop(f"state-{meter.meter_id}", None)
    # The field of files cannot be emptied, only begun anew.
    st.session_state[_sent_key(meter)] = st.session_state.get(_sent_key(meter), 0) + 1
    st.session_state[RECEIPT] = _receipt_words(receipt, value)
    st.rerun()


def _question(meter: MeterCard, asked: Mapping[str, Any]) -> tuple[Answer | None, str]:
    """Why the state is odd; asked inside of the form, so that one button sends all."""
    verdict: Verdict = asked["verdict"]
    answers = ANSWERS[verdict.doubt] if verdict.doubt else ()
    chosen = st.radio(
        "Dlaczego? Wybierz powód albo popraw stan powyżej",
        answers,
        format_func=ANSWER_WORDS.__getitem__,
        index=None,
        key=f"answer-{meter.meter_id}-{verdict.doubt}",
    )
    comment = st.text_input("Opis (jeśli chcesz)", key=f"comment-{meter.meter_id}", max_chars=300) or ""
    return chosen, comment


def _say_doubt(asked: dict[str, Any]) -> None:
    """Read out once and brought into view; on later runs it stands there quietly."""
    if asked["said"]:
        note(_doubt_words(asked), tone="attention")
    else:
        asked["said"] = True
        show_errors([_doubt_words(asked)], title="Sprawdź ten odczyt")


def _doubt_words(asked: Mapping[str, Any]) -> str:
    verdict: Verdict = asked["verdict"]
    last: State = asked["last"]
    value = formats.volume(asked["value"])
    if verdict.doubt is Doubt.LOWER:
        return (
            f"Stan {value} jest niższy niż poprzedni ({formats.volume(last.value)} z {formats.day(last.read_on)}). "
            "Podaj stan z tarczy licznika, a nie zużycie. Jeśli stan jest dobry, wybierz powód poniżej i wyślij jeszcze raz."
        )
    used = formats.volume(verdict.consumption or Decimal(0))
    word = "dużo więcej" if verdict.doubt is Doubt.HIGH else "dużo mniej"
    days = formats.plural(verdict.days, "dzień", "dni", "dni")
    return (
        f"Stan {value} oznacza zużycie {used} przez {days}: {word} niż zwykle. Sprawdź przecinek i numer licznika. "
        "Jeśli stan jest dobry, wybierz powód poniżej i wyślij jeszcze raz."
    )


def _receipt_words(receipt: SubmittedReading, value: Decimal) -> str:
    if receipt.repeated or receipt.verdict is None:
        return f"Ten odczyt ({formats.volume(value)}) mamy już zapisany. Niczego nie dodano."
    verdict = receipt.verdict
    if receipt.status is ReadingStatus.TO_CLARIFY:
        return f"Dziękujemy. Odczyt {formats.volume(value)} zapisano; pracownik go sprawdzi."
    used = formats.volume(verdict.consumption or Decimal(0))
    days = formats.plural(verdict.days, "dzień", "dni", "dni")
    through = " Licznik przeszedł przez zero." if Flag.ROLLOVER in verdict.flags else ""
    return f"Dziękujemy. Odczyt {formats.volume(value)} przyjęto. Zużycie: {used} przez {days}.{through}"


def _dial(label: str, meter: MeterCard, water_rate: Decimal | None) -> None:
    """The dial that portal.js fills while the state is typed; without it the field alone does."""
    black = '<span class="kit-digit">–</span>' * meter.digits
    red = '<span class="kit-digit kit-red">–</span>' * meter.decimals
    rate = f' data-rate="{water_rate}"' if water_rate is not None else ""
    st.html(
        f'<div class="kit kit-dial" data-iok-dial="{text(label)}" data-digits="{meter.digits}" '
        f'data-decimals="{meter.decimals}" data-last="{meter.last.value}" data-day="{meter.last.read_on}"{rate}>'
        f'<div class="kit-digits" aria-hidden="true">{black}<span class="kit-comma">,</span>{red}</div>'
        '<p class="kit-small" role="status">Czarne cyfry to pełne m³, czerwone – części po przecinku.</p></div>'
    )


def _sent_key(meter: MeterCard) -> str:
    return f"sent-{meter.meter_id}"


def _asked_key(meter: MeterCard) -> str:
    return f"asked-{meter.meter_id}"
