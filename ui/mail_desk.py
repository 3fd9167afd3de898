"""The part of Administracja about outgoing mail: how much waits, what was given up on, and sending that again."""

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.outbox.undelivered import DeadMail, MailQueue, dead_mail, mail_queue, resend
from ui import formats
from ui.forms import message_slot, refusals, show_success
from ui.layout import Figure, kpi_row, note, section
from ui.tables import Column, table, with_small

TEMPLATES = {
    "application": "wniosek do wydrukowania",
    "filed": "wniosek złożony",
    "correction": "prośba o uzupełnienie wniosku",
    "rejected": "wniosek odrzucony",
    "expired": "wniosek wygasł",
    "withdrawn": "wniosek wycofany",
    "transferred": "wniosek przekazany do innego RON",
    "credentials": "identyfikator i hasło pierwotne",
    "new_initial_password": "nowe hasło pierwotne",
    "recovery_link": "odnośnik do nowego hasła",
    "password_changed": "zmiana hasła",
    "account_locked": "blokada konta",
    "account_locked_by_office": "blokada konta przez RON",
    "account_unlocked": "odblokowanie konta",
    "account_closed": "zamknięcie konta",
}
RECEIPT = "mail_receipt"


def mail_part(scope: EmployeeScope) -> None:
    """The whole part."""
    messages = message_slot("mail")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    with reading() as session:
        queue, dead = mail_queue(session, scope), dead_mail(session, scope)
    section("Kolejka poczty")
    _figures(queue)
    section("Wiadomości, których nie udało się wysłać")
    if not dead:
        note("Nie ma takich wiadomości.", tone="good")
        return
    note("Poczta ich nie przyjęła. Usuń przyczynę (serwer poczty, pełna skrzynka) i wyślij ponownie.")
    _dead_table(dead, total=queue.dead)
    with refusals(messages, {}):
        _send_again(scope, dead)


def _figures(queue: MailQueue) -> None:
    kpi_row(
        [
            Figure(queue.waiting, "czeka na wysłanie"),
            Figure(queue.retried, "w tym po nieudanej próbie", attention=queue.retried > 0),
            Figure(queue.sent, "wysłano przez ostatnie 24 godziny"),
            Figure(queue.dead, "nie udało się wysłać", attention=queue.dead > 0),
        ],
        label="Stan poczty",
    )
    if queue.oldest_at is not None:
        st.text(f"Najstarsza czeka od {formats.instant(queue.oldest_at)}.")


def _dead_table(dead: list[DeadMail], *, total: int) -> None:
    caption = (
        f"Niewysłane, od najnowszych ({len(dead)} z {total})" if total > len(dead) else "Niewysłane, od najnowszych"
    )
    table(
        dead,
        [
            Column("Wiadomość", lambda one: with_small(_what(one), f"nr {one.mail_id}")),
            Column("Adresat", lambda one: one.recipient),
            Column("Napisana", lambda one: formats.instant(one.created_at)),
            Column("Próby", lambda one: formats.count(one.attempts), numeric=True),
            Column("Powód", lambda one: one.last_error),
        ],
        caption=caption,
    )


def _send_again(scope: EmployeeScope, dead: list[DeadMail]) -> None:
    by_id = {one.mail_id: one for one in dead}
    chosen = st.selectbox(
        "Wyślij ponownie jedną wiadomość",
        list(by_id),
        index=None,
        format_func=lambda mail_id: f"nr {mail_id}: {_what(by_id[mail_id])}, {by_id[mail_id].recipient}",
        placeholder="Wybierz wiadomość",
        key="mail",
    )
    with st.container(horizontal=True):
        if chosen in by_id and st.button("Wyślij ponownie wybraną", type="primary", key="resend"):
            with transaction() as session:
                resend(session, scope, mail_id=chosen)
            _done(f"Wiadomość nr {chosen} czeka na wysłanie.")
        if st.button("Wyślij ponownie wszystkie z listy", key="resend_all"):
            with transaction() as session:
                for mail_id in by_id:
                    resend(session, scope, mail_id=mail_id)
            _done(f"Ponowiono wysłanie: {formats.plural(len(by_id), 'wiadomość', 'wiadomości', 'wiadomości')}.")


def _what(one: DeadMail) -> str:
    return TEMPLATES.get(one.template, one.template)


def _done(receipt: str) -> None:
    st.session_state[RECEIPT] = receipt
    st.rerun()
