"""Zgłoszenia at the office: the queue and its filters, one report from taking up to its end, incidents of buildings."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.clock import today
from core.db import reading, transaction
from core.faults.following import rate_report, write_message
from core.faults.handling import change_status
from core.faults.models import FaultIncident, FaultMessage, FaultReport, FaultStatus
from core.faults.queue import PAGE
from core.notices.models import Notice
from tests.core.faults.cast import form, incident, office, report, resident
from tests.pages.conftest import open_dashboard, shown

PAGE_FILE = "pages/staff/faults.py"
EVIL = '<img src=x onerror="alert(1)"> *a* [b](javascript:alert(1))'


def desk(session: Session) -> AppTest:
    return open_dashboard(session, Role.CLERK).run().switch_page(PAGE_FILE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label.replace("\u00a0", " ") == label]
    return button.click().run()


def opened(app: AppTest, report_id: int = 1) -> AppTest:
    return app.selectbox(key="f_pick").set_value(report_id).run()


def act(app: AppTest, words: str) -> AppTest:
    (radio,) = [one for one in app.radio if one.label == "Czynność"]
    return radio.set_value(words).run()


def to(app: AppTest, status: str) -> AppTest:
    (radio,) = [one for one in app.radio if one.label == "Nowy stan"]
    radio.set_value(status)
    return app


def field(app: AppTest, label: str) -> Any:
    found = [one for one in (*app.text_area, *app.text_input) if one.label == label]
    assert len(found) == 1, label
    return found[0]


def told() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Notice.facts).order_by(Notice.id)))


def test_empty_queue_says_so(session: Session) -> None:
    assert "Nie ma takich zgłoszeń." in shown(desk(session))


def test_late_one_stands_first_with_its_badge(session: Session) -> None:
    anna = resident(session, f"Anna {EVIL}")
    report(session, anna)
    late = report(session, anna)
    session.execute(update(FaultReport).where(FaultReport.id == late).values(due_on=today() - timedelta(days=1)))
    html = shown(desk(session))
    assert html.index("A/000002/") < html.index("A/000001/")
    assert html.count(">po terminie<") == 1
    assert "<img" not in html


def test_filters_narrow_the_queue(session: Session) -> None:
    anna, jan = resident(session, "Anna"), resident(session, "Jan", code="POLESIE")
    clerk = office(session)
    report(session, anna)
    report(session, jan, form(description="Dziwny zapach w piwnicy"))
    change_status(session, clerk, report_id=1, to=FaultStatus.IN_PROGRESS)
    write_message(session, jan.scope, report_id=2, body="Halo?")
    polesie = jan.district.id
    app = desk(session)

    def numbers(app: AppTest) -> set[str]:
        html = shown(app)
        return {number for number in ("A/000001/", "A/000002/") if number in html}

    assert numbers(app) == {"A/000001/", "A/000002/"}
    assert numbers(app.selectbox(key="f_group").set_value("w realizacji").run()) == {"A/000001/"}
    app.selectbox(key="f_group").set_value("do załatwienia").run()
    assert numbers(app.selectbox(key="f_RON").set_value(polesie).run()) == {"A/000002/"}
    app.selectbox(key="f_RON").set_value(0).run()
    assert numbers(app.text_input(key="f_text").set_value("PIWNICY").run()) == {"A/000002/"}
    app.text_input(key="f_text").set_value("").run()
    assert numbers(app.checkbox(key="f_unanswered").set_value(True).run()) == {"A/000002/"}
    assert ">czeka na odpowiedź<" in shown(app)
    assert "Nie ma takich zgłoszeń." in shown(app.selectbox(key="f_assigned").set_value("me").run())


def test_forty_on_a_page(session: Session) -> None:
    anna = resident(session)
    report(session, anna)
    one = session.scalars(select(FaultReport)).one()
    columns = {c.name: getattr(one, c.name) for c in FaultReport.__table__.columns if c.name != "id"}
    for nth in range(PAGE):
        session.add(FaultReport(**{**columns, "number": f"B/{nth}", "submission_key": f"k{nth}"}))
    app = desk(session)
    assert "Zgłoszenia, od najpilniejszych, 40 z 41" in shown(app)
    assert len(app.selectbox(key="f_pick").options) == PAGE


def test_from_taking_up_to_the_end_with_messages(session: Session) -> None:
    anna = resident(session)
    made = report(session, anna, form(description=f"Zlew {EVIL}", at_home="po 16"))
    write_message(session, anna.scope, report_id=made, body="Kiedy przyjdziecie?")
    app = opened(desk(session))
    html = shown(app)
    for word in ("Zlew &lt;img", "Co się zatkało?", "po 16", "Kiedy przyjdziecie?", "<dt>Prowadzi</dt><dd>nikt</dd>"):
        assert word in html
    assert "<img" not in html
    app = press(app, "Przydziel do mnie")
    assert "<dt>Prowadzi</dt><dd>Ewa Urzędnik</dd>" in shown(app)
    assert "Przydziel do mnie" not in [one.label for one in app.button]
    assert "Nowy stan: Wybierz nowy stan." in shown(press(app, "Zmień stan"))
    app = press(to(app, "in_progress"), "Zmień stan")
    assert "w realizacji. Najemca dostał powiadomienie." in shown(app)
    app = act(app, "Napisz do najemcy")
    field(app, "Wiadomość do najemcy").set_value("Jutro rano.")
    app = press(app, "Wyślij wiadomość")
    assert "Jutro rano." in shown(app)
    app = act(app, "Notatka wewnętrzna")
    field(app, "Notatka tylko dla pracowników").set_value("Klucz u sąsiada")
    app = press(app, "Zapisz notatkę")
    assert "(notatka wewnętrzna)" in shown(app)
    app = act(app, "Zmień termin")
    (due,) = app.date_input
    due.set_value(today() + timedelta(days=30))
    assert "Powód: Podaj powód zmiany terminu." in shown(press(app, "Zmień termin"))
    field(app, "Powód (zobaczy go najemca)").set_value("Czekamy na części")
    app = press(app, "Zmień termin")
    assert "Czekamy na części" in shown(app)
    app = act(app, "Zmień stan")
    assert "Podaj powód odrzucenia." in shown(press(to(app, "rejected"), "Zmień stan"))
    app = press(to(app, "done"), "Zmień stan")
    assert "wykonane. Najemca dostał powiadomienie." in shown(app)
    assert not [one for one in app.button if one.label == "Zmień stan"]
    assert len(told()) == 4
    assert "Klucz" not in "".join(told())
    with transaction() as later:
        rate_report(later, anna.scope, report_id=1, rating=2, comment=EVIL)
    html = shown(app.run())
    assert "2 z 5. &lt;img" in html


def test_what_somebody_else_did_meanwhile_is_said(session: Session) -> None:
    report(session, resident(session))
    clerk = office(session)
    app = opened(desk(session))
    with transaction() as later:
        change_status(later, clerk, report_id=1, to=FaultStatus.DONE)
    assert "Ktoś już zmienił to zgłoszenie." in shown(press(app, "Zmień stan"))


def test_colleague_is_given_the_report(session: Session) -> None:
    report(session, resident(session))
    office(session, role=Role.HEAD)
    app = act(opened(desk(session)), "Przydziel")
    (who,) = [one for one in app.selectbox if one.label == "Kto prowadzi zgłoszenie"]
    assert who.options == ["nikt", "Ewa Urzędnik", "Ewa Urzędnik"]
    who.select_index(1)
    app = press(app, "Przydziel")
    assert "<dt>Prowadzi</dt><dd>Ewa Urzędnik</dd>" in shown(app)


def test_incident_is_declared_from_a_report_changed_and_closed_with_all_that_hang_on_it(session: Session) -> None:
    anna = resident(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    report(session, anna)
    report(session, jan)
    app = act(opened(desk(session)), "Awaria w budynku")
    assert "Tytuł: Wpisz, co przeczytają najemcy." in shown(press(app, "Ogłoś awarię w budynku"))
    field(app, "Tytuł (zobaczą go najemcy)").set_value(f"Zatkany pion {EVIL}")
    field(app, "Co mają wiedzieć najemcy").set_value("Nie używaj zlewów.")
    app = press(app, "Ogłoś awarię w budynku")
    assert "Awarię ogłoszono." in shown(app)
    assert "<img" not in shown(app)
    app = opened(press(app, "Wróć do kolejki"), 2)
    app = press(act(app, "Awaria w budynku"), "Dołącz do tej awarii")
    assert "dołączono do awarii" in shown(app)
    app = press(app, "Odłącz od tej awarii")
    app = press(app, "Dołącz do tej awarii")
    app = press(app, "Wróć do kolejki")
    app = app.radio(key="f_view").set_value("Awarie w budynkach").run()
    html = shown(app)
    assert "<b>2</b> Osoby" in html
    assert "ul. Kwiatowa 12" in html
    field(app, "Tytuł (zobaczą go najemcy)").set_value("Zatkany pion")
    assert "Treść awarii zmieniono." in shown(press(app, "Zapisz treść"))
    assert "Napisz, co zrobiono." in shown(press(app, "Zakończ awarię"))
    field(app, "Co zrobiono (przeczytają to wszyscy)").set_value("Pion przepchany.")
    html = shown(press(app, "Zakończ awarię"))
    assert "Awarię zakończono: 2 zgłoszenia wykonane." in html
    assert "Zakończona: Pion przepchany." in html
    with reading() as found:
        assert found.scalars(select(FaultReport.status)).all() == ["done", "done"]
        assert found.scalars(select(FaultIncident.title)).all() == ["Zatkany pion"]
    assert len(told()) == 2


def test_incidents_are_searched_by_address(session: Session) -> None:
    incident(session, office(session), report(session, resident(session)))
    app = desk(session).radio(key="f_view").set_value("Awarie w budynkach").run()
    assert "Zatkany pion" in shown(app.text_input(key="i_text").set_value("kwiatowa").run())
    assert "Nie ma takiej awarii. Sprawdź adres." in shown(app.text_input(key="i_text").set_value("Ptasia").run())


def test_no_incident_yet_says_how_one_is_declared(session: Session) -> None:
    app = desk(session).radio(key="f_view").set_value("Awarie w budynkach").run()
    assert "Nie ogłoszono jeszcze żadnej awarii." in shown(app)


def test_closed_report_takes_a_note_only(session: Session) -> None:
    clerk = office(session)
    change_status(session, clerk, report_id=report(session, resident(session)), to=FaultStatus.DONE)
    app = desk(session).selectbox(key="f_group").set_value("wykonane").run()
    app = opened(app)
    (actions,) = [one for one in app.radio if one.label == "Czynność"]
    assert actions.options == ["Notatka wewnętrzna"]
    field(app, "Notatka tylko dla pracowników").set_value("Sprawdzić za miesiąc")
    assert "notatkę zapisano" in shown(press(app, "Zapisz notatkę"))
    with reading() as found:
        assert found.scalars(select(FaultMessage.internal)).all() == [True]


def test_queue_offers_its_file(session: Session) -> None:
    report(session, resident(session))
    assert "Pobierz tę listę (CSV dla Excela)" in [
        getattr(one, "label", "") for one in desk(session).get("download_button")
    ]


def test_desk_names_what_waits_and_is_late(session: Session) -> None:
    anna = resident(session)
    report(session, anna)
    late = report(session, anna)
    session.execute(update(FaultReport).where(FaultReport.id == late).values(due_on=today() - timedelta(days=1)))
    html = shown(open_dashboard(session, Role.CLERK).run())
    assert 'Zgłoszenia awarii do podjęcia: 2, po terminie: 1. <a href="/zgloszenia" target="_self">' in html
    assert "Zgłoszenia awarii" not in shown(open_dashboard(session, Role.ACCOUNTING).run())
