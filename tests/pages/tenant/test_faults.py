"""Zgłoszenia as a tenant uses them: danger first, the form, what is known already, the timeline, messages, rating."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import EmployeeScope
from core.clock import now
from core.db import reading, transaction
from core.faults.categories import LEAVES
from core.faults.handling import add_note, change_status, write_to_tenant
from core.faults.incidents import IncidentText
from core.faults.models import FaultMessage, FaultReport, FaultStatus
from tests.core.faults.cast import Resident, form, incident, office, report, resident
from tests.pages.conftest import open_portal, shown

PAGE = "pages/tenant/faults.py"
EVIL = '<img src=x onerror="alert(1)"> *a* [b](javascript:alert(1))'


def screen(session: Session, anna: Resident) -> AppTest:
    return open_portal(session, anna.tenant).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label.replace("\u00a0", " ") == label]
    return button.click().run()


def choose(app: AppTest, branch: str = "water", leaf: str = "water_drain") -> AppTest:
    app = press(press(app, "Zgłoś awarię albo usterkę"), "Nic z tych rzeczy")
    app = app.radio(key="fault_branch").set_value(branch).run()
    return app.radio(key=f"fault_leaf_{branch}").set_value(leaf).run()


def fill(app: AppTest, description: str = "Zlew w kuchni jest zatkany.", leaf: str = "water_drain") -> AppTest:
    for question in LEAVES[leaf].questions:
        if question.options:
            app.radio(key=f"fault_answer_{leaf}_{question.key}").set_value(question.options[0])
    app.text_area(key="fault_description").set_value(description)
    return press(app, "Wyślij zgłoszenie")


@pytest.mark.parametrize(
    ("danger", "number"),
    [
        ("Czuję gaz", "992"),
        ("Pali się", "998"),
        ("Woda leje się i nie da się jej zatrzymać", "994"),
        ("Iskrzy, czuć spaleniznę albo leży zerwany przewód", "991"),
        ("Zagrożone jest czyjeś życie lub zdrowie", "112"),
    ],
)
def test_danger_gets_numbers_and_no_form(session: Session, danger: str, number: str) -> None:
    app = press(press(screen(session, resident(session)), "Zgłoś awarię albo usterkę"), danger)
    assert f'href="tel:{number}"' in shown(app)
    assert not app.text_area
    assert not app.radio
    app = press(app, "Wróć do pytania")
    assert "tel:992" not in shown(app)
    assert [one.label for one in app.button if one.label == "Nic z tych rzeczy"]


def test_flood_names_the_landlords_own_telephone(session: Session) -> None:
    app = press(screen(session, resident(session)), "Zgłoś awarię albo usterkę")
    assert 'class="kit-number-to-call" href="tel:420000000"' in shown(
        press(app, "Woda leje się i nie da się jej zatrzymać")
    )


def test_report_is_sent_and_told_by_when(session: Session) -> None:
    app = screen(session, resident(session))
    assert "Nie masz zgłoszeń w toku." in shown(app)
    app = fill(choose(app))
    html = shown(app)
    assert f"Zgłoszenie A/000001/{now().year} przyjęte. Rejon zajmie się nim do" in html
    assert "Zlew w kuchni jest zatkany." in html
    assert "Zgłoszenie przyjęte" in html
    assert app.query_params["nr"] in ("1", ["1"])
    app = press(app, "Wróć do zgłoszeń")
    (entry,) = [one for one in app.button if one.key and one.key.startswith("open-")]
    assert f"A/000001/{now().year}" in entry.label
    assert "Kwiatowa 12 m. 7" in shown(app)


def test_what_is_missing_is_said_and_what_was_typed_stays(session: Session) -> None:
    app = choose(screen(session, resident(session)))
    app.text_area(key="fault_description").set_value("krótko")
    app = press(app, "Wyślij zgłoszenie")
    html = shown(app)
    assert "Odpowiedz na pytanie: Co się zatkało?" in html
    assert "Opis: Opisz, co się stało (co najmniej 10 znaków)." in html
    assert app.text_area(key="fault_description").value == "krótko"
    with reading() as found:
        assert found.scalars(select(FaultReport.id)).all() == []


def test_known_incident_stands_before_the_form_and_is_joined_at_once(session: Session) -> None:
    anna = resident(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    incident(session, office(session), report(session, anna), IncidentText(f"Pion {EVIL}", EVIL))
    app = choose(screen(session, jan))
    html = shown(app)
    assert "&lt;img src=x" in html
    assert "<img" not in html
    assert not app.text_area, "no form before it"
    html = shown(press(app, "Mnie też dotyczy"))
    assert f"Zgłoszenie A/000002/{now().year} przyjęte." in html
    with reading() as found:
        assert found.scalars(select(FaultReport.incident_id)).all() == [1, 1]


def test_something_else_leads_on_to_the_form(session: Session) -> None:
    anna = resident(session)
    incident(session, office(session), report(session, anna))
    app = press(choose(screen(session, anna)), "To coś innego: opiszę awarię")
    assert f"A/000002/{now().year} przyjęte" in shown(fill(app))


def test_link_opens_an_own_report_and_a_foreign_number_nothing(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan")
    report(session, jan, form(description=f"Tajny opis {EVIL}"))
    app = screen(session, anna)
    app.query_params["nr"] = "1"
    html = shown(app.run())
    assert "Nie ma takiego zgłoszenia." in html
    assert "Tajny" not in html


def closed_report(session: Session, to: FaultStatus = FaultStatus.DONE) -> tuple[Resident, EmployeeScope]:
    anna, clerk = resident(session), office(session)
    change_status(session, clerk, report_id=report(session, anna), to=to, note="Nie nasz sprzęt")
    return anna, clerk


def opened(session: Session, anna: Resident) -> AppTest:
    app = screen(session, anna)
    app.query_params["nr"] = "1"
    return app.run()


def test_messages_go_there_and_back_and_notes_are_not_shown(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    add_note(session, clerk, report_id=made, body="Najemca zalega")
    write_to_tenant(session, clerk, report_id=made, body=EVIL)
    app = opened(session, anna)
    html = shown(app)
    assert "zalega" not in html
    assert "Urzędnik" not in html
    assert "&lt;img src=x" in html
    assert "<img" not in html
    (field,) = app.text_area
    field.set_value("Kiedy\nprzyjdziecie?")
    app = press(app, "Wyślij wiadomość")
    assert "Kiedy\nprzyjdziecie?" in shown(app)
    assert app.text_area[0].value == ""
    with reading() as found:
        assert found.scalars(select(FaultMessage.by_tenant).order_by(FaultMessage.id)).all() == [False, False, True]


def test_message_to_what_was_closed_meanwhile_is_refused_with_the_way(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    report(session, anna)
    app = opened(session, anna)
    with transaction() as later:
        change_status(later, clerk, report_id=1, to=FaultStatus.DONE)
    app.text_area[0].set_value("Halo")
    # The button is gone with the form, so what was sent reaches nothing: the page shows the report as it is now.
    app = press(app, "Wyślij wiadomość")
    assert "Otwórz ponownie" in [one.label for one in app.button]
    with reading() as found:
        assert found.scalars(select(FaultMessage.id)).all() == []


def test_done_is_rated_once(session: Session) -> None:
    app = opened(session, closed_report(session)[0])
    assert "Ocena: Wybierz ocenę od 1 do 5." in shown(press(app, "Wyślij ocenę"))
    app.radio(key="rating").set_value(4)
    app = press(app, "Wyślij ocenę")
    assert "Dziękujemy za ocenę." in shown(app)
    assert "<dt>Twoja ocena</dt><dd>4 – dobrze</dd>" in shown(app)
    assert "Wyślij ocenę" not in [one.label for one in app.button]


def test_rejected_one_shows_the_reason_and_is_opened_again(session: Session) -> None:
    app = opened(session, closed_report(session, FaultStatus.REJECTED)[0])
    html = shown(app)
    assert "Nie nasz sprzęt" in html
    assert "Wyślij ocenę" not in [one.label for one in app.button]
    app.text_area(key="reopening_reason").set_value("To instalacja budynku")
    app = press(app, "Otwórz ponownie")
    html = shown(app)
    assert "Zgłoszenie jest znów otwarte." in html
    assert "Otwarte ponownie" in html


def test_tenant_without_a_tenancy_is_told_whom_to_call(session: Session) -> None:
    anna = resident(session)
    anna.tenancy.valid_to = anna.tenancy.valid_from
    app = press(press(screen(session, anna), "Zgłoś awarię albo usterkę"), "Nic z tych rzeczy")
    assert "Nie ma jeszcze umowy" in shown(app)
