"""What was decided about rows in suspense: looked at, taken back, and the lists as files."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.db import reading, transaction
from core.imports.suspense.assigning import take_back
from core.imports.suspense.models import Decision
from core.imports.suspense.queue import PAGE, DecidedRow, decided_count, decided_rows
from core.imports.suspense.waiting_file import sent_back_file, waiting_file
from ui import formats
from ui.layout import link_list, note, paragraph, section
from ui.suspense_desk import done, signed
from ui.tables import Column, table, with_small

WORDS = {Decision.ASSIGNED: "Przypisane", Decision.SENT_BACK: "Odesłane"}
NONE = {
    Decision.ASSIGNED: "Żaden wiersz nie jest przypisany.",
    Decision.SENT_BACK: "Żaden wiersz nie jest odesłany.",
}


def decided(scope: EmployeeScope, decision: Decision) -> None:
    """Decisions of one kind that stand, and taking them back. Refusals are the caller's."""
    section(WORDS[decision])
    with st.form(f"decided_search-{decision}", border=False):
        typed = st.text_input(
            "Numer, dokument albo treść", key=f"decided_text-{decision}", max_chars=60, autocomplete="off"
        )
        st.form_submit_button("Szukaj")
    text = typed or ""
    key = f"decided_page-{decision}"
    with reading() as session:
        number = decided_count(session, scope, decision=decision, text=text)
        pages = max(1, -(-number // PAGE))
        page = min(st.session_state.get(key, 1), pages)
        rows = decided_rows(session, scope, decision=decision, text=text, skip=(page - 1) * PAGE)
    if not rows:
        note(NONE[decision] if not text else "Nie ma takich wierszy. Zmień albo usuń szukany tekst.")
        return
    _table(rows, decision, number)
    if pages > 1:
        st.pagination(pages, key=key)
    if scope.may(Permission.UNDO_IMPORTS):
        _take_back(scope, rows, decision)


def files(scope: EmployeeScope) -> None:
    """The list of what waits, to be filled in elsewhere and handed in, and of what was sent back."""
    section("Cała poczekalnia w pliku")
    paragraph(
        "Pobierz listę i uzupełnij kolumnę umowa. Wiersz dzielisz, powtarzając go z innym numerem umowy i kwotą w kolumnie "
        "kwota. Powód w kolumnie odeslac odsyła wiersz. Puste zostają w poczekalni. Plik wczytaj na stronie Import."
    )
    st.download_button(
        "Pobierz listę oczekujących (CSV)", lambda: _made(scope, Decision.ASSIGNED), file_name="poczekalnia.csv",
        mime="text/csv", on_click="ignore", key="waiting_file",
    )  # fmt: skip
    link_list([("Przejdź do importu", "/import")], label="Import")
    section("Odesłane w pliku")
    st.download_button(
        "Pobierz listę odesłanych (CSV)", lambda: _made(scope, Decision.SENT_BACK), file_name="odeslane.csv",
        mime="text/csv", on_click="ignore", key="sent_back_file",
    )  # fmt: skip


def _made(scope: EmployeeScope, decision: Decision) -> bytes:
    with transaction() as session:
        return (sent_back_file if decision is Decision.SENT_BACK else waiting_file)(session, scope)


def _table(rows: Sequence[DecidedRow], decision: Decision, number: int) -> None:
    more = f", {formats.count(len(rows))} z {formats.count(number)}" if number > len(rows) else ""
    what = Column[DecidedRow]("Umowa", _whose) if decision is Decision.ASSIGNED else Column[DecidedRow]("Powód", _why)
    table(
        rows,
        [
            Column(
                "Operacja", lambda one: with_small(formats.document_type(one.row.document_type), one.row.description)
            ),
            Column("Kwota", lambda one: signed(one.row), numeric=True),
            what,
            Column("W pliku", lambda one: with_small(f"umowa {one.row.tenancy_no or 'brak'}", _place(one))),
            Column("Kto", lambda one: with_small(one.decided_login, formats.instant(one.decided_at))),
        ],
        caption=f"{WORDS[decision]}{more}",
    )


def _take_back(scope: EmployeeScope, rows: Sequence[DecidedRow], decision: Decision) -> None:
    by_id = {one.decision_id: one for one in rows}
    with st.form(f"take_back-{decision}", border=False):
        wanted = st.multiselect(
            "Cofnij decyzje o wierszach", list(by_id), format_func=lambda one: _named(by_id[one]), placeholder="Wybierz",
            key=f"take_back_rows-{decision}",
        )  # fmt: skip
        sent = st.form_submit_button("Cofnij wybrane")
    if sent:
        with transaction() as session:
            receipt = take_back(session, scope, decision_ids=wanted)
        seen = (
            f" Najemcy mogli widzieć {formats.count(receipt.reversed)} z tych operacji: zaksięgowano ich storno."
            if receipt.reversed
            else ""
        )
        done(f"Wiersze znów czekają: {formats.count(receipt.rows)}.{seen}")


def _whose(one: DecidedRow) -> str:
    if len(one.parts) == 1:
        return with_small(one.parts[0][0], one.parts[0][1])
    return with_small("podzielony", "; ".join(f"{number}: {formats.money(amount)}" for number, _, amount in one.parts))


def _why(one: DecidedRow) -> str:
    return one.reason or ""


def _place(one: DecidedRow) -> str:
    return f"partia {one.row.batch_id}, wiersz {one.row.line_no}"


def _named(one: DecidedRow) -> str:
    where = ", ".join(number for number, _, _ in one.parts) or "odesłany"
    return f"{signed(one.row)}, {where} ({_place(one)})"
