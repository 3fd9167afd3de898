"""Liczniki: the devices of a tenancy's premises, a reading to hand in, and what was handed in."""

from core.charges.schedule import charge_schedule
from core.db import reading
from core.meters.own_windows import own_window
from core.meters.queries import meters_of_tenancy
from core.registry.queries import tenancies_of
from ui.layout import frame, no_tenancy_yet, note, tenancy_switcher
from ui.meters import point, show_receipt, window_note
from ui.sign_in import require_tenant

scope = require_tenant()

with frame("Liczniki", "Podaj stan wodomierza i sprawdź, ile wody zużywasz."):
    with reading() as session:
        tenancies = tenancies_of(session, scope)
    show_receipt()
    chosen = tenancy_switcher(tenancies)
    if chosen is None:
        no_tenancy_yet()
    else:
        with reading() as session:
            points = meters_of_tenancy(session, scope, tenancy_id=chosen.tenancy_id)
            schedule = charge_schedule(session, scope, tenancy_id=chosen.tenancy_id)
            window = own_window(session, scope, tenancy_id=chosen.tenancy_id)
        if points:
            window_note(window)
        for view in points:
            point(scope, view, tenancy_id=chosen.tenancy_id, water_rate=schedule.water_rate)
        if not points:
            note("Ten lokal nie ma wodomierzy w naszej ewidencji. Jeśli licznik jest, zadzwoń do administratora.")
