"""Files that wait for a decision, on screen: who handed them in and when, the way back to the check, the refusal."""

from collections.abc import Callable, Collection

import streamlit as st

from core.access.scopes import EmployeeScope
from core.batches.models import BatchState
from core.db import reading, transaction
from core.imports.kinds import KINDS
from core.imports.waiting import LONGEST_REFUSAL, WaitingBatch, refuse_batch, waiting_batches, waiting_count
from ui import formats
from ui.layout import badge, note, paragraph, section
from ui.markup import Safe
from ui.tables import Column, table, with_small

PAGE = 20


def show_waiting(
    scope: EmployeeScope, *, without: Collection[int], take_up: Callable[[EmployeeScope, WaitingBatch], None]
) -> str | None:
    """Files that wait and what can be done with one of them; returns what was done, to be said. Nothing where none waits.

    `without`: those that the screen shows already. `take_up` makes the next run show the check of a file.
    """
    with reading() as session:
        number = waiting_count(session, scope, without=without)
        pages = max(1, -(-number // PAGE))
        page = min(st.session_state.get("waiting_page", 1), pages)
        lines = waiting_batches(session, scope, without=without, limit=PAGE, skip=(page - 1) * PAGE)
    if not lines:
        return None
    section(f"Czekają na decyzję ({formats.count(number)})")
    paragraph("Te pliki przekazano, ale nic z nich nie wczytano. Dokończyć może każdy, kto wczytuje pliki.")
    _table(lines)
    if pages > 1:
        st.pagination(pages, key="waiting_page")
    by_id = {line.id: line for line in lines}
    chosen = st.selectbox(
        "Plik do decyzji", list(by_id), index=0 if number == 1 else None, placeholder="Wybierz plik",
        format_func=lambda one: _name(by_id[one]), key=f"waiting_batch-{number}",
    )  # fmt: skip
    return _decide(scope, by_id[chosen], take_up) if chosen in by_id else None


def refuse_form(scope: EmployeeScope, *, batch_id: int, name: str) -> str | None:
    """The refusal of a file that waits, with its reason; says that it is done. Refusals of the core are the caller's."""
    with st.expander("Odrzuć plik"), st.form(f"refuse-{batch_id}", border=False, enter_to_submit=False):
        reason = st.text_area("Powód odrzucenia", max_chars=LONGEST_REFUSAL, key=f"refuse_reason-{batch_id}")
        sent = st.form_submit_button("Odrzuć plik")
    if not sent:
        return None
    with transaction() as session:
        refuse_batch(session, scope, batch_id=batch_id, reason=reason or "")
    return f"Odrzucono plik {name} (partia {batch_id}). Powód jest w historii importu."


def _decide(
    scope: EmployeeScope, line: WaitingBatch, take_up: Callable[[EmployeeScope, WaitingBatch], None]
) -> str | None:
    if line.loaded_as is not None:
        note(f"Ta sama treść jest już wczytana jako partia {line.loaded_as}. Ten plik możesz odrzucić.")
    elif st.button("Wróć do sprawdzenia", type="primary", key="take_up"):
        take_up(scope, line)
        return f"Wracasz do pliku {line.file_name} (partia {line.id})."  # said at the top, where the check begins
    return refuse_form(scope, batch_id=line.id, name=line.file_name)


def _table(lines: Collection[WaitingBatch]) -> None:
    table(
        list(lines),
        [
            Column("Partia", lambda line: str(line.id), numeric=True),
            Column("Plik", lambda line: with_small(line.file_name, KINDS[line.kind].title)),
            Column("Stan", _state),
            Column("Przekazano", lambda line: with_small(formats.instant(line.received_at), line.employee_login)),
        ],
        caption="Pliki, które czekają na decyzję, od najnowszych",
        header=1,
    )


def _state(line: WaitingBatch) -> Safe:
    if line.loaded_as is not None:
        return badge(f"treść wczytana (partia {line.loaded_as})")
    if line.asked:
        return badge("czeka na drugą osobę", "attention")
    return badge("sprawdzony", "information") if line.state is BatchState.CHECKED else badge("niesprawdzony")


def _name(line: WaitingBatch) -> str:
    return f"Partia {line.id}: {line.file_name} ({KINDS[line.kind].title})"
