from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.clock import now, today
from core.db import reading
from core.meters.models import Meter, MeterReading, ReadingStatus, Source
from core.meters.window_models import ReadingWindow
from core.registry.models import Tenant
from tests.cast import (
    make_charge,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
)
from tests.pages.conftest import open_portal, shown


# Numbers, not rows: a look at a row of the test's session would hold SQLite's one lock while the page writes.
def make_flat(session: Session, **of_meter: object) -> tuple[Tenant, Meter, int]:
    anna = make_tenant(session)
    premises = make_premises(session)
    tenancy = make_tenancy(session, anna, premises=premises)
    make_charge(session, tenancy, "Woda", "2026-01-01", unit="m³", quantity="3", rate="12.50", vat_percent=8)
    meter = make_meter(session, premises, **of_meter)  # type: ignore[arg-type]
    return anna, meter, meter.id


def open_meters(session: Session, tenant: Tenant) -> AppTest:
    return open_portal(session, tenant).run().switch_page("pages/tenant/meters.py").run()


def hand_in(app: AppTest, meter_id: int, typed: str) -> AppTest:
    app.text_input(key=f"state-{meter_id}").set_value(typed)
    return app.button(key=f"FormSubmitter:reading-{meter_id}-Wyślij odczyt").click().run()


def stored() -> list[tuple[Decimal, str]]:
    with reading() as session:
        return [(one.value, one.status) for one in session.scalars(select(MeterReading).order_by(MeterReading.id))]


def test_plain_reading_is_taken_with_its_consumption(session: Session) -> None:
    anna, meter, meter_id = make_flat(session)
    last = today() - timedelta(days=30)
    make_reading(session, meter, last.isoformat(), "100")
    app = hand_in(open_meters(session, anna), meter_id, "00106,500")
    html = shown(app)
    assert "Odczyt 106,500 m³ przyjęto. Zużycie: 6,500 m³ przez 30 dni." in html
    assert "przyjęty" in html
    assert app.text_input(key=f"state-{meter_id}").value == ""
    assert stored()[1:] == [(Decimal("106.500"), "accepted")]


def test_dial_knows_digits_last_state_and_what_water_costs(session: Session) -> None:
    anna, *_ = make_flat(session)
    html = shown(open_meters(session, anna))
    assert html.count('class="kit-digit"') == 5
    assert html.count('class="kit-digit kit-red"') == 3
    assert 'data-last="0.000"' in html
    assert 'data-rate="13.5"' in html or 'data-rate="13.50' in html


def test_what_is_no_state_is_refused_at_the_field_and_nothing_is_lost(session: Session) -> None:
    anna, _meter, meter_id = make_flat(session)
    app = hand_in(open_meters(session, anna), meter_id, "12O")
    assert "Stan licznika: Wpisz same cyfry" in shown(app)
    assert app.text_input(key=f"state-{meter_id}").value == "12O"
    assert stored() == []


def test_odd_state_is_asked_about_and_sent_with_its_reason(session: Session) -> None:
    anna, meter, meter_id = make_flat(session)
    make_reading(session, meter, (today() - timedelta(days=30)).isoformat(), "1871")
    app = hand_in(open_meters(session, anna), meter_id, "1866")
    assert "niższy niż poprzedni (1 871,000 m³" in shown(app)
    assert app.text_input(key=f"state-{meter_id}").value == "1866"
    assert len(stored()) == 1
    app.radio[0].set_value("earlier_wrong")
    html = shown(app.button(key=f"FormSubmitter:reading-{meter_id}-Wyślij odczyt").click().run())
    assert "pracownik go sprawdzi" in html
    assert "do wyjaśnienia" in html
    assert stored()[1] == (Decimal("1866.000"), "to_clarify")


def test_mended_state_needs_no_reason(session: Session) -> None:
    anna, meter, meter_id = make_flat(session)
    make_reading(session, meter, (today() - timedelta(days=30)).isoformat(), "1871")
    app = hand_in(hand_in(open_meters(session, anna), meter_id, "1866"), meter_id, "1876")
    assert "Zużycie: 5,000 m³" in shown(app)
    assert app.radio == []


def test_own_reading_is_withdrawn_and_reasons_of_the_office_are_read(session: Session) -> None:
    anna, meter, _meter_id = make_flat(session)
    rejected = make_reading(session, meter, "2026-03-01", "7", status=ReadingStatus.REJECTED, source=Source.TENANT)
    rejected.reason = "To zużycie, a nie stan"
    own_id = make_reading(session, meter, "2026-04-01", "8", source=Source.TENANT).id
    app = open_meters(session, anna)
    assert "powód: To zużycie, a nie stan" in shown(app)
    html = shown(app.button(key=f"withdraw-{own_id}").click().run())
    assert "Odczyt 8,000 m³ z 01.04.2026 wycofano." in html
    assert stored()[1] == (Decimal("8.000"), "withdrawn")


def correct(app: AppTest, reading_id: int, typed: str) -> AppTest:
    app.text_input(key=f"corrected-{reading_id}").set_value(typed)
    return app.button(key=f"FormSubmitter:correct-{reading_id}-Popraw odczyt").click().run()


def test_own_reading_is_corrected_and_both_are_kept(session: Session) -> None:
    anna, meter, _ = make_flat(session)
    own_id = make_reading(session, meter, "2026-04-01", "8", source=Source.TENANT).id
    app = open_meters(session, anna)
    assert "Za dużo cyfr" in shown(correct(app, own_id, "1234567"))
    html = shown(correct(app, own_id, "9,5"))
    assert "Odczyt z 01.04.2026 poprawiono na 9,500 m³." in html
    assert stored() == [(Decimal("8.000"), "corrected"), (Decimal("9.500"), "accepted")]


def test_odd_correction_is_asked_about_and_waits_for_the_office(session: Session) -> None:
    anna, meter, _ = make_flat(session)
    own_id = make_reading(session, meter, "2026-04-01", "8", source=Source.TENANT).id
    app = correct(open_meters(session, anna), own_id, "9000")
    assert "Ten stan jest nietypowy" in shown(app)
    assert stored() == [(Decimal("8.000"), "accepted")]
    app.radio(key=f"correct-why-{own_id}").set_value("guests")
    assert "poprawiono na 9 000,000 m³" in shown(correct(app, own_id, "9000"))
    assert stored()[1] == (Decimal("9000.000"), "to_clarify")


def test_water_is_shown_by_month_once_a_month_is_covered(session: Session) -> None:
    anna, meter, _ = make_flat(session)
    first = today().replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    make_reading(session, meter, f"{before}", "5")
    make_reading(session, meter, f"{first}", "8")
    html = shown(open_meters(session, anna))
    assert "Zużycie, zimna woda, łazienka" in html
    assert "3,000 m³" in html


def test_open_window_and_the_next_one_are_told(session: Session) -> None:
    anna, *_ = make_flat(session)
    day = today()
    session.add(
        ReadingWindow(opens_on=day, closes_on=day + timedelta(days=5), reading_day=day, grace_days=2, created_at=now())
    )
    html = shown(open_meters(session, anna))
    assert f"Okno odczytowe trwa do {day + timedelta(days=5):%d.%m.%Y}." in html
    assert f"Wpisać go możesz do {day + timedelta(days=7):%d.%m.%Y}." in html


def test_remote_meter_shows_data_and_takes_none(session: Session) -> None:
    anna, _meter, meter_id = make_flat(session, remote=True)
    app = open_meters(session, anna)
    assert "odczytujemy zdalnie" in shown(app)
    assert [one for one in app.text_input if one.key == f"state-{meter_id}"] == []


def test_verification_is_warned_of_before_it_ends_and_after(session: Session) -> None:
    anna, *_ = make_flat(session, verified_until=(today() + timedelta(days=20)).isoformat())
    assert "kończy się za 20 dni" in shown(open_meters(session, anna))


def test_ended_verification_still_takes_readings(session: Session) -> None:
    anna, _meter, meter_id = make_flat(session, verified_until=(today() - timedelta(days=1)).isoformat())
    app = hand_in(open_meters(session, anna), meter_id, "5")
    assert "Odczyty przyjmujemy nadal" in shown(app)
    assert "po terminie legalizacji" in shown(app)


def test_premises_without_a_meter_say_what_to_do(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)
    assert "zadzwoń do administratora" in shown(open_meters(session, anna))
