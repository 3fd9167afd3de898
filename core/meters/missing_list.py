"""The list of meters still missing in a window, as PDF to walk round with."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.clock import local, now
from core.documents.sheet import ACCENT, INNER, SIDE, Paragraph, Sheet, line_height
from core.landlord import landlord
from core.meters.window_progress import MissingMeter, missing_meters
from core.meters.words import MEDIUM_WORDS

STATE = 45.0  # mm at the right, to write the state into


def missing_list(session: Session, scope: EmployeeScope, *, window_id: int) -> bytes:
    """The list of a window as PDF, as of now. Raises NotFoundError for a window outside the employee's districts."""
    return missing_pdf(missing_meters(session, scope, window_id=window_id), made_at=now())


def missing_pdf(meters: Sequence[MissingMeter], *, made_at: datetime) -> bytes:
    """The meters by district and address, each with room for its state; the same content and instant: the same bytes."""
    sheet = Sheet(title="Brakujące odczyty", author=landlord().name, made_at=made_at, running_title="Brakujące odczyty")
    sheet.paragraph(Paragraph("Brakujące odczyty", size=20, bold=True, tag="H1"))
    sheet.paragraph(Paragraph(f"Stan na {local(made_at):%d.%m.%Y, %H:%M}. Liczniki: {len(meters)}.", before=1))
    for (district, address), some in groupby(meters, key=lambda one: (one.district, one.address)):
        group = list(some)
        sheet.room(line_height(12) + line_height(11) * len(group) + 6)
        tenant = group[0].tenant or "lokal wolny"
        heading = f"{address} ({district}) – {tenant}"
        sheet.paragraph(Paragraph(heading, size=12, bold=True, colour=ACCENT, before=3, tag="H2"))
        for one in group:
            sheet.room(line_height(11))
            top = sheet.y
            name = f"{MEDIUM_WORDS[one.medium]}, {one.place}, nr {one.meter_no}"
            sheet.paragraph(Paragraph(name), width=INNER - STATE)
            sheet.rule(y=top + line_height(11), x=SIDE + INNER - STATE, width=STATE)
    return sheet.to_bytes()
