"""Strona główna: what is to be paid, by when and where to."""

from core.db import reading
from core.overview import tenant_home
from ui.acting import say_standing_changed
from ui.layout import balance_card, frame, no_tenancy_yet, remembered_tenancy, tenancy_switcher, total_line
from ui.notices import notices, urgent_notices
from ui.paying import paying
from ui.sign_in import require_tenant

scope = require_tenant()

with frame("Strona główna", scope.tenant_name):
    say_standing_changed()
    others = urgent_notices(scope) if scope.proxy is None else []  # the inbox is the tenant's
    with reading() as session:
        home = tenant_home(session, scope, tenancy_id=remembered_tenancy())
    tenancy_switcher(home.tenancies)
    if len(home.tenancies) > 1:
        total_line(home)
    if home.chosen is None:
        no_tenancy_yet()
    else:
        balance_card(home)
        paying(scope, home.chosen)
    if scope.proxy is None:
        notices(scope, others)
