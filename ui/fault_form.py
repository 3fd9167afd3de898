"""From the first question to the report that is sent: danger, what it is about, what is known already, the form."""

import secrets
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.scopes import TenantScope
from core.clock import today
from core.db import reading, transaction
from core.documents.pictures import LARGEST_MB, CleanPicture, clean_picture
from core.errors import InvalidInputError
from core.faults.categories import BRANCHES, LEAVES, Leaf, Question
from core.faults.models import PHOTOS_AT_MOST
from core.faults.own import KnownIncident, known_incidents
from core.faults.sending import FaultForm, SentReport, join_incident, send_report
from core.registry.queries import tenancies_of
from ui import formats
from ui.fault_photos import NUMBER
from ui.fault_triage import ask_about_danger, show_numbers
from ui.layout import no_tenancy_yet, note, section, tenancy_switcher
from ui.markup import as_typed, text, text_lines

FLOW = "fault_flow"  # in st.session_state: where on the way
KEY, LOOKED_AT = "fault_key", "fault_looked_at"
RECEIPT = "faults_receipt"
TRIAGE, TELLING = "triage", "telling"
LABELS = {
    "category": "Rodzaj zgłoszenia",
    "description": "Opis",
    "at_home": "Kiedy ktoś jest w domu",
    "photo": "Zdjęcie",
    "photos": "Zdjęcia",
}


def begin() -> None:
    """Start a report: the question about danger first, whatever was typed before."""
    leave()
    st.session_state[FLOW] = TRIAGE
    st.session_state[KEY] = secrets.token_hex(16)


def leave() -> None:
    """Forget a report that was begun."""
    for name in [str(one) for one in st.session_state if str(one).startswith("fault_")]:
        del st.session_state[name]


def flow(scope: TenantScope) -> None:
    """The step of the way that is due; refusals are the caller's to show."""
    if st.button("Wróć do zgłoszeń", key="leave"):
        leave()
        st.rerun()
    where = st.session_state[FLOW]
    if where == TRIAGE:
        _triage()
    elif where == TELLING:
        _tell(scope)
    else:
        show_numbers(where)
        note("Gdy niebezpieczeństwo minie, wróć tutaj i zgłoś, co trzeba naprawić.")
        if st.button("Wróć do pytania", key="back_to_question"):
            st.session_state[FLOW] = TRIAGE
            st.rerun()


def _triage() -> None:
    chosen = ask_about_danger()
    if chosen is not None:
        st.session_state[FLOW] = chosen or TELLING
        st.rerun()


def _tell(scope: TenantScope) -> None:
    with reading() as session:
        tenancies = [one for one in tenancies_of(session, scope) if one.is_current(today())]
    tenancy = tenancy_switcher(tenancies)
    if tenancy is None:
        no_tenancy_yet()
        return
    leaf = _choose_leaf()
    if leaf is None:
        return
    with reading() as session:
        incidents = known_incidents(session, scope, tenancy_id=tenancy.tenancy_id, category=leaf.code)
    if incidents and st.session_state.get(LOOKED_AT) != (tenancy.tenancy_id, leaf.code):
        _known(scope, incidents, tenancy_id=tenancy.tenancy_id, leaf=leaf)
        return
    _form(scope, leaf, tenancy_id=tenancy.tenancy_id)


def _choose_leaf() -> Leaf | None:
    by_code = {branch.code: branch for branch in BRANCHES}
    chosen = st.radio(
        "Czego dotyczy zgłoszenie?",
        list(by_code),
        format_func=lambda one: by_code[one].name,
        index=None,
        key="fault_branch",
    )
    if chosen is None:
        return None
    leaves = by_code[chosen].leaves
    if len(leaves) == 1:
        return leaves[0]
    code = st.radio(
        "Co się dzieje?",
        [leaf.code for leaf in leaves],
        format_func=lambda one: LEAVES[one].name,
        index=None,
        key=f"fault_leaf_{chosen}",
    )
    return LEAVES.get(code or "")


def _known(scope: TenantScope, incidents: Sequence[KnownIncident], *, tenancy_id: int, leaf: Leaf) -> None:
    section("To już wiemy o Twoim budynku")
    for one in incidents:
        with st.container(border=True, key=f"incident-{one.incident_id}"):
            until = f" Planowany koniec: {formats.day(one.expected_on)}." if one.expected_on else ""
            st.html(
                f'<article class="kit kit-article"><h3>{text(one.title)}</h3><p>{text_lines(one.body)}</p>'
                f'<p class="kit-small">Zgłoszone {text(formats.day_of(one.opened_at))}.{text(until)}</p></article>'
            )
            if st.button("Mnie też dotyczy", type="primary", key=f"join-{one.incident_id}", help=as_typed(one.title)):
                with transaction() as session:
                    sent = join_incident(
                        session, scope, tenancy_id=tenancy_id, incident_id=one.incident_id, category=leaf.code
                    )
                _sent(sent)
    if st.button("To coś innego: opiszę awarię", key="something_else"):
        st.session_state[LOOKED_AT] = (tenancy_id, leaf.code)
        st.rerun()


def _form(scope: TenantScope, leaf: Leaf, *, tenancy_id: int) -> None:
    with st.form("fault_report", enter_to_submit=False):
        answers = {one.key: _answer(leaf, one) for one in leaf.questions}
        description = st.text_area("Opisz, co się stało i gdzie", key="fault_description", height=140)
        photos = st.file_uploader(
            f"Zdjęcia, jeśli chcesz (najwyżej {PHOTOS_AT_MOST})",
            type=["jpg", "jpeg", "png", "heic", "heif"],
            accept_multiple_files=True,
            key=f"fault_photos_{st.session_state[KEY]}",  # a field of files cannot be emptied, only begun anew
            max_upload_size=LARGEST_MB,
        )
        at_home = st.text_input(
            "Kiedy ktoś jest w domu i pod jaki numer zadzwonić (jeśli chcesz)",
            key="fault_at_home",
        )
        sent = st.form_submit_button("Wyślij zgłoszenie", type="primary")
    if sent:
        form = FaultForm(
            category=leaf.code,
            description=description or "",
            submission_key=st.session_state[KEY],
            answers=answers,
            at_home=at_home or "",
            photos=_cleaned(photos),
        )
        with transaction() as session:
            receipt = send_report(session, scope, tenancy_id=tenancy_id, form=form)
        _sent(receipt)


def _answer(leaf: Leaf, question: Question) -> str:
    key = f"fault_answer_{leaf.code}_{question.key}"
    if question.options:
        return st.radio(question.text, question.options, index=None, key=key) or ""
    return st.text_input(question.text, key=key) or ""


def _cleaned(chosen: Sequence[UploadedFile]) -> tuple[CleanPicture, ...]:
    if len(chosen) > PHOTOS_AT_MOST:  # before any of them is read
        raise InvalidInputError(f"Możesz dodać najwyżej {PHOTOS_AT_MOST} zdjęcia.", field="photos")
    return tuple(clean_picture(one.getvalue()) for one in chosen)


def _sent(receipt: SentReport) -> None:
    leave()
    words = "mamy już zapisane" if receipt.repeated else "przyjęte"
    st.session_state[RECEIPT] = (
        f"Zgłoszenie {receipt.number} {words}. Rejon zajmie się nim do {formats.day(receipt.due_on)}. "
        "O każdej zmianie damy Ci znać w powiadomieniach."
    )
    st.query_params[NUMBER] = str(receipt.report_id)
    st.rerun()
