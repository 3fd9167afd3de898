"""Strona główna: what is to be paid, by when and where to."""

from core.db import reading
from core.overview import tenant_home
from core.registry.queries import tenancies_of
from ui.layout import balance_card, frame, note, tenancy_switcher, total_line
from ui.sign_in import require_tenant

scope = require_tenant()

with frame("Strona główna", scope.name):
    with reading() as session:
        tenancies = tenancies_of(session, scope)
    tenancy = tenancy_switcher(tenancies)
    if tenancy is None:
        note("Nie ma jeszcze umowy przypisanej do Twojego konta. Zadzwoń do swojego Rejonu Obsługi Najemców.")
    else:
        with reading() as session:
            home = tenant_home(session, scope, tenancy_id=tenancy.tenancy_id)
        if len(tenancies) > 1:
            total_line(home)
        balance_card(home)
