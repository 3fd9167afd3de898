"""Closed months on the staff's screens: the months, closing and opening them, and what waits for a second person."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.db import reading, transaction
from core.imports.closed_periods import ClosedMonth
from core.imports.closing import MonthLine, close_month, ledger_months, next_to_close, reopen_month, waiting_until
from core.imports.options import LoadOptions
from core.imports.period_models import PeriodAction, RequestState
from core.imports.report import BatchReport
from core.imports.second_person import (
    RequestLine,
    ask_load,
    ask_undo,
    confirm_request,
    mint_decision,
    period_requests,
    refuse_request,
)
from core.money import from_grosze
from ui import formats
from ui.layout import badge, kv, note, section
from ui.tables import Column, table, with_small

RECEIPT = "periods_receipt"
LABELS = {"month": "Miesiąc", "reason": "Powód"}
SHOWN = 13  # months at once: a year and the one that runs
ACTIONS = {PeriodAction.LOAD: "wczytanie", PeriodAction.UNDO: "wycofanie"}
DECISIONS = {
    RequestState.CONFIRMED: "zgoda",
    RequestState.REFUSED: "odmowa",
    RequestState.REPLACED: "zastąpiona nowszą",
    RequestState.WAITING: "nieaktualna",
}


def month_name(month: str) -> str:
    """`wrzesień 2026` for 2026-09."""
    return formats.month(date(int(month[:4]), int(month[5:]), 1))


def second_person(
    scope: EmployeeScope, *, batch_id: int, report: BatchReport, options: LoadOptions | None
) -> str | None:
    """What a checked file does in closed months, and the request to a second person; the receipt once it is sent.

    `options` is what the clerk confirmed about the file, None while something waits for it. Refusals are the caller's.
    """
    note(
        "Część wierszy jest w zamkniętym okresie. Wczyta je druga osoba, gdy potwierdzi dokładnie ten plik i te liczby.",
        tone="attention",
    )
    _months_table(report.closed)
    reason = st.text_area("Powód wczytania w zamkniętym okresie", max_chars=500, key=f"period_reason-{batch_id}")
    if not st.button("Poproś o zgodę", type="primary", disabled=options is None, key="period_ask") or options is None:
        return None
    ask_load(scope, batch_id=batch_id, options=options, reason=reason or "")
    return f"Poproszono o zgodę na wczytanie partii {batch_id}. Decyzję zobaczysz na stronie Okresy."


def periods(scope: EmployeeScope) -> None:
    """What waits, the months, and what may be done with them; refusals are the caller's to show."""
    with reading() as session:
        waiting = period_requests(session, scope, waiting=True)
        decided = period_requests(session, scope, waiting=False, limit=20)
        months = ledger_months(session, scope)
        ready = next_to_close(session, scope) if scope.may(Permission.CLOSE_PERIODS) else []
    section(f"Czeka na drugą osobę ({len(waiting)})" if waiting else "Czeka na drugą osobę")
    if not waiting:
        note("Nic nie czeka na zgodę.")
    for one in waiting:
        _waiting(scope, one)
    section("Miesiące kartoteki")
    if months:
        _close(scope, months, ready)
        _all_months(months)
    else:
        note("Kartoteka jest pusta: nie ma jeszcze czego zamykać.")
    _ask_undo(scope)
    if decided:
        _decided(decided)


def _waiting(scope: EmployeeScope, one: RequestLine) -> None:
    with st.container(border=True, key=f"request-{one.id}"):
        kv(_told(one), label=f"Prośba {one.id}")
        _months_table(one.months)
        if not scope.may(Permission.CLOSE_PERIODS):
            note("Zgodę daje główny księgowy.")
        elif one.asked_by == scope.employee_id:
            note("To Twoja prośba: potwierdzić musi inna osoba.")
        else:
            _decide(scope, one)


def _told(one: RequestLine) -> list[tuple[str, str]]:
    told = [
        ("Prośba o", f"{ACTIONS[one.action]} partii {one.batch_id}"),
        ("Plik", one.file_name),
        ("Prosi", f"{one.asked_login}, {formats.instant(one.asked_at)}"),
        ("Powód", one.reason),
        ("Skrót pliku (SHA-256)", f"{one.sha256[:12]}…"),
    ]
    if one.figures:
        counts = (
            ("w pliku", "rows"), ("do wczytania", "accepted"), ("powtórzone", "repeated"),
            ("do poczekalni", "suspended"), ("błędne", "rejected"),
        )  # fmt: skip
        told.append(("Wiersze", ", ".join(f"{word} {formats.count(int(one.figures[name]))}" for word, name in counts)))
    return told


def _decide(scope: EmployeeScope, one: RequestLine) -> None:
    word = "wczytaj" if one.action is PeriodAction.LOAD else "wycofaj"
    if f"period_token-{one.id}" not in st.session_state:
        with transaction() as session:
            st.session_state[f"period_token-{one.id}"] = mint_decision(session, scope, request_id=one.id)
    if st.button(f"Zgadzam się: {word} partię {one.batch_id}", type="primary", key=f"period_confirm-{one.id}"):
        confirm_request(scope, request_id=one.id, token=st.session_state.pop(f"period_token-{one.id}"))
        done = "Wczytano" if one.action is PeriodAction.LOAD else "Wycofano"
        _done(f"{done} partię {one.batch_id} za Twoją zgodą.")
    with st.expander("Odmów"):
        answer = st.text_area("Powód odmowy", max_chars=500, key=f"period_answer-{one.id}")
        if st.button("Odmów zgody", key=f"period_refuse-{one.id}"):
            with transaction() as session:
                refuse_request(session, scope, request_id=one.id, answer=answer or "")
            _done(f"Odmówiono zgody na {ACTIONS[one.action]} partii {one.batch_id}.")


def _close(scope: EmployeeScope, months: Sequence[MonthLine], ready: Sequence[str]) -> None:
    if not scope.may(Permission.CLOSE_PERIODS):
        note("Miesiące zamyka główny księgowy.")
        return
    closed = next((one.month for one in months if one.closed_at), None)
    if ready:
        month = st.selectbox("Zamknij miesiąc", ready, index=len(ready) - 1, format_func=month_name, key="period_month")
        if closed is None:
            note("Pierwsze zamknięcie obejmie też wszystkie wcześniejsze miesiące.")
        if month:
            _say_what_waits(scope, month)
        if st.button("Zamknij", key="period_close", disabled=month is None) and month:
            with transaction() as session:
                done = close_month(session, scope, month=month)
            _done(f"Zamknięto {', '.join(map(month_name, done[-1:]))}{' i wcześniejsze' if len(done) > 1 else ''}.")
    else:
        note("Wszystkie miesiące przed bieżącym są zamknięte.")
    if closed is None:
        return
    with st.expander(f"Otwórz ponownie: {month_name(closed)}"):
        reason = st.text_area("Powód otwarcia", max_chars=500, key="period_reopen_reason")
        if st.button("Otwórz ponownie", key="period_reopen"):
            with transaction() as session:
                reopen_month(session, scope, month=closed, reason=reason or "")
            _done(f"Otwarto ponownie: {month_name(closed)}.")


def _say_what_waits(scope: EmployeeScope, month: str) -> None:
    with reading() as session:
        waiting = waiting_until(session, scope, month=month)
    if waiting:
        note(
            f"W poczekalni czekają wiersze z zamykanych miesięcy ({formats.count(waiting)}). Przypisz je wcześniej: "
            "po zamknięciu potrzeba do tego drugiej osoby.",
            tone="attention",
        )


def _ask_undo(scope: EmployeeScope) -> None:
    if not scope.may(Permission.UNDO_IMPORTS):
        return
    with st.expander("Poproś o zgodę na wycofanie partii"):
        batch = st.number_input("Numer partii", min_value=1, value=None, step=1, key="period_undo_batch")
        reason = st.text_area("Powód wycofania", max_chars=500, key="period_undo_reason")
        if st.button("Poproś o zgodę", key="period_ask_undo", disabled=batch is None) and batch is not None:
            with transaction() as session:
                ask_undo(session, scope, batch_id=int(batch), reason=reason or "")
            _done(f"Poproszono o zgodę na wycofanie partii {batch}.")


def _months_table(months: Sequence[ClosedMonth]) -> None:
    columns: tuple[Column[ClosedMonth], ...] = (
        Column("Miesiąc", lambda one: month_name(one.month)),
        Column("Wpisy", lambda one: formats.count(one.rows), numeric=True),
        Column("Obciążenia (Wn)", lambda one: formats.money(from_grosze(one.debit)), numeric=True),
        Column("Uznania (Ma)", lambda one: formats.money(from_grosze(one.credit)), numeric=True),
        Column("Do poczekalni", lambda one: formats.count(one.suspended), numeric=True),
    )
    table(months, columns, caption="W zamkniętych miesiącach")


def _all_months(months: Sequence[MonthLine]) -> None:
    columns: tuple[Column[MonthLine], ...] = (
        Column("Miesiąc", lambda one: month_name(one.month)),
        Column("Stan", _state),
        Column("Wpisy", _rows, numeric=True),
        Column("Obciążenia (Wn)", lambda one: formats.money(one.debit), numeric=True),
        Column("Uznania (Ma)", lambda one: formats.money(one.credit), numeric=True),
    )
    table(months[:SHOWN], columns, caption="Miesiące kartoteki, od najnowszych")
    if older := months[SHOWN:]:
        with st.expander(f"Wcześniejsze miesiące ({len(older)})"):
            table(older, columns, caption="Wcześniejsze miesiące")


def _state(one: MonthLine) -> str:
    if one.closed_at is not None:
        return with_small("zamknięty", f"{one.closed_login}, {formats.instant(one.closed_at)}")
    if one.reopened_at is not None:
        told = f"ponownie: {one.reopened_login}, {formats.instant(one.reopened_at)}. {one.reopen_reason}"
        return with_small("otwarty", told)
    return badge("otwarty", "good")


def _rows(one: MonthLine) -> str:
    since = one.added_since
    changed = f"od zamknięcia {'+' if since > 0 else '−'}{formats.count(abs(since))}" if since else ""
    return with_small(formats.count(one.rows), changed)


def _decided(lines: Sequence[RequestLine]) -> None:
    section("Rozpatrzone prośby")
    columns: tuple[Column[RequestLine], ...] = (
        Column("Prośba", lambda one: with_small(f"{ACTIONS[one.action]} partii {one.batch_id}", one.file_name)),
        Column("Prosi", lambda one: with_small(one.asked_login, one.reason)),
        Column("Decyzja", _decision),
    )
    table(lines, columns, caption="Rozpatrzone prośby, od najnowszych")


def _decision(one: RequestLine) -> str:
    when = formats.instant(one.decided_at) if one.decided_at else ""
    return with_small(DECISIONS[one.state], ", ".join(part for part in (one.decided_login, when, one.answer) if part))


def _done(receipt: str) -> None:
    st.session_state[RECEIPT] = receipt
    st.rerun()
