"""„Gdzie moja wpłata?”: when a payment is likely to be seen, from what was measured, and what to do if it is later."""

from datetime import date, timedelta

import streamlit as st

from core.audit.tenant_view import Viewer
from core.clock import today
from core.db import reading
from core.landlord import landlord
from core.ledger.balances import payments_booked_through
from core.ledger.documents import LedgerDocument, ledger_page
from core.ledger.entries import LedgerFilter
from core.ledger.posting_lags import MEASURED, PAYMENT, Channel, PostingLag, posting_lags
from core.registry.bank_accounts import grouped
from core.registry.queries import TenancyCard
from core.settings import settings
from ui import formats
from ui.layout import link_list, note, paragraph, section, status
from ui.tables import Column, table

A_DAY = 24 * 60 * 60  # seconds
SHOWN = 3  # of the tenant's last payments
CHANNELS = {
    Channel.TRANSFER: "przelew",
    Channel.CASH: "wpłata w kasie",
    Channel.POST: "wpłata na poczcie",
    Channel.OTHER: "inaczej",
}


def where_is_it(scope: Viewer, *, tenancy: TenancyCard, may_ask: bool) -> None:
    """Channel and day of a payment, when it is to be expected, the last payments that are there, and what to do.

    `may_ask` shows the way to a question.
    """
    how_at, when_at = st.columns(2)
    channel = how_at.selectbox("Jak zapłacono", list(CHANNELS), format_func=CHANNELS.__getitem__, key="channel")
    paid_on = when_at.date_input(
        "Kiedy zapłacono", today(), min_value=today() - MEASURED, max_value=today(), format="DD.MM.YYYY", key="paid_on"
    )
    lag = _lags(settings().database_url, today())[channel]
    late = _expected(paid_on, lag)
    with reading() as session:
        chosen = LedgerFilter(document_types=frozenset({PAYMENT}))
        page = ledger_page(session, scope, tenancy_id=tenancy.tenancy_id, chosen=chosen)
        through = payments_booked_through(session)
    section("Twoje ostatnie wpłaty")
    if page.documents:
        _last(page.documents[:SHOWN])
    else:
        paragraph("Na tej umowie nie ma jeszcze żadnej wpłaty.")
    if through:
        paragraph(f"Wpłaty wszystkich najemców są zaksięgowane do {formats.day(through)}.")
    _what_to_do(tenancy, late=late, may_ask=may_ask)


@st.cache_data(ttl=A_DAY, max_entries=4, show_spinner=False)
def _lags(database_url: str, day: date) -> dict[Channel, PostingLag]:  # the arguments are the cache's key
    with reading() as session:
        return posting_lags(session, as_of=day)


def _expected(paid_on: date, lag: PostingLag) -> date | None:
    """Say when the payment is to be expected; gives the day from which it is late, None where nothing is known."""
    payments = formats.plural(lag.payments, "wpłata", "wpłaty", "wpłat")
    if lag.median is None or lag.most is None:
        status(
            f"Z ostatnich {MEASURED.days} dni mamy za mało takich wpłat ({payments}), "
            "żeby powiedzieć, kiedy Twoja pojawi się w portalu."
        )
        return None
    usual, last = paid_on + timedelta(days=lag.median), paid_on + timedelta(days=lag.most)
    usually = f"najczęściej do {formats.day(usual)}, a " if usual != last else ""
    status(
        f"Wpłata z {formats.day(paid_on)} powinna być widoczna {usually}prawie zawsze (9 na 10) do {formats.day(last)}."
    )
    paragraph(
        f"Policzone z ostatnich {MEASURED.days} dni ({payments}): od dnia księgowania do dnia, w którym wpłata pojawiła "
        "się w portalu. Jeśli bank przekazał przelew później, dolicz ten czas."
    )
    return last


def _last(documents: tuple[LedgerDocument, ...]) -> None:
    columns: tuple[Column[LedgerDocument], ...] = (
        Column("Zaksięgowana", lambda one: formats.day(one.booked_on)),
        Column("W portalu od", _seen_on),
        Column("Wpłata", lambda one: formats.money(one.credit), numeric=True),
    )
    table(documents, columns, caption="Ostatnie wpłaty na tej umowie", phone="plain")


def _seen_on(one: LedgerDocument) -> str:
    return formats.day(one.lines[0].loaded_on) if one.lines[0].loaded_on else "–"


def _what_to_do(tenancy: TenancyCard, *, late: date | None, may_ask: bool) -> None:
    section("Gdy wpłaty nadal nie ma")
    if late is not None and late < today():
        note(f"Ta wpłata powinna już być widoczna: minął {formats.day(late)}.", tone="attention")
    account = grouped(tenancy.bank_account_no).replace(formats.NBSP, " ") if tenancy.bank_account_no else ""
    checked = f"Sprawdź w banku, czy przelew wyszedł na konto {account}. " if account else ""
    paragraph(
        f"{checked}W tytule powinien być numer umowy {tenancy.tenancy_no}. Jeśli wszystko się zgadza, przygotuj "
        f"potwierdzenie wpłaty i zadzwoń: {landlord().phone}."
    )
    if may_ask:
        link_list([("Napisz pytanie o wpłatę", "/korespondencja?pytanie=nowe")], label="Pytanie")
