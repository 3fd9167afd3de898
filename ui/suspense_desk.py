"""Rows in suspense on the staff's screens: the queue by unknown payer, one payer with who they may be, what was decided."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.errors import InvalidInputError
from core.imports.suspense.assigning import MOST_PARTS, assign_by_number, assign_known, known_count, send_back, split
from core.imports.suspense.candidates import TenancyCandidate
from core.imports.suspense.queue import (
    PAGE,
    Payer,
    WaitingRow,
    one_payer,
    payer_count,
    payer_rows,
    payers,
    suspense_counts,
    whose,
)
from ui import formats
from ui.layout import Figure, kpi_row, kv, note, section
from ui.tables import Column, table, with_small

CHOSEN, RECEIPT = "suspense_payer", "suspense_receipt"
DRAWN = "suspense_drawn"  # in st.session_state: the rows that the buttons on screen are about
LABELS = {
    "tenancy_no": "Numer umowy", "candidate": "Czyje to wiersze", "rows": "Wiersze", "reason": "Powód", "amounts": "Części",
}  # fmt: skip
OTHER = 0  # no tenancy has this id
ALL, SOME = "Wszystkie", "Wybrane"


def counts(scope: EmployeeScope) -> None:
    """How much waits and what was decided."""
    with reading() as session:
        told = suspense_counts(session, scope)
    kpi_row(
        [
            Figure(told.waiting, "Czekają", attention=told.waiting > 0),
            Figure(told.assigned, "Przypisane"),
            Figure(told.sent_back, "Odesłane"),
        ],
        label="Poczekalnia",
    )
    if told.readings:
        note(
            f"Czekają też odczyty nieznanych liczników ({formats.count(told.readings)}). Dodaj te liczniki do ewidencji "
            "i wczytaj plik odczytów jeszcze raz."
        )


def queue(scope: EmployeeScope) -> None:
    """Unknown payers with rows that wait; the one chosen is shown next. Refusals are the caller's."""
    _offer_known(scope)
    section("Nieznani płatnicy")
    with st.form("suspense_search", border=False):
        typed = st.text_input(
            "Numer, dokument albo treść", key="suspense_text", max_chars=60, autocomplete="off", persist_state="session"
        )
        st.form_submit_button("Szukaj")
    text = typed or ""
    with reading() as session:
        number = payer_count(session, scope, text=text)
        pages = max(1, -(-number // PAGE))
        page = min(st.session_state.get("suspense_page", 1), pages)
        found = payers(session, scope, text=text, skip=(page - 1) * PAGE)
    if not found:
        note("Nic tu nie czeka." if not text else "Nie ma takich wierszy. Zmień albo usuń szukany tekst.")
        return
    chosen = st.selectbox(
        "Pokaż wiersze płatnika", found, index=None, format_func=_named, placeholder="Wybierz", key="suspense_pick"
    )
    if chosen is not None:
        st.session_state[CHOSEN] = (chosen.tenant_no, chosen.tenancy_no)
        st.rerun()
    more = f", {formats.count(len(found))} z {formats.count(number)}" if number > len(found) else ""
    table(
        found,
        [
            Column("Umowa w pliku", lambda one: one.tenancy_no or "brak"),
            Column("Kontrahent w pliku", lambda one: one.tenant_no or "brak"),
            Column("Wiersze", lambda one: formats.count(one.rows), numeric=True),
            Column("Obciążenia", lambda one: formats.money(one.debit), numeric=True),
            Column("Uznania", lambda one: formats.money(one.credit), numeric=True),
            Column("Księgowane", _days),
        ],
        caption=f"Płatnicy, których nie ma w ewidencji{more}",
    )
    if pages > 1:
        st.pagination(pages, key="suspense_page", persist_state="session")


def show_payer(scope: EmployeeScope, tenant_no: str, tenancy_no: str) -> None:
    """One unknown payer with all that can be decided. Refusals are the caller's."""
    if st.button("Wróć do kolejki", key="back"):
        leave()
        st.rerun()
    with reading() as session:
        payer, rows = one_payer(session, scope, tenant_no=tenant_no, tenancy_no=tenancy_no)
    section(f"{_numbered('Umowa', tenancy_no)}, {_numbered('kontrahent', tenant_no)}")
    kv(
        [
            ("Wiersze", formats.count(payer.rows)),
            ("Obciążenia", formats.money(payer.debit)),
            ("Uznania", formats.money(payer.credit)),
            ("Księgowane", _days(payer)),
        ],
        label="Nieznany płatnik",
    )
    if len(rows) > PAGE:  # what is decided about them must not be pages away
        with st.expander(f"Wiersze, które czekają ({formats.count(payer.rows)})"):
            rows_table(rows, caption="Wiersze, które czekają", number=payer.rows)
    else:
        rows_table(rows, caption="Wiersze, które czekają", number=payer.rows)
    wanted = _which(scope, payer, rows)
    if wanted:
        _decide(scope, payer, rows, wanted)


def _numbered(what: str, number: str) -> str:
    return f"{what} „{number}”" if number else f"{what} bez numeru"


def _decide(scope: EmployeeScope, payer: Payer, rows: Sequence[WaitingRow], wanted: list[int]) -> None:
    """What can become of these rows. A button pressed is about the rows it was drawn for, not about what has come since."""
    drawn = st.session_state.get(DRAWN, wanted)
    st.session_state[DRAWN] = wanted
    chosen = set(wanted)
    with reading() as session:
        candidates = whose(session, scope, [row for row in rows if row.id in chosen] or rows)
    section("Przypisz do umowy")
    _assign_form(scope, payer, drawn, candidates, label=f"Przypisz wiersze ({formats.count(len(wanted))})")
    if len(wanted) == 1:
        _split_form(scope, next(row for row in rows if row.id == wanted[0]))
    _send_back_form(scope, payer, drawn, label=f"Odeślij wiersze ({formats.count(len(wanted))})")


def rows_table(rows: Sequence[WaitingRow], *, caption: str, number: int) -> None:
    """Rows as the file gave them; `number`: how many there are in all."""
    more = f", {formats.count(len(rows))} z {formats.count(number)}" if number > len(rows) else ""
    table(
        rows,
        [
            Column("Dzień", lambda row: formats.day(row.booked_on)),
            Column("Operacja", lambda row: with_small(formats.document_type(row.document_type), row.description)),
            Column("Dokument", lambda row: row.document_no or "bez numeru"),
            Column("Kwota", signed, numeric=True),
            Column("Skąd", lambda row: f"partia {row.batch_id}, wiersz {row.line_no}"),
        ],
        caption=f"{caption}{more}",
    )


def signed(row: WaitingRow) -> str:
    """The amount with its side in a word."""
    return f"{formats.money(row.debit)} obciążenie" if row.debit else f"{formats.money(row.credit)} uznanie"


def leave() -> None:
    """Back to the queue, with nothing chosen."""
    for key in (CHOSEN, DRAWN):
        st.session_state.pop(key, None)


def done(message: str) -> None:
    """Show the screen anew with what was done."""
    st.session_state[RECEIPT] = message
    st.rerun()


def _offer_known(scope: EmployeeScope) -> None:
    with reading() as session:
        number = known_count(session, scope)
    if not number:
        return
    words = formats.plural(number, "wiersza", "wierszy", "wierszy")
    note(f"Kontrahent i umowa {words} są już w ewidencji.", tone="attention")
    if st.button(f"Przypisz do ich umów ({formats.count(number)})", type="primary", key="suspense_known"):
        with transaction() as session:
            assigned = assign_known(session, scope)
        done(f"Przypisano wiersze do ich umów: {formats.count(assigned)}.")


def _which(scope: EmployeeScope, payer: Payer, rows: Sequence[WaitingRow]) -> list[int]:
    """The rows that are decided about: all of the payer's, or some."""
    if payer.rows == 1:
        return [rows[0].id]
    if payer.tenant_no or payer.tenancy_no:
        how = st.radio("Których wierszy dotyczy decyzja", [ALL, SOME], horizontal=True, key="suspense_which")
    else:
        note("Bez numeru umowy i kontrahenta każdy wiersz może być od kogo innego. Wybierz, których dotyczy decyzja.")
        how = SOME
    if how == SOME:
        by_id = {row.id: row for row in rows}
        return list(
            st.multiselect(
                "Wiersze",
                list(by_id),
                format_func=lambda one: _row_name(by_id[one]),
                placeholder="Wybierz",
                key="suspense_rows",
            )
        )
    with reading() as session:
        return payer_rows(session, scope, tenant_no=payer.tenant_no, tenancy_no=payer.tenancy_no)


def _assign_form(
    scope: EmployeeScope, payer: Payer, wanted: Sequence[int], candidates: Sequence[TenancyCandidate], *, label: str
) -> None:
    by_id = {one.tenancy_id: one for one in candidates}
    if not by_id:
        note(
            "Nic nie wskazuje, czyje to wiersze. Wpisz numer umowy (znajdziesz go w Najemcach) albo odeślij je z powodem."
        )
    with st.form(f"suspense_assign-{payer.tenancy_no}-{payer.tenant_no}"):
        chosen = _choose(by_id) if by_id else None
        number = st.text_input("Numer umowy", key="suspense_number", max_chars=40, autocomplete="off")
        sent = st.form_submit_button(label, type="primary", key="suspense_assign_send")
    if not sent:
        return
    name = _target(chosen, (number or "").strip(), by_id)
    with transaction() as session:
        assigned = assign_by_number(session, scope, row_ids=wanted, tenancy_no=name)
    _finished(payer, wanted, f"Przypisano do umowy {name} wiersze: {formats.count(assigned)}.")


def _choose(by_id: Mapping[int, TenancyCandidate]) -> int | None:
    """The candidate who was pointed at; nobody is, until somebody looks."""
    return st.radio(
        "Czyje to wiersze", [*by_id, OTHER], index=None, key="suspense_candidate",
        format_func=lambda one: _candidate_name(by_id[one]) if one in by_id else "Inna umowa, o numerze wpisanym niżej",
        captions=[*(one.why for one in by_id.values()), ""],
    )  # fmt: skip


def _target(chosen: int | None, number: str, by_id: Mapping[int, TenancyCandidate]) -> str:
    """The number of the tenancy that is meant: a candidate's or the one typed, never both."""
    if chosen is not None and chosen in by_id and number and number != by_id[chosen].tenancy_no:
        raise InvalidInputError("Wybrano umowę z listy i wpisano inny numer: zostaw jedno z nich.", field="tenancy_no")
    if chosen is not None and chosen in by_id:
        return by_id[chosen].tenancy_no
    if not number:
        raise InvalidInputError("Wskaż umowę na liście albo wpisz jej numer.", field="candidate")
    return number


def _split_form(scope: EmployeeScope, row: WaitingRow) -> None:
    with st.expander("Podziel wiersz na kilka umów"):
        note(f"Do podziału: {signed(row)}. Części muszą dać razem tę kwotę.")
        number = st.selectbox("Liczba części", list(range(2, MOST_PARTS + 1)), key=f"suspense_parts-{row.id}")
        with st.form(f"suspense_split-{row.id}", border=False):
            typed = []
            for part in range(1, number + 1):
                left, right = st.columns(2)
                no = left.text_input(
                    f"Umowa, część {part}", key=f"split_no-{row.id}-{part}", max_chars=40, autocomplete="off"
                )
                amount = right.text_input(
                    f"Kwota, część {part} (zł)", key=f"split_sum-{row.id}-{part}", autocomplete="off"
                )
                typed.append((no or "", amount or ""))
            sent = st.form_submit_button("Podziel i przypisz")
    if sent:
        parts = [(no, _amount(amount, part)) for part, (no, amount) in enumerate(typed, start=1)]
        with transaction() as session:
            split(session, scope, row_id=row.id, amounts=parts)
        leave()
        done(f"Podzielono wiersz na części: {formats.count(len(parts))}.")


def _amount(typed: str, part: int) -> Decimal:
    try:
        return formats.parse_amount(typed)
    except InvalidInputError as refusal:
        raise InvalidInputError(f"Kwota części {part}: {refusal.message}", field="amounts") from None


def _send_back_form(scope: EmployeeScope, payer: Payer, wanted: Sequence[int], *, label: str) -> None:
    with st.expander("Odeślij do poprawy"), st.form("suspense_send_back", border=False):
        note(
            "Odesłane wiersze nie czekają już w kolejce. Listę z powodami pobierzesz w widoku „Plik”; poprawione wczyta Import."
        )
        reason = st.text_area("Powód", max_chars=500, key="suspense_reason")
        sent = st.form_submit_button(label, key="suspense_send_back_send")
    if sent:
        with transaction() as session:
            number = send_back(session, scope, row_ids=wanted, reason=reason or "")
        _finished(payer, wanted, f"Odesłano wiersze: {formats.count(number)}.")


def _finished(payer: Payer, wanted: Sequence[int], message: str) -> None:
    """Back to the queue once nothing of this payer waits."""
    if len(wanted) == payer.rows:
        leave()
    done(message)


def _named(payer: Payer) -> str:
    words = formats.plural(payer.rows, "wiersz", "wiersze", "wierszy")
    return f"umowa {payer.tenancy_no or 'brak'}, kontrahent {payer.tenant_no or 'brak'}: {words}"


def _row_name(row: WaitingRow) -> str:
    return f"{formats.day(row.booked_on)}, {signed(row)}, {row.description or row.document_no}"


def _candidate_name(one: TenancyCandidate) -> str:
    return f"{one.tenancy_no}, {one.name}, {one.address}"


def _days(payer: Payer) -> str:
    first, last = formats.day(payer.first), formats.day(payer.last)
    return first if first == last else f"{first} do {last}"
