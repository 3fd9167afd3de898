"""What can be done with an application, by its state: a form each, and one way to carry it out.

Every step is a conditional change of state, so a second click or a second clerk changes nothing more and is told; hence no
confirmation tokens here. What cannot be taken back asks for a reason or for a tick.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.activation import deciding
from core.activation.filing import application_paper, file_request, receive_at_administrator
from core.activation.matching import Candidate, candidates
from core.activation.models import RequestState
from core.activation.printing import document_name
from core.activation.queue import RequestDetails, all_districts, own_districts
from core.activation.reasons import REJECT_WORDS
from core.activation.steps import RequestMovedError
from core.clock import today
from core.db import reading, transaction
from core.errors import InvalidInputError
from ui import formats
from ui.layout import note, section
from ui.request_desk import candidates_table

LABELS = {
    "code": "Kod",
    "document_shown": "Dokument tożsamości",
    "received_on": "Data wpływu",
    "district": "RON",
    "message": "Wiadomość",
    "reason": "Powód",
    "tenancies": "Umowy",
    "tenant": "Najemca",
    "confirmed": "Potwierdzenie",
    "email": "E-mail",
}
Form = Callable[[EmployeeScope, RequestDetails], None]


def settle(act: Callable[[Any], object], receipt: Callable[[Any], str] | str, *, leave: bool = False) -> NoReturn:
    """Carry a step out in one transaction and show the request afresh; `leave` goes back to the queue.

    Where somebody else was faster the fresh look comes with that news. Other refusals are the caller's to show.
    """
    try:
        with transaction() as session:
            done = act(session)
    except RequestMovedError as refusal:
        st.session_state["request_refusal"] = refusal.message
    else:
        st.session_state["request_receipt"] = receipt if isinstance(receipt, str) else receipt(done)
        if leave:
            st.session_state.pop("request", None)
    st.session_state.pop("request_seen", None)
    st.rerun()


def show_actions(scope: EmployeeScope, told: RequestDetails) -> None:
    """Choose what to do and fill in its form."""
    if not scope.may(Permission.REVIEW_REQUESTS):
        if told.line.state is RequestState.SUBMITTED and told.line.administrator_received_on is None:
            section("Odbiór wniosku")
            _receive(scope, told)
        return
    possible = ACTIONS.get(told.line.state)
    if not possible:
        return
    section("Co dalej")
    words = list(possible)
    chosen = words[0]
    if len(words) > 1:
        key = f"action-{told.line.request_id}-{told.line.state}"
        chosen = st.radio("Czynność", words, horizontal=True, key=key) or chosen
    possible[chosen](scope, told)


def print_button(scope: EmployeeScope, told: RequestDetails) -> None:
    """The application to print at the visit, made when it is asked for."""

    def paper() -> bytes:
        with reading() as session:
            return application_paper(session, scope, request_id=told.line.request_id)

    st.download_button(
        "Pobierz wniosek do druku (PDF)",
        paper,
        file_name=document_name(told.line.number),
        mime="application/pdf",
        on_click="ignore",
        key="paper",
    )


def _file(scope: EmployeeScope, told: RequestDetails) -> None:
    with reading() as session:
        districts = dict(own_districts(session, scope))
    with st.form("file"):
        shown = st.checkbox("Okazano dokument tożsamości, dane się zgadzają", key="document_shown")
        received_on = st.date_input("Data wpływu do RON", value=today(), format="DD.MM.YYYY", key="received_on")
        district_id = None
        if told.district_id is None and len(districts) > 1:
            district_id = _district("RON, który poprowadzi wniosek", districts)
        sent = st.form_submit_button("Przyjmij wniosek", type="primary")
    if sent:
        settle(
            lambda session: file_request(
                session,
                scope,
                request_id=told.line.request_id,
                document_shown=shown,
                received_on=received_on,
                district_id=district_id,
            ),
            lambda until: f"Przyjęto wniosek {told.line.number}. Termin rozpatrzenia: {formats.day(until)}.",
        )


def _receive(scope: EmployeeScope, told: RequestDetails) -> None:
    with st.form("receive"):
        received_on = st.date_input("Data odbioru u administratora", value=today(), format="DD.MM.YYYY", key="left_on")
        note("Ta data nie rozpoczyna terminu. Biegnie on od złożenia wniosku w RON, więc przekaż wniosek bez zwłoki.")
        sent = st.form_submit_button("Zapisz odbiór", type="primary")
    if sent:
        settle(
            lambda session: receive_at_administrator(
                session, scope, request_id=told.line.request_id, received_on=received_on
            ),
            f"Zapisano odbiór wniosku {told.line.number}.",
        )


def _take(scope: EmployeeScope, told: RequestDetails) -> None:
    if st.button("Rozpocznij rozpatrywanie", type="primary", key="take"):
        settle(
            lambda session: deciding.take_into_review(session, scope, request_id=told.line.request_id),
            f"Rozpatrujesz wniosek {told.line.number}.",
        )


def _approve(scope: EmployeeScope, told: RequestDetails) -> None:
    search = st.text_input("Szukaj najemcy ręcznie (nazwisko, numer kontrahenta lub umowy)", key="search", max_chars=80)
    with reading() as session:
        found = candidates(session, scope, request_id=told.line.request_id, search=search or "")
    if not found:
        note("Nikt nie pasuje do tego wniosku. Poszukaj ręcznie albo sprawdź, czy to lokal Twojego rejonu.")
        return
    candidates_table(found)
    by_id = {one.tenant_id: one for one in found}
    tenant_id = st.selectbox(
        "Najemca",
        list(by_id),
        index=None,
        format_func=lambda one: f"{by_id[one].name}, {by_id[one].tenant_no}",
        placeholder="Wybierz, komu założyć konto",
        key="tenant",
    )
    if tenant_id is not None:
        _approve_for(scope, told, by_id[tenant_id])


def _approve_for(scope: EmployeeScope, told: RequestDetails, tenant: Candidate) -> None:
    if tenant.has_account:
        note(deciding.HasAccountError(tenant.tenant_no).message, tone="attention")
        return
    current = {one.tenancy_id: one for one in tenant.tenancies if one.is_current}
    if not current:
        note("Żadna umowa tego najemcy dziś nie obowiązuje, więc nie ma tytułu do konta.", tone="attention")
        return
    chosen = st.multiselect(
        "Umowy, które dziś obowiązują",
        list(current),
        default=list(current),
        format_func=lambda one: f"{current[one].tenancy_no}, {current[one].address}",
        placeholder="Wybierz umowy",
        key=f"tenancies-{tenant.tenant_id}",
    )
    if st.button("Zatwierdź i załóż konto", type="primary", key="approve"):
        settle(
            lambda session: deciding.approve(
                session,
                scope,
                request_id=told.line.request_id,
                tenant_id=tenant.tenant_id,
                tenancy_ids=chosen,
            ),
            lambda login: (
                f"Zatwierdzono wniosek {told.line.number}. Identyfikator: {login}. "
                "Hasło pierwotne idzie e-mailem do wnioskodawcy."
            ),
            leave=True,
        )


def _correct(scope: EmployeeScope, told: RequestDetails) -> None:
    with st.form("correct"):
        message = st.text_area("Co trzeba uzupełnić (wyślemy to wnioskodawcy)", key="correction", max_chars=1000)
        sent = st.form_submit_button("Wyślij prośbę o uzupełnienie", type="primary")
    if sent:
        settle(
            lambda session: deciding.ask_for_correction(
                session, scope, request_id=told.line.request_id, message=message or ""
            ),
            f"Wysłano prośbę o uzupełnienie wniosku {told.line.number}. Termin stoi do wznowienia.",
            leave=True,
        )


def _resume(scope: EmployeeScope, told: RequestDetails) -> None:
    if st.button("Wznów rozpatrywanie", type="primary", key="resume"):
        settle(
            lambda session: deciding.resume(session, scope, request_id=told.line.request_id),
            f"Wznowiono wniosek {told.line.number}. Termin przesunął się o dni przerwy.",
        )


def _reject(scope: EmployeeScope, told: RequestDetails) -> None:
    with st.form("reject"):
        reason = st.selectbox(
            "Powód",
            list(REJECT_WORDS),
            index=None,
            format_func=REJECT_WORDS.__getitem__,
            placeholder="Wybierz powód",
            key="reason",
        )
        message = st.text_area("Wiadomość do wnioskodawcy", key="rejection", max_chars=1000)
        sent = st.form_submit_button("Odrzuć wniosek", type="primary")
    if not sent:
        return
    if reason is None:
        raise InvalidInputError("Wybierz powód z listy.", field="reason")
    settle(
        lambda session: deciding.reject(
            session, scope, request_id=told.line.request_id, reason=reason, message=message or ""
        ),
        f"Odrzucono wniosek {told.line.number}. Wnioskodawca dostanie wiadomość.",
        leave=True,
    )


def _transfer(scope: EmployeeScope, told: RequestDetails) -> None:
    with reading() as session:
        others = {id_: name for id_, name in all_districts(session, scope) if id_ != told.district_id}
    with st.form("transfer"):
        district_id = _district("Nowy RON", others)
        sent = st.form_submit_button("Przekaż wniosek", type="primary")
    if not sent:
        return
    if district_id is None:
        raise InvalidInputError("Wybierz rejon, który przejmie wniosek.", field="district")
    settle(
        lambda session: deciding.transfer(session, scope, request_id=told.line.request_id, district_id=district_id),
        f"Przekazano wniosek {told.line.number}: {others[district_id]}.",
        leave=True,
    )


def _withdraw(scope: EmployeeScope, told: RequestDetails) -> None:
    with st.form("withdraw"):
        asked = st.checkbox("Wnioskodawca poprosił o wycofanie wniosku", key="withdraw_asked")
        sent = st.form_submit_button("Wycofaj wniosek", type="primary")
    if not sent:
        return
    if not asked:
        raise InvalidInputError("Zaznacz, że wnioskodawca o to poprosił.", field="confirmed")
    settle(
        lambda session: deciding.withdraw_for_applicant(session, scope, request_id=told.line.request_id),
        f"Wycofano wniosek {told.line.number}.",
        leave=True,
    )


def _reissue(scope: EmployeeScope, told: RequestDetails) -> None:
    with st.form("reissue"):
        sure = st.checkbox("Wiem, że poprzednie hasło pierwotne przestanie działać", key="reissue_sure")
        sent = st.form_submit_button("Wyślij nowe hasło pierwotne", type="primary")
    if not sent:
        return
    if not sure:
        raise InvalidInputError("Zaznacz, że o tym wiesz.", field="confirmed")
    settle(
        lambda session: deciding.reissue(session, scope, request_id=told.line.request_id),
        lambda new: (
            "Nowe hasło pierwotne idzie e-mailem do najemcy."
            if new
            else "Wiadomość z hasłem pierwotnym czeka już na wysłanie, druga nie jest potrzebna."
        ),
    )


def _district(label: str, districts: dict[int, str]) -> int | None:
    chosen: int | None = st.selectbox(
        label,
        list(districts),
        index=None,
        format_func=districts.__getitem__,
        placeholder="Wybierz rejon",
        key="district",
    )
    return chosen


_ENDS: dict[str, Form] = {"Odrzuć": _reject, "Przekaż do innego RON": _transfer, "Wycofaj na prośbę": _withdraw}
_ASK: dict[str, Form] = {"Poproś o uzupełnienie": _correct}
_NEW_PASSWORD: dict[str, Form] = {"Wydaj nowe hasło pierwotne": _reissue}
# The step that comes next stands first and needs no choosing.
ACTIONS: dict[RequestState, dict[str, Form]] = {
    RequestState.SUBMITTED: {
        "Przyjmij": _file,
        "Zapisz odbiór u administratora": _receive,
        "Przekaż do innego RON": _transfer,
        "Wycofaj na prośbę": _withdraw,
    },
    RequestState.FILED: {"Rozpocznij": _take, **_ASK, **_ENDS},
    RequestState.IN_REVIEW: {"Zatwierdź": _approve, **_ASK, **_ENDS},
    RequestState.CORRECTION: {"Wznów": _resume, **_ENDS},
    RequestState.APPROVED: _NEW_PASSWORD,
    RequestState.CREDENTIALS_SENT: _NEW_PASSWORD,
    RequestState.COMPLETED: _NEW_PASSWORD,
}
