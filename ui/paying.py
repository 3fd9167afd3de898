"""Paying on screen: where to, how much, the QR code and the slip of exactly that amount."""

from contextlib import nullcontext
from decimal import Decimal

import streamlit as st

from core.access.scopes import TenantScope
from core.db import reading
from core.landlord import landlord
from core.paying.payments import Dues, Part, Transfer, dues, require_choosable, transfer
from core.paying.slip import AMOUNT_TYPED, payment_slip
from core.paying.tenancy import paper_name
from core.paying.transfer import transfer_code, transfer_title
from core.registry.bank_accounts import grouped
from core.registry.queries import TenancyCard
from ui import formats
from ui.forms import message_slot, money_input, refusals
from ui.layout import copyable, kv, note, paragraph, section
from ui.qr import qr_image

LABELS = {"amount": "Kwota"}
WORDS = {Part.WHOLE: "Całość", Part.OVERDUE: "Po terminie", Part.CHOSEN: "Inna kwota"}
SCAN = (
    "Zeskanuj kod w aplikacji swojego banku. Masz tylko ten telefon? Przytrzymaj kod palcem, zapisz obrazek i wczytaj go "
    "w aplikacji banku."
)


def paying(scope: TenantScope, tenancy: TenancyCard) -> None:
    """How to pay for a tenancy: the account, an amount to choose, its code and slip."""
    section("Zapłać")
    if not tenancy.bank_account_no:
        note(f"Nie znamy jeszcze numeru konta tej umowy. Zapytaj o niego: tel. {landlord().phone}.")
        return
    with reading() as session:
        owed = dues(session, scope, tenancy_id=tenancy.tenancy_id)
    # Plain blanks paste into any bank's form.
    copyable("Numer konta", grouped(tenancy.bank_account_no).replace(formats.NBSP, " "))
    copyable("Tytuł przelewu", transfer_title(tenancy.tenancy_no))
    kv([("Odbiorca", landlord().name)], label="Dane do przelewu")
    with nullcontext() if owed.owed else st.expander("Nic nie trzeba teraz wpłacać. Chcesz zapłacić z góry?"):
        amount = _amount(owed)
        if amount is not None:
            _ways_to_pay(scope, transfer(owed.parties, amount=amount))


def _amount(owed: Dues) -> Decimal | None:
    """What of the dues is to be paid; None until an own amount is given."""
    key = f"pay-{owed.parties.tenancy_id}"
    if not owed.owed:
        return _own_amount(key)
    chosen = st.radio(
        "Ile chcesz zapłacić",
        [*owed.owed, Part.CHOSEN],
        format_func=lambda part: _told(owed, part),
        key=key,
    )
    return _own_amount(key) if chosen is Part.CHOSEN else owed.owed.get(chosen or Part.WHOLE)


def _told(owed: Dues, part: Part) -> str:
    return f"{WORDS[part]}: {formats.money(owed.owed[part])}" if part in owed.owed else WORDS[part]


def _own_amount(key: str) -> Decimal | None:
    slot = message_slot(key)
    with st.form(f"{key}-form", border=False):
        typed = money_input("Kwota", key=f"{key}-amount", required=True)
        st.form_submit_button("Pokaż kod do zapłaty", key=f"{key}-show")
    amount = None
    if typed.strip():
        with refusals(slot, LABELS):
            amount = require_choosable(formats.parse_amount(typed))
    return amount


def _ways_to_pay(scope: TenantScope, to_pay: Transfer) -> None:
    tenancy_id, amount = to_pay.parties.tenancy_id, to_pay.amount

    def slip() -> bytes:
        with reading() as session:
            return payment_slip(session, scope, tenancy_id=tenancy_id, amount=amount)

    told = formats.money(amount)
    qr_image(transfer_code(to_pay.text), about=f"Kod QR przelewu na {told}. Te same dane są obok w tekście.")
    paragraph(f"Kod na {told}. {SCAN}")
    if to_pay.amount_is_typed:
        note(AMOUNT_TYPED.format(amount=told), tone="attention")
    st.download_button(
        "Pobierz dane do przelewu (PDF)",
        slip,
        file_name=paper_name("Przelew", to_pay.parties.tenancy_no),
        mime="application/pdf",
        on_click="ignore",
        key=f"slip-{tenancy_id}",
    )
