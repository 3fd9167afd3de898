"""Every page of the tour, at a desktop's width, a phone's and at a zoom of 400 %: nothing that keeps anybody out.

Each check was seen to find a planted fault (test_checks.py).
"""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.access.models import Realm
from core.clock import now
from core.maintenance import end_pause, start_pause
from core.settings import ROOT
from tests.audit import checks
from tests.audit.tour import TOUR, Stop, open_everything, settled
from tests.audit.visits import DESKTOP, Visits
from tests.audit.walking import walk
from tests.repeats import FULL, sampled
from ui.service import SERVICES

pytestmark = pytest.mark.e2e
APPS = {Realm.TENANT: "app_tenant.py", Realm.STAFF: "app_staff.py"}
PHONE = 360
SEEN: set[str] = set()  # kinds of controls whose focus has been looked at, in this process


@sampled
@pytest.mark.parametrize("stop", TOUR, ids=str)
def test_page_keeps_nobody_out(stop: Stop, visit: Visits) -> None:
    _assert_open_to_all(visit(stop), stop)


@pytest.mark.parametrize("realm", Realm)
def test_page_of_a_pause_keeps_nobody_out(realm: Realm, visit: Visits) -> None:
    start_pause(now() + timedelta(hours=1))
    try:
        stop = Stop(realm, "przerwa", "/", None)
        _assert_open_to_all(visit(stop), stop)
    finally:
        end_pause()


def _assert_open_to_all(page: Page, stop: Stop) -> None:
    faults = [
        *checks.naming(page, SERVICES[stop.realm].name),
        *checks.headings(page),
        *checks.english(page),
        *checks.icons(page),
        *checks.edges(page),
        *walk(page, rings=SEEN),
        *checks.in_forced_colours(page),
    ]
    if page.viewport_size != DESKTOP:
        faults += checks.found_by_axe(page)
    else:
        open_everything(page)
        for width in checks.WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            settled(page)
            faults += [f"at {width} px: {one}" for one in checks.found_by_axe(page) + checks.beside(page)]
            if width == PHONE and (FULL or stop.realm is Realm.TENANT):
                faults += [f"at {width} px: {one}" for one in walk(page)]
        faults += [*checks.spaced_out(page), *checks.english(page), *checks.headings(page)]
    assert not faults, f"{stop}:\n" + "\n".join(dict.fromkeys(faults))


@pytest.mark.parametrize("realm", Realm)
def test_tour_comes_to_every_screen(realm: Realm) -> None:
    tree = ast.parse((ROOT / APPS[realm]).read_text(encoding="utf-8"))
    screens = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "Screen"]
    paths = {"/" + (ast.literal_eval(one.args[2]) if len(one.args) > 2 else "") for one in screens}
    paths |= {"/logowanie", *SERVICES[realm].plain_pages}
    assert len(screens) > 10
    assert paths - {one.path.partition("?")[0] for one in TOUR if one.realm is realm} == set()


def test_names_of_stops_are_their_own() -> None:
    assert len({str(one) for one in TOUR}) == len(TOUR)


def test_every_page_file_is_a_screen() -> None:
    for realm, app in APPS.items():
        told = (ROOT / app).read_text(encoding="utf-8")
        files = Path(ROOT / "pages" / realm).glob("[a-z]*.py")
        assert [one.name for one in files if f"pages/{realm}/{one.name}" not in told] == []
