"""What was handed in, on screen: the history with its search, one batch with its receipt and file, and the way back."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from starlette.routing import BaseRoute

from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission
from core.batches.models import BatchState
from core.db import reading
from core.imports.history import BatchLine, batch_count, history, source_file
from core.imports.kinds import KINDS
from core.imports.posted import SUSPENSE
from core.imports.receipt import batch_receipt, receipt_facts
from core.imports.undo import UndoReceipt
from core.imports.undo_plan import SHOWN, UndoLine, UndoPlan, confirm_undo, plan_undo
from core.imports.waiting import WAITING
from ui import formats
from ui.kept_files import KeptFile, file_route
from ui.layout import Figure, Tone, badge, kpi_row, kv, note, section
from ui.service import Service
from ui.tables import Column, table, with_small

PAGE = 20
SOURCE_PATH = "/pliki/import/"
PLAN = "undo_plan"  # in st.session_state: what taking a batch back would do
STATES: dict[BatchState, tuple[str, Tone]] = {
    BatchState.RECEIVED: ("przyjęty", "neutral"),
    BatchState.CHECKED: ("sprawdzony", "information"),
    BatchState.COMMITTED: ("wczytany", "good"),
    BatchState.UNDONE: ("wycofany", "neutral"),
    BatchState.REFUSED: ("odrzucony", "attention"),
}


def history_table(lines: Sequence[BatchLine]) -> None:
    """Batches, newest first."""
    table(
        lines,
        [
            Column("Partia", lambda line: str(line.id), numeric=True),
            Column("Plik", lambda line: with_small(line.file_name, KINDS[line.kind].title)),
            Column("Stan", lambda line: badge(*STATES[line.state])),
            Column("Przyjęto", lambda line: with_small(formats.instant(line.received_at), line.employee_login)),
            Column("Wynik", _result),
        ],
        caption="Historia importu, od najnowszych",
        header=1,
    )


def _result(line: BatchLine) -> str:
    if line.state in WAITING:
        return "czeka na decyzję"
    if line.state is BatchState.REFUSED:
        return line.refusal or "nic nie wczytano"
    counts = (
        (line.accepted, "wczytane"),
        (line.repeated, "powtórzone"),
        (line.suspended, "w poczekalni"),
        (line.rejected, "pominięte"),
    )
    said = ", ".join(f"{word} {formats.count(number)}" for number, word in counts if number)
    return f"{said or 'bez wierszy'}{', wycofane' if line.state is BatchState.UNDONE else ''}"


def batch_name(line: BatchLine) -> str:
    """`Partia 5: kartoteka.csv (Kartoteka finansowa, wczytany)`."""
    return f"Partia {line.id}: {line.file_name} ({KINDS[line.kind].title}, {STATES[line.state][0]})"


def import_routes(service: Service) -> list[BaseRoute]:
    """The route of files as they were handed in, matched before Streamlit's; of the dashboard only."""
    if service.realm is not Realm.STAFF:
        return []

    def source(session: Any, scope: Any, number: int) -> KeptFile:
        name, path = source_file(session, scope, batch_id=number)
        return KeptFile(path, "text/csv", name)

    return [file_route(service, SOURCE_PATH, {Realm.STAFF: source})]


def show_history(scope: EmployeeScope) -> str | None:
    """The history, one of its batches, and taking it back; returns what was done, to be said."""
    section("Historia importu")
    searched = (
        st.text_input("Szukaj w historii: plik, kto wczytał, numer partii", key="history_text", max_chars=80) or ""
    )
    with reading() as session:
        pages = max(1, -(-batch_count(session, scope, text=searched) // PAGE))
        page = min(st.session_state.get("history_page", 1), pages)
        lines = history(session, scope, limit=PAGE, skip=(page - 1) * PAGE, text=searched)
    if not lines and not searched:
        note("Nie wczytano jeszcze żadnego pliku. Zacznij od budynków, potem lokale, kontrahenci, umowy i kartoteka.")
        return None
    if not lines:
        note("Żadna partia nie zawiera tych słów. Zmień albo usuń szukany tekst.")
        return None
    history_table(lines)
    if pages > 1:
        st.pagination(pages, key="history_page")
    return _one(scope, lines)


def _one(scope: EmployeeScope, lines: Sequence[BatchLine]) -> str | None:
    by_id = {line.id: line for line in lines}
    chosen = st.selectbox(
        "Pokaż partię", list(by_id), index=None, format_func=lambda one: batch_name(by_id[one]), placeholder="Wybierz partię",
        key="history_batch",
    )  # fmt: skip
    if chosen is None:
        return None
    line = by_id[chosen]
    st.html(
        f'<p class="kit"><a href="{SOURCE_PATH}{line.id}" target="_self" download>Pobierz plik, jaki przekazano</a></p>'
    )
    if line.state in WAITING:
        note("Ta partia czeka na decyzję. Znajdziesz ją wyżej na tej stronie.")
        return None
    if line.state is not BatchState.COMMITTED:
        note(line.refusal or "Ta partia nie jest wczytana.")
        return None
    kv(receipt_facts(line), label=f"Partia {line.id}")

    def receipt() -> bytes:
        with reading() as session:
            return batch_receipt(session, scope, batch_id=line.id)

    st.download_button(
        "Pobierz potwierdzenie (PDF)", receipt, file_name=f"potwierdzenie-partia-{line.id}.pdf", mime="application/pdf",
        on_click="ignore", key="batch_receipt",
    )  # fmt: skip
    return _take_back(scope, line) if scope.may(Permission.UNDO_IMPORTS) else None


def _take_back(scope: EmployeeScope, line: BatchLine) -> str | None:
    """First what would happen, in three lists, then the button that does exactly that."""
    plan: UndoPlan | None = st.session_state.get(PLAN)
    if plan is None or plan.receipt.batch_id != line.id:
        if st.button(f"Sprawdź wycofanie partii {line.id}", key="plan_undo"):
            with st.spinner("Sprawdzam, co się stanie…"):
                st.session_state[PLAN] = plan_undo(scope, batch_id=line.id)
            st.rerun()
        return None
    _show_plan(plan, kind=line.kind)
    row = st.container(horizontal=True)
    if plan.refusal is None and row.button(f"Wycofaj partię {line.id}", type="primary", key="take_back"):
        del st.session_state[PLAN]
        return undo_receipt(confirm_undo(scope, batch_id=line.id, token=plan.token))
    if row.button("Anuluj" if plan.refusal is None else "Zamknij", key="forget_undo"):
        del st.session_state[PLAN]
        st.rerun()
    return None


def _show_plan(plan: UndoPlan, *, kind: str) -> None:
    section(f"Wycofanie partii {plan.receipt.batch_id}")
    if plan.refusal is not None:
        note(plan.refusal, tone="attention")
        return  # lists of what would go and stay say nothing where nothing can
    done, in_ledger = plan.receipt, bool(plan.removed or plan.reversed or plan.kept)
    reversals = [Figure(done.reversed, "dostanie storno", attention=done.reversed > 0)] if in_ledger else []
    kpi_row(
        [
            Figure(done.removed, "zniknie"),
            *reversals,
            Figure(done.kept, "zostanie (przyniosła je też inna partia)"),
        ],
        label="Co się stanie",
    )
    if done.reversed:
        note(
            "Wiersze najemców, którzy od wczytania byli w portalu, nie znikają: obok każdego stanie storno z dzisiejszą datą."
        )
    for lines, caption in (
        (plan.removed, "Znikną z kartoteki"),
        (plan.reversed, "Zostaną, a obok stanie storno"),
        (plan.kept, "Zostaną, bo wczytała je też inna partia"),
    ):
        if lines:
            first = "pierwsze " if len(lines) == SHOWN else ""
            with st.expander(f"{caption} ({first}{len(lines)})"):
                table(lines, UNDO_COLUMNS, caption=caption)
    again = " Wiersze, o których zdecydowała, znów będą czekać w Poczekalni." if kind == SUSPENSE else ""
    note(f"Partia zostanie w historii jako wycofana.{again}")


def undo_receipt(done: UndoReceipt) -> str:
    """What was taken back, in one sentence."""
    posted = f", wystornowano {formats.count(done.reversed)}" if done.reversed else ""
    return (
        f"Wycofano partię {done.batch_id}: usunięto {formats.count(done.removed)}{posted}, "
        f"zachowano {formats.count(done.kept)}."
    )


UNDO_COLUMNS: list[Column[UndoLine]] = [
    Column("Wiersz", lambda one: str(one.line_no), numeric=True),
    Column("Umowa", lambda one: with_small(one.tenancy_no, f"też w partii {one.also_in}" if one.also_in else "")),
    Column("Dokument", lambda one: with_small(formats.document_type(one.document_type), one.document_no)),
    Column("Data", lambda one: formats.day(one.booked_on)),
    Column("Kwota", lambda one: formats.money(one.debit - one.credit), numeric=True),
]
