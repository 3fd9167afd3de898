"""Blocks of the screen Odczyty: the queue to clarify, one device with its history, and what may be done about it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from core.access.scopes import EmployeeScope
from core.clock import today
from core.db import transaction
from core.errors import DomainError, InvalidInputError
from core.meters.dial import Dial
from core.meters.ladder import Answer, Flag
from core.meters.models import COUNTING, ReadingStatus, Source
from core.meters.queries import ReadingLine
from core.meters.replacing import NewMeter, replace_meter
from core.meters.review_queue import MeterFile, MeterPlace, WaitingReading
from core.meters.reviewing import accept_plain, accept_reading, correct_reading, reject_reading
from core.meters.submitting import OddReadingError, enter_reading
from core.meters.words import ANSWER_WORDS, FLAG_WORDS, SOURCE_WORDS
from ui import formats
from ui.charts import consumption_a_day
from ui.layout import kv, note, section
from ui.markup import Safe
from ui.meter_history import reading_columns
from ui.meters import MEDIA
from ui.photos import show_photo
from ui.tables import Column, table, with_small

CHOSEN = "meter"  # in st.session_state: the device looked at
RECEIPT = "readings_receipt"
ACTION_LABELS = {
    "value": "Stan",
    "reason": "Powód",
    "read_on": "Dzień odczytu",
    "meter_no": "Numer nowego licznika",
    "initial_value": "Stan początkowy",
    "mark": "Cecha",
    "text": "Szukaj",
}
Form = Callable[[EmployeeScope, MeterFile], None]


def queue_table(waiting: Sequence[WaitingReading], *, number: int) -> None:
    """A page of the readings to clarify, the riskiest first; `number` is how many there are on all pages."""
    columns: tuple[Column[WaitingReading], ...] = (
        Column("Licznik", lambda one: with_small(one.where.meter_no, f"{MEDIA[one.where.medium]}, {one.where.place}")),
        Column("Lokal", lambda one: with_small(one.where.address, one.where.tenant or "lokal wolny")),
        Column("Odczyt", lambda one: with_small(formats.volume(one.value), _when(one)), numeric=True),
        Column("Dlaczego", _why),
    )
    table(waiting, columns, caption=f"Odczyty do wyjaśnienia ({formats.count(number)}), od najbardziej ryzykownych")


def accept_in_one_go(scope: EmployeeScope, plain: Sequence[int]) -> None:
    """Accept all that is only unusual and was explained; nothing where there is none."""
    if not plain:
        return
    number = formats.plural(len(plain), "odczyt", "odczyty", "odczytów")
    note(f"Tylko nietypowe i wyjaśnione przez najemców (goście, napełnianie, nieobecność): {number}.")
    if st.button(f"Przyjmij wyjaśnione ({formats.count(len(plain))})", key="accept_plain"):
        with transaction() as session:
            taken = accept_plain(session, scope, reading_ids=plain)
        left = len(plain) - len(taken)
        rest = f" Nie pasują do sąsiednich stanów i czekają dalej: {formats.count(left)}." if left else ""
        st.session_state[RECEIPT] = f"Przyjęto {formats.plural(len(taken), 'odczyt', 'odczyty', 'odczytów')}.{rest}"
        st.rerun()


def pick(places: Sequence[MeterPlace], *, label: str, key: str) -> None:
    """A choice among devices; the chosen one is shown next."""
    by_id = {one.meter_id: one for one in places}
    chosen = st.selectbox(
        label, list(by_id), index=None, format_func=lambda one: _name(by_id[one]), placeholder="Wybierz", key=key
    )
    if chosen is not None:
        st.session_state[CHOSEN] = chosen
        st.rerun()


def search_form() -> str | None:
    """What was searched for when the form was just sent."""
    with st.form("find_meter", border=False):
        typed = st.text_input("Numer licznika, umowy albo najemcy", key="meter_text", max_chars=60, autocomplete="off")
        sent = st.form_submit_button("Szukaj")
    return (typed or "") if sent else None


def show_meter(file: MeterFile) -> None:
    """A device: where it hangs, until when it may bill, what was read from it."""
    section(f"Licznik {file.where.meter_no}")
    items = [
        ("Lokal", file.where.address),
        ("Najemca", file.where.tenant or "lokal wolny"),
        ("Miejsce", f"{MEDIA[file.where.medium]}, {file.where.place}"),
    ]
    if file.card:
        items.append(("Tarcza", f"cyfry przed przecinkiem: {file.card.digits}, po przecinku: {file.card.decimals}"))
        items.append(
            ("Legalizacja do", formats.day(file.card.verified_until) if file.card.verified_until else "brak danych")
        )
        last = file.card.last
        items.append(("Ostatni stan", f"{formats.volume(last.value)}, {formats.day(last.read_on)}"))
        items.append(("Odczyt", "zdalny" if file.card.remote else "podaje najemca"))
    if file.removed:
        items.append(("Zdemontowano", f"{formats.day(file.removed.read_on)}, {formats.volume(file.removed.value)}"))
    kv(items, label="Licznik")
    if not file.history:
        note("Nie ma jeszcze odczytów tego licznika.")
        return
    for line in _waiting(file):
        if line.source is Source.TENANT:
            _beside(line)
    columns = (*reading_columns(), Column("Od kogo", _from_whom))
    table(file.history, columns, caption="Historia odczytów")
    counting = [line for line in file.history if line.consumption is not None and line.days]
    if len(counting) > 1:
        consumption_a_day(counting[::-1], name=f"licznik {file.where.meter_no}")


def _beside(line: ReadingLine) -> None:
    """A tenant's reading that waits: what was said of it, with its photo beside the value."""
    said = [ANSWER_WORDS[line.answer]] if line.answer else []
    told = "; ".join([*said, *([line.comment] if line.comment else [])]) or "bez wyjaśnienia"
    words = f"Czeka: {formats.volume(line.value)} z {formats.day(line.read_on)}. Najemca: {told}."
    if not line.has_photo:
        note(f"{words} Bez zdjęcia.", tone="attention")
        return
    left, right = st.columns(2)
    with left:
        note(words, tone="attention")
    with right:
        show_photo(line.reading_id, alt=f"Zdjęcie tarczy z {formats.day(line.read_on)}")


def show_actions(scope: EmployeeScope, file: MeterFile) -> None:
    """What can be done about the device, one thing at a time; refusals are the caller's to show."""
    waiting = _waiting(file)
    actions: dict[str, Form] = {"Przyjmij odczyt": _accept} if waiting else {}
    if _open(file):
        actions |= {"Odrzuć odczyt": _reject, "Popraw odczyt": _correct}
    if file.card is not None:
        actions |= {"Wpisz odczyt": _enter, "Wymień licznik": _replace}
    if not actions:
        return
    section("Co dalej")
    words = list(actions)
    chosen = st.radio("Czynność", words, horizontal=True, key=f"meter-action-{file.where.meter_id}-{len(waiting)}")
    actions[chosen or words[0]](scope, file)


def _accept(scope: EmployeeScope, file: MeterFile) -> None:
    reading = _choice(_waiting(file), key="accept")
    if st.button("Przyjmij odczyt", type="primary", key="accept_reading"):
        _settle(
            lambda session: accept_reading(session, scope, reading_id=reading.reading_id),
            f"Przyjęto odczyt {formats.volume(reading.value)}.",
        )


def _reject(scope: EmployeeScope, file: MeterFile) -> None:
    reading = _choice(_open(file), key="reject")
    with st.form("reject_reading"):
        reason = st.text_input("Powód (zobaczy go najemca)", key="reject_reason", max_chars=300) or ""
        sent = st.form_submit_button("Odrzuć odczyt", type="primary")
    if sent:
        _settle(
            lambda session: reject_reading(session, scope, reading_id=reading.reading_id, reason=reason),
            f"Odrzucono odczyt {formats.volume(reading.value)}. Najemca zobaczy powód.",
        )


def _correct(scope: EmployeeScope, file: MeterFile) -> None:
    reading = _choice(_open(file), key="correct")
    with st.form("correct_reading"):
        typed = st.text_input("Właściwy stan (m³)", key="correct_value", max_chars=40, autocomplete="off") or ""
        reason = st.text_input("Powód (zobaczy go najemca)", key="correct_reason", max_chars=300) or ""
        sent = st.form_submit_button("Popraw odczyt", type="primary")
    if sent:
        value = formats.parse_volume(typed)
        _settle(
            lambda session: correct_reading(session, scope, reading_id=reading.reading_id, value=value, reason=reason),
            f"Poprawiono odczyt z {formats.day(reading.read_on)} na {formats.volume(value)}.",
        )


def _enter(scope: EmployeeScope, file: MeterFile) -> None:
    """A reading told on the phone. Odd ones want a reason: the answer stands in the form all the time."""
    if file.card is None:
        return
    with st.form("enter_reading"):
        typed = st.text_input("Stan (m³)", key="enter_value", max_chars=40, autocomplete="off") or ""
        read_on = _day("Dzień odczytu", key="enter_day")
        answer = st.selectbox(
            "Powód, jeśli odczyt jest nietypowy",
            list(Answer),
            index=None,
            format_func=ANSWER_WORDS.__getitem__,
            placeholder="Zwykły odczyt",
            key="enter_answer",
        )
        sent = st.form_submit_button("Zapisz odczyt", type="primary")
    if sent:
        value = Dial(file.card.digits, file.card.decimals).parse(typed)
        _settle(
            lambda session: enter_reading(
                session, scope, meter_id=file.where.meter_id, value=value, read_on=read_on, answer=answer
            ),
            f"Zapisano odczyt {formats.volume(value)} z {formats.day(read_on)}.",
        )


def _replace(scope: EmployeeScope, file: MeterFile) -> None:
    with st.form("replace_meter"):
        replaced_on = _day("Dzień wymiany", key="replace_day")
        final = st.text_input("Stan końcowy starego licznika (m³)", key="replace_final", max_chars=40) or ""
        number = st.text_input("Numer nowego licznika", key="replace_number", max_chars=40) or ""
        initial = st.text_input("Stan początkowy nowego licznika (m³)", key="replace_initial", value="0", max_chars=40)
        digits = st.number_input("Czarne cyfry", 1, 8, 5, key="replace_digits")
        decimals = st.number_input("Czerwone cyfry", 0, 3, 3, key="replace_decimals")
        mark = st.text_input("Cecha, na przykład M26", key="replace_mark", max_chars=10) or ""
        remote = st.checkbox("Odczyt zdalny", key="replace_remote")
        sent = st.form_submit_button("Wymień licznik", type="primary")
    if not sent:
        return
    new = NewMeter(number, digits, decimals, formats.parse_volume(initial or ""), mark, remote)
    _settle(
        lambda session: replace_meter(
            session,
            scope,
            meter_id=file.where.meter_id,
            replaced_on=replaced_on,
            final_value=formats.parse_volume(final),
            new=new,
        ),
        f"Wymieniono licznik {file.where.meter_no} na {number.strip()}.",
    )


def _settle(step: Callable[[Any], object], told: str) -> None:
    """Do it in a transaction of its own and look again; an odd reading is said in words with its consumption."""
    try:
        with transaction() as session:
            step(session)
    except OddReadingError as odd:
        used = odd.verdict.consumption
        words = f"zużycie {formats.volume(used)}" if used is not None else "stan niższy niż poprzedni"
        raise DomainError(
            f"Ten odczyt jest nietypowy ({words}). Sprawdź go, a jeśli jest dobry, wybierz powód."
        ) from odd
    st.session_state[RECEIPT] = told
    st.rerun()


def _choice(lines: Sequence[ReadingLine], *, key: str) -> ReadingLine:
    if len(lines) == 1:
        return lines[0]
    by_id = {line.reading_id: line for line in lines}
    chosen = st.selectbox(
        "Odczyt",
        list(by_id),
        format_func=lambda one: f"{formats.day(by_id[one].read_on)}: {formats.volume(by_id[one].value)}",
        key=f"{key}-which",
    )
    return by_id[chosen] if chosen in by_id else lines[0]


def _waiting(file: MeterFile) -> list[ReadingLine]:
    return [line for line in file.history if line.status is ReadingStatus.TO_CLARIFY]


def _open(file: MeterFile) -> list[ReadingLine]:
    """Readings that can still be rejected or corrected, those that wait first."""
    counting = [line for line in file.history if line.status in COUNTING]
    return [*_waiting(file), *counting]


def _day(label: str, *, key: str) -> date:
    chosen = st.date_input(label, value=today(), max_value=today(), format="DD.MM.YYYY", key=key)
    if not isinstance(chosen, date):
        raise InvalidInputError("Podaj dzień.", field="read_on")
    return chosen


def _name(place: MeterPlace) -> str:
    return f"{place.meter_no}, {place.address}, {MEDIA[place.medium].lower()} ({place.place})"


def _when(one: WaitingReading) -> str:
    return f"{formats.day(one.read_on)}{', ze zdjęciem' if one.has_photo else ''}"


def _why(one: WaitingReading) -> Safe:
    told = ", ".join(FLAG_WORDS[flag] for flag in Flag if flag in one.flags) or "do sprawdzenia"
    said = [ANSWER_WORDS[one.answer]] if one.answer else []
    return with_small(told, "; ".join([*said, *([one.comment] if one.comment else [])]))


def _from_whom(line: ReadingLine) -> Safe:
    """Whose reading it is, and what came with it; what a tenant said stands beside their photo."""
    return with_small(SOURCE_WORDS[line.source], (line.comment or "") if line.source is not Source.TENANT else "")
