"""Odczyty: the queue, one device, and each thing that can be done about it."""

from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.db import reading
from core.meters.models import Meter, MeterReading, ReadingStatus, Source
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading, make_tenancy, make_tenant
from tests.pages.conftest import open_dashboard, shown


def make_queue(session: Session) -> tuple[int, str]:
    """Anna's meter with a believed reading and one below it that waits."""
    premises = make_premises(session, building=make_building(session, district=make_district(session)))
    make_tenancy(session, make_tenant(session), tenancy_no="U/77", premises=premises)
    meter = make_meter(session, premises)
    make_reading(session, meter, "2026-09-01", "1871")
    waiting = make_reading(session, meter, "2026-10-01", "1866", status=ReadingStatus.TO_CLARIFY, source=Source.TENANT)
    waiting.flags, waiting.answer = "lower", "earlier_wrong"
    session.flush()
    return meter.id, meter.meter_no


def desk(session: Session) -> AppTest:
    return open_dashboard(session, Role.CLERK).run().switch_page("pages/staff/readings.py").run()


def opened(session: Session, meter_id: int) -> AppTest:
    return desk(session).selectbox(key="pick_waiting").select(meter_id).run()


def choose(app: AppTest, action: str) -> AppTest:
    (radio,) = [one for one in app.radio if one.label == "Czynność"]
    return radio.set_value(action).run()


def readings() -> list[tuple[Decimal, str]]:
    with reading() as session:
        return [(one.value, one.status) for one in session.scalars(select(MeterReading).order_by(MeterReading.id))]


def test_queue_says_whose_and_why(session: Session) -> None:
    _, meter_no = make_queue(session)
    html = shown(desk(session))
    assert "Odczyty do wyjaśnienia (1)" in html
    for told in (
        meter_no,
        "Kwiatowa 12 m. 7",
        "Anna Kowalska",
        "1 866,000 m³",
        "stan niższy",
        "Poprzedni odczyt był błędny",
    ):
        assert told in html


def test_who_reads_for_the_office_is_not_taken_for_the_tenant(session: Session) -> None:
    meter_id, _ = make_queue(session)
    assert "Najemca: Poprzedni odczyt był błędny. Bez zdjęcia." in shown(opened(session, meter_id))
    session.execute(
        update(MeterReading)
        .where(MeterReading.status == ReadingStatus.TO_CLARIFY)
        .values(source=Source.FILE, answer=None, comment="firma odczytowa")
    )
    html = shown(opened(session, meter_id))
    assert 'plik<span class="kit-small">firma odczytowa</span>' in html
    assert "Czeka: " not in html, "the history says all of it"


def test_empty_queue_says_so(session: Session) -> None:
    assert "Żaden odczyt nie czeka" in shown(desk(session))


def test_lower_reading_cannot_be_accepted_before_the_earlier_one_is_mended(session: Session) -> None:
    meter_id, _ = make_queue(session)
    app = opened(session, meter_id)
    html = shown(app.button(key="accept_reading").click().run())
    assert "nie pasuje do sąsiednich" in html
    app = choose(app, "Popraw odczyt")
    app.selectbox(key="correct-which").select_index(1)
    app.text_input(key="correct_value").set_value("1861,5")
    app.text_input(key="correct_reason").set_value("Przestawione cyfry")
    html = shown(app.button(key="FormSubmitter:correct_reading-Popraw odczyt").click().run())
    assert "Poprawiono odczyt z 01.09.2026 na 1 861,500 m³." in html
    app = choose(app, "Przyjmij odczyt")
    assert "Przyjęto odczyt 1 866,000 m³." in shown(app.button(key="accept_reading").click().run())
    assert readings() == [
        (Decimal("1871.000"), "corrected"),
        (Decimal("1866.000"), "accepted"),
        (Decimal("1861.500"), "accepted"),
    ]


def test_rejection_wants_a_reason(session: Session) -> None:
    meter_id, _ = make_queue(session)
    app = choose(opened(session, meter_id), "Odrzuć odczyt")
    button = "FormSubmitter:reject_reading-Odrzuć odczyt"
    assert "Powód: Napisz, dlaczego" in shown(app.button(key=button).click().run())
    app.text_input(key="reject_reason").set_value("To zużycie, a nie stan")
    html = shown(app.button(key=button).click().run())
    assert "Odrzucono odczyt" in html
    assert "powód: To zużycie, a nie stan" in html
    assert readings()[1][1] == "rejected"


def test_reading_is_entered_for_a_tenant_and_an_odd_one_wants_its_reason(session: Session) -> None:
    meter_id, meter_no = make_queue(session)
    app = desk(session)
    app.text_input(key="meter_text").set_value("U/77")
    app = app.button(key="FormSubmitter:find_meter-Szukaj").click().run()
    app = choose(app.selectbox(key="pick_found").select(meter_id).run(), "Wpisz odczyt")
    assert f"Licznik {meter_no}" in [heading.value for heading in app.header]
    app.text_input(key="enter_value").set_value("9999")
    button = "FormSubmitter:enter_reading-Zapisz odczyt"
    assert "Ten odczyt jest nietypowy" in shown(app.button(key=button).click().run())
    app.selectbox(key="enter_answer").select("fault")
    assert "Zapisano odczyt 9 999,000 m³" in shown(app.button(key=button).click().run())
    assert readings()[-1] == (Decimal("9999.000"), "accepted")


def test_meter_is_replaced_with_both_states(session: Session) -> None:
    meter_id, _ = make_queue(session)
    session.execute(MeterReading.__table__.delete().where(MeterReading.status == "to_clarify"))  # type: ignore[attr-defined]
    app = desk(session)
    app.text_input(key="meter_text").set_value("U/77")
    app = app.button(key="FormSubmitter:find_meter-Szukaj").click().run()
    app = choose(app.selectbox(key="pick_found").select(meter_id).run(), "Wymień licznik")
    app.text_input(key="replace_final").set_value("1880,5")
    app.text_input(key="replace_number").set_value("W/NOWY")
    app.text_input(key="replace_mark").set_value("M26")
    html = shown(app.button(key="FormSubmitter:replace_meter-Wymień licznik").click().run())
    assert "na W/NOWY." in html
    assert "Zdemontowano" in html
    with reading() as session_after:
        new = session_after.scalars(select(Meter).where(Meter.meter_no == "W/NOWY")).one()
        assert (new.digits, new.decimals, new.installed_value) == (5, 3, Decimal(0))


def test_search_that_finds_nothing_and_one_too_short_say_so(session: Session) -> None:
    app = desk(session)
    for typed, told in (("ab", "co najmniej trzy znaki"), ("XYZ-1", "Nie ma takiego licznika")):
        app.text_input(key="meter_text").set_value(typed)
        assert told in shown(app.button(key="FormSubmitter:find_meter-Szukaj").click().run())
