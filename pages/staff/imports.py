"""Import: hand in a file, see what it would do, load it once, take a batch back."""

from dataclasses import replace

import streamlit as st

from core.access.scopes import Permission
from core.batches.models import BatchState
from core.db import reading
from core.imports.desk import batch_count, confirm_batch, confirm_undo, hand_in, history, mint_token, preview_batch
from core.imports.load import SecondPersonNeededError
from ui import import_desk as desk
from ui.balance_desk import differences
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame, note, section
from ui.period_desk import second_person
from ui.sign_in import require_employee

scope = require_employee(Permission.IMPORT_FILES)
PAGE = 20
LABELS = {"kind": "Rodzaj pliku", "debit": "Suma obciążeń", "credit": "Suma uznań", "reason": "Powód"}


def check(upload: desk.Upload) -> desk.Preview:
    """Hand the upload in and rehearse it."""
    with desk.on_disk(upload) as path:
        batch_id = hand_in(scope, kind=upload.kind, path=path, file_name=upload.name)
    with desk.progress(upload.options, "Sprawdzanie pliku…") as options:
        report, _ = preview_batch(scope, batch_id=batch_id, options=options)
    return desk.Preview(batch_id, upload.name, upload.options, report, mint_token(scope, batch_id=batch_id))


def confirm(preview: desk.Preview) -> None:
    """Show what the file would do and load it when the clerk says so."""
    section(f"Sprawdzony plik: {preview.name}")
    desk.show_report(preview.report)
    differences(scope, batch_id=preview.batch_id, number=len(preview.report.differences))
    options = desk.choices(preview)
    if preview.report.closed:
        if asked := second_person(scope, batch_id=preview.batch_id, report=preview.report, options=options):
            _finish(asked)
        return
    if st.button("Wczytaj plik", type="primary", disabled=options is None, key="load") and options is not None:
        try:
            with desk.progress(options, "Wczytywanie pliku…") as moving:
                report = confirm_batch(scope, batch_id=preview.batch_id, token=preview.token, options=moving)
        except SecondPersonNeededError as needed:  # a month was closed meanwhile, or equal rows are to be added there
            st.session_state["preview"] = replace(preview, report=needed.report)
            raise
        _finish(desk.receipt(report, preview.name))


def _finish(receipt: str) -> None:
    st.session_state.pop("preview")
    st.session_state["receipt"] = receipt
    st.rerun()


def take_back() -> None:
    """The history, and the way back for one batch."""
    section("Historia importu")
    with reading() as session:
        pages = max(1, -(-batch_count(session, scope) // PAGE))
        page = min(st.session_state.get("history_page", 1), pages)
        lines = history(session, scope, limit=PAGE, skip=(page - 1) * PAGE)
        committed = history(session, scope, limit=200, state=BatchState.COMMITTED)
    if not lines:
        note("Nie wczytano jeszcze żadnego pliku. Zacznij od budynków, potem lokale, kontrahenci, umowy i kartoteka.")
        return
    desk.history_table(lines)
    if pages > 1:
        st.pagination(pages, key="history_page")
    loaded = {line.id: desk.batch_name(line) for line in committed}
    label = "Wycofaj partię"
    chosen = st.selectbox(label, list(loaded), index=None, format_func=loaded.__getitem__, placeholder="Wybierz partię")
    if chosen is None:
        return
    if st.session_state.get("undo", (None, ""))[0] != chosen:
        st.session_state["undo"] = (chosen, mint_token(scope, batch_id=chosen))
    note(f"Wycofanie usunie z bazy to, co wczytała tylko partia {chosen}. Wpis w historii zostanie.", tone="attention")
    if st.button(f"Wycofaj partię {chosen}", key="take_back"):
        done = confirm_undo(scope, batch_id=chosen, token=st.session_state.pop("undo")[1])
        st.session_state["receipt"] = desk.undo_receipt(chosen, done)
        st.rerun()


with frame("Import", "Wczytaj pliki z systemu księgowego. Przed zapisem zobaczysz, co się zmieni."):
    messages = message_slot("import")
    if "receipt" in st.session_state:
        with messages:
            show_success(st.session_state.pop("receipt"))
    with refusals(messages, LABELS):
        if (upload := desk.upload_form()) is not None:
            st.session_state.pop("preview", None)  # a refused file must not leave the one before it to be loaded
            st.session_state["preview"] = check(upload)
    with refusals(messages, LABELS):
        if "preview" in st.session_state:
            confirm(st.session_state["preview"])
    with refusals(messages, LABELS):
        take_back()
