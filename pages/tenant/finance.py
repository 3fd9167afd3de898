"""Finanse: the ledger of a tenancy with filters, and how it went over time."""

from datetime import date

import streamlit as st

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope
from core.clock import today
from core.db import reading
from core.errors import InvalidInputError
from core.ledger.entries import LedgerFilter, LedgerSpan, ledger_page, ledger_span
from core.ledger.history import balance_history, last_months, monthly_totals
from core.registry.queries import TenancyCard, tenancies_of
from ui import charts, formats
from ui.forms import message_slot, show_refusal
from ui.layout import frame, no_tenancy_yet, note, section, status, tenancy_switcher
from ui.ledger_papers import ledger_papers
from ui.questions import ask_about
from ui.sign_in import require_tenant
from ui.tables import ledger_table

scope = require_tenant()

ALL_TYPES = "Wszystkie"
LABELS = {"since": "Od dnia"}
CHARTS = {"Saldo w czasie": charts.balance_over_time, "Naliczenia i wpłaty": charts.charges_and_payments}
READS = {"Saldo w czasie": balance_history, "Naliczenia i wpłaty": monthly_totals}


def pick(tenancy: TenancyCard, first: date, last: date, span: LedgerSpan) -> LedgerFilter:
    """The form of filters; a period that cannot be is said so and everything is shown."""
    slot = message_slot("filters")
    with st.form(f"filters-{tenancy.tenancy_id}"):
        kind_at, since_at, until_at = st.columns(3)
        kind = kind_at.selectbox(
            "Rodzaj operacji", [ALL_TYPES, *span.document_types], format_func=formats.document_type
        )
        since = since_at.date_input("Od dnia", first, min_value=first, max_value=last, format="DD.MM.YYYY")
        until = until_at.date_input("Do dnia", last, min_value=first, max_value=last, format="DD.MM.YYYY")
        st.form_submit_button("Filtruj", type="primary", key="filter")
    try:
        return LedgerFilter(
            since=since,
            until=until,
            document_types=frozenset() if kind == ALL_TYPES else frozenset({kind}),
        )
    except InvalidInputError as refusal:
        with slot:
            show_refusal(refusal, LABELS)
        return LedgerFilter(since=first, until=last)


def lines(scope: TenantScope, tenancy: TenancyCard, chosen: LedgerFilter) -> None:
    """One page of the ledger under the count and sums of what the filter found."""
    key = f"page-{tenancy.tenancy_id}-{chosen}"
    with reading() as session:
        page = ledger_page(
            session, scope, tenancy_id=tenancy.tenancy_id, chosen=chosen, page=st.session_state.get(key, 1)
        )
    found = formats.plural(page.total, "operacja", "operacje", "operacji")
    status(f"{found}: naliczono {formats.money(page.debit)}, wpłacono {formats.money(page.credit)}.")
    if page.pages > 1:
        st.pagination(page.pages, key=key)
    if page.total:
        ledger_table(page.lines, caption=f"Operacje, strona {page.page} z {page.pages}")
        if scope.reaches(ProxyLevel.EVERYTHING):
            ask_about(page.lines)
    else:
        note("Żadna operacja nie pasuje do filtrów. Wydłuż okres albo wybierz wszystkie rodzaje.")


def drawing(scope: TenantScope, tenancy: TenancyCard, since: date, until: date) -> None:
    """One chart at a time, of the chosen period, at most its last two years."""
    section("Wykres")
    name = st.radio("Co pokazać", list(CHARTS), horizontal=True, key="chart") or next(iter(CHARTS))
    with reading() as session:
        frame_of_days = READS[name](
            session, scope, tenancy_id=tenancy.tenancy_id, since=last_months(since=since, until=until), until=until
        )
    CHARTS[name](frame_of_days)


with frame("Finanse", "Kwota z minusem zmniejsza to, co jest do wpłaty."):
    with reading() as session:
        tenancies = tenancies_of(session, scope)
    tenancy = tenancy_switcher(tenancies)
    if tenancy is None:
        no_tenancy_yet()
    else:
        with reading() as session:
            span = ledger_span(session, scope, tenancy_id=tenancy.tenancy_id)
        if span.first is None or span.last is None:
            note("Na tej umowie nic jeszcze nie zaksięgowano. Pierwsze naliczenie pojawi się tu następnego dnia.")
        else:
            last = max(span.last, today())
            chosen = pick(tenancy, span.first, last, span)
            lines(scope, tenancy, chosen)
            drawing(scope, tenancy, chosen.since or span.first, chosen.until or last)
            ledger_papers(scope, tenancy, chosen, span)
