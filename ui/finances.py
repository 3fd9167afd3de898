"""The finances of one tenancy: what is owed in a sentence, and the views that explain it.

The tenant looks at them in the portal, an employee in Widok najemcy.
"""

from collections.abc import Callable

from core.audit.tenant_view import Viewer
from core.db import reading
from core.ledger.entries import LedgerFilter, LedgerSpan, ledger_span
from core.registry.queries import TenancyCard
from ui.balance_views import balance_sentence, charge_view, charts_of, on_a_day
from ui.layout import choose_view, note
from ui.ledger_view import chosen_filter, documents
from ui.payment_search import where_is_it

LEAD = "Kwota z minusem zmniejsza to, co jest do wpłaty."
VIEWS = ("Operacje", "Saldo na dzień", "Opłata", "Wykresy", "Gdzie moja wpłata?")
# What stands below the ledger, given the filter and what there is to filter.
Below = Callable[[LedgerFilter, LedgerSpan], None]


def finances(scope: Viewer, tenancy: TenancyCard, *, may_ask: bool, below: Below | None = None) -> None:
    """All of it; `may_ask` shows the ways to a question, `below` is what can be taken away of the ledger."""
    with reading() as session:
        span = ledger_span(session, scope, tenancy_id=tenancy.tenancy_id)
    if span.first is None:
        note("Na tej umowie nic jeszcze nie zaksięgowano. Pierwsze naliczenie pojawi się tu następnego dnia.")
        return
    balance_sentence(scope, tenancy_id=tenancy.tenancy_id)
    view = choose_view(VIEWS, key="finance_view")
    if view == "Operacje":
        chosen = chosen_filter(tenancy.tenancy_id, span)
        documents(scope, tenancy_id=tenancy.tenancy_id, chosen=chosen, may_ask=may_ask)
        if below is not None:
            below(chosen, span)
    elif view == "Saldo na dzień":
        on_a_day(scope, tenancy_id=tenancy.tenancy_id, first=span.first, may_ask=may_ask)
    elif view == "Opłata":
        charge_view(scope, tenancy_id=tenancy.tenancy_id)
    elif view == "Gdzie moja wpłata?":
        where_is_it(scope, tenancy=tenancy, may_ask=may_ask)
    else:
        charts_of(scope, tenancy_id=tenancy.tenancy_id, span=span)
