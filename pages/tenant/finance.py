"""Finanse: what is owed in a sentence, the ledger by document, and views that explain it."""

from core.db import reading
from core.ledger.entries import ledger_span
from core.registry.queries import tenancies_of
from ui.balance_views import balance_sentence, charge_view, charts_of, on_a_day
from ui.layout import choose_view, frame, no_tenancy_yet, note, tenancy_switcher
from ui.ledger_papers import ledger_papers
from ui.ledger_view import chosen_filter, documents
from ui.payment_search import where_is_it
from ui.sign_in import require_tenant

scope = require_tenant()

VIEWS = ("Operacje", "Saldo na dzień", "Opłata", "Wykresy", "Gdzie moja wpłata?")

with frame("Finanse", "Kwota z minusem zmniejsza to, co jest do wpłaty."):
    with reading() as session:
        tenancies = tenancies_of(session, scope)
    tenancy = tenancy_switcher(tenancies)
    span = None
    if tenancy is not None:
        with reading() as session:
            span = ledger_span(session, scope, tenancy_id=tenancy.tenancy_id)
    if tenancy is None or span is None:
        no_tenancy_yet()
    elif span.first is None:
        note("Na tej umowie nic jeszcze nie zaksięgowano. Pierwsze naliczenie pojawi się tu następnego dnia.")
    else:
        balance_sentence(scope, tenancy_id=tenancy.tenancy_id)
        view = choose_view(VIEWS, key="finance_view")
        if view == "Operacje":
            chosen = chosen_filter(tenancy.tenancy_id, span)
            documents(scope, tenancy_id=tenancy.tenancy_id, chosen=chosen)
            ledger_papers(scope, tenancy, chosen, span)
        elif view == "Saldo na dzień":
            on_a_day(scope, tenancy_id=tenancy.tenancy_id, first=span.first)
        elif view == "Opłata":
            charge_view(scope, tenancy_id=tenancy.tenancy_id)
        elif view == "Gdzie moja wpłata?":
            where_is_it(scope, tenancy=tenancy)
        else:
            charts_of(scope, tenancy_id=tenancy.tenancy_id, span=span)
