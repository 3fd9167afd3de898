"""What falls into a window is told for whole columns as it is told for one reading."""

from datetime import date, timedelta

import polars as pl
from sqlalchemy.orm import Session

from core.clock import now
from core.imports.reading_windows import with_window
from core.meters.models import Meter
from core.meters.window_models import ReadingWindow
from core.meters.windows import falls_into, windows_of_meter
from tests.cast import make_building, make_district, make_meter, make_premises

TODAY = date(2026, 11, 25)


def meter_in(session: Session, code: str) -> tuple[Meter, int, int]:
    """A device with the building and the district where it hangs."""
    district = make_district(session, code=code)
    premises = make_premises(session, building=make_building(session, district=district))
    return make_meter(session, premises), premises.building_id, district.id


def window(session: Session, opens: int, closes: int, **place: int) -> None:
    opens_on, closes_on = TODAY + timedelta(days=opens), TODAY + timedelta(days=closes)
    session.add(ReadingWindow(opens_on=opens_on, closes_on=closes_on, grace_days=0, created_at=now(), **place))
    session.flush()


def test_columns_agree_with_the_rule(session: Session) -> None:
    places = [meter_in(session, code) for code in ("CENTRUM", "POLESIE", "WIDZEW")]
    window(session, -30, -20, district_id=places[0][2])
    window(session, -15, -10, building_id=places[1][1])
    days = [TODAY - timedelta(days=ago) for ago in range(35)]
    rows = pl.DataFrame(
        [(meter.point_id, day) for meter, _, _ in places for day in days],
        schema={"point_id": pl.Int64, "read_on": pl.Date},
        orient="row",
    ).with_row_index("line_no")
    for everywhere in (False, True):
        if everywhere:
            window(session, -8, -4)
        judged = with_window(session, rows)["in_window"].to_list()
        assert judged == [
            falls_into(windows_of_meter(session, meter), read_on=day) for meter, _, _ in places for day in days
        ]
        assert {True, False} <= set(judged)
