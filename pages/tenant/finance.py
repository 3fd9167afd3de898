"""Finanse: what is owed in a sentence, the ledger by document, and views that explain it."""

from functools import partial

from core.access.models import ProxyLevel
from core.db import reading
from core.registry.queries import tenancies_of
from ui.finances import LEAD, finances
from ui.layout import frame, no_tenancy_yet, tenancy_switcher
from ui.ledger_papers import ledger_papers
from ui.sign_in import require_tenant

scope = require_tenant()

with frame("Finanse", LEAD):
    with reading() as session:
        tenancies = tenancies_of(session, scope)
    tenancy = tenancy_switcher(tenancies)
    if tenancy is None:
        no_tenancy_yet()
    else:
        finances(
            scope,
            tenancy,
            may_ask=scope.reaches(ProxyLevel.EVERYTHING),
            below=partial(ledger_papers, scope, tenancy),
        )
