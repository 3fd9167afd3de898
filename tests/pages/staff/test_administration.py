"""Administracja through the real entry script: employees, mail, terms, audit log; each for those who may."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.models import Realm
from core.access.scopes import Role
from core.accounts.models import AccountState, Employee, TermsVersion
from core.accounts.sign_in import WrongCredentialsError
from core.audit.events import record
from core.audit.models import Actor, AuditEvent
from core.clock import now
from core.db import reading, transaction
from core.outbox.models import MailState, OutgoingMail
from core.registry.models import PropertyAdministrator
from tests.accounts import EMPLOYEE_PASSWORD, make_account, make_employee, signed_in
from tests.cast import make_district
from tests.pages.conftest import open_dashboard, shown, to_copy

PAGE = "pages/staff/administration.py"


@pytest.fixture
def desk(session: Session) -> AppTest:
    """Administracja as an administrator of users sees it; Ewa is a clerk."""
    make_employee(session, Role.CLERK, login="ewa")
    make_district(session)
    session.add(PropertyAdministrator(name="Maria Podwórko"))
    return open_dashboard(session, Role.ADMIN).run().switch_page(PAGE).run()


def part(app: AppTest, name: str) -> AppTest:
    return app.radio(key="administration_part").set_value(name).run()


def employee(login: str) -> Employee:
    with reading() as session:
        return session.scalars(select(Employee).where(Employee.login == login)).one()


def choose(app: AppTest, login: str) -> AppTest:
    return app.selectbox(key="employee").set_value(employee(login).id).run()


def test_new_employee_gets_a_password_that_is_shown_once(desk: AppTest) -> None:
    desk.text_input(key="employee_login").set_value("Ola")
    desk.text_input(key="employee_name").set_value("Ola Nowa")
    desk.multiselect(key="employee_roles-new").set_value([Role.ADMINISTRATOR])
    desk.multiselect(key="employee_districts-new").set_value(["CENTRUM"])
    desk.selectbox(key="employee_administrator-new").set_value("Maria Podwórko")
    desk.button(key="FormSubmitter:new_employee-Dodaj pracownika").click().run()
    html = shown(desk)
    assert "Dodano: Ola Nowa" in html
    assert "jako: Maria Podwórko" in html
    password = to_copy(desk)[0]
    assert signed_in(Realm.STAFF, login="ola", password=password)
    desk.button(key="handed_over").click().run()
    assert to_copy(desk) == []


def test_refusal_names_the_field_and_keeps_what_was_typed(desk: AppTest) -> None:
    desk.text_input(key="employee_login").set_value("ewa")
    desk.text_input(key="employee_name").set_value("Druga Ewa")
    desk.multiselect(key="employee_roles-new").set_value([Role.CLERK])
    desk.button(key="FormSubmitter:new_employee-Dodaj pracownika").click().run()
    assert "Identyfikator: Identyfikator ewa jest już zajęty" in shown(desk)
    assert desk.text_input(key="employee_name").value == "Druga Ewa"


def test_roles_and_name_are_changed_and_only_roles_end_sessions(desk: AppTest) -> None:
    signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    ewa = employee("ewa").id
    choose(desk, "ewa").text_input(key=f"employee_name-{ewa}").set_value("Ewa Inna")
    desk.button(key=f"FormSubmitter:employee-{ewa}-Zapisz zmiany").click().run()
    assert "Zapisano zmiany: Ewa Inna" in shown(desk)
    desk.multiselect(key=f"employee_roles-{ewa}").set_value([Role.CLERK, Role.EDITOR])
    desk.button(key=f"FormSubmitter:employee-{ewa}-Zapisz zmiany").click().run()
    assert "operator RON, redaktor ogłoszeń" in shown(desk)
    with reading() as session:
        done = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert done == ["employee_renamed", "employee_access_changed"]


def test_blocking_asks_first_and_happens_once(desk: AppTest) -> None:
    choose(desk, "ewa").button(key="employee_block").click().run()
    assert employee("ewa").state == AccountState.ACTIVE
    desk.button(key="employee_unsure").click().run()
    assert employee("ewa").state == AccountState.ACTIVE
    desk.button(key="employee_block").click().run()
    question = desk.session_state["employee_question"]
    desk.button(key="employee_sure").click().run()
    assert "Zablokowano: Ewa Urzędnik" in shown(desk)
    assert employee("ewa").state == AccountState.LOCKED
    desk.button(key="employee_unblock").click().run()
    assert employee("ewa").state == AccountState.ACTIVE
    desk.session_state["employee_question"] = question  # a second tab that still shows the question
    desk.run()
    desk.button(key="employee_sure").click().run()
    assert "zostało już użyte" in shown(desk)
    assert employee("ewa").state == AccountState.ACTIVE


def test_reset_shows_a_new_first_password(desk: AppTest) -> None:
    choose(desk, "ewa").button(key="employee_reset").click().run()
    desk.button(key="employee_sure").click().run()
    password = to_copy(desk)[0]
    with pytest.raises(WrongCredentialsError):
        signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    assert signed_in(Realm.STAFF, login="ewa", password=password)


def test_closed_employee_leaves_the_list(desk: AppTest) -> None:
    choose(desk, "ewa").button(key="employee_close").click().run()
    desk.button(key="employee_sure").click().run()
    assert employee("ewa").state == AccountState.CLOSED
    assert '<span class="kit-small">ewa</span>' not in shown(desk)


def test_name_of_an_employee_is_text(session: Session) -> None:
    make_employee(session, Role.CLERK, login="ewa").name = "<img src=x onerror=alert(1)>"
    html = shown(open_dashboard(session, Role.ADMIN).run().switch_page(PAGE).run())
    assert "<img src=x" not in html


def test_dead_mail_is_seen_and_sent_again(session: Session) -> None:
    for number in range(2):
        session.add(
            OutgoingMail(
                deduplication_key=f"m{number}",
                template="filed",
                recipient=f"jan{number}@example.com",
                state=MailState.DEAD,
                created_at=now(),
                due_at=now(),
                attempts=3,
                last_error="550 <b>nie ma</b>",
            )
        )
    app = open_dashboard(session, Role.HEAD).run().switch_page(PAGE).run()
    html = shown(app)
    assert "<b>2</b> nie udało się wysłać" in html
    assert "jan0@example.com" in html
    assert "550 <b>" not in html
    assert not app.radio  # the other parts are not a head's
    assert "dodaj pracownika" not in html.lower()
    app.selectbox(key="mail").set_value(1).run()
    app.button(key="resend").click().run()
    assert "Wiadomość nr 1 czeka na wysłanie" in shown(app)
    app.button(key="resend_all").click().run()
    with reading() as other:
        assert set(other.scalars(select(OutgoingMail.state))) == {MailState.WAITING}


def test_terms_are_published_after_a_look(session: Session) -> None:
    make_account(session, login="anna")
    app = part(open_dashboard(session, Role.ADMIN).run().switch_page(PAGE).run(), "Regulamin")
    app.text_input(key="terms_version").set_value("2.0")
    app.text_area(key="terms_text").set_value("## Postanowienia\n\n<script>x</script>")
    app.button(key="FormSubmitter:terms_draft_form-Sprawdź przed publikacją").click().run()
    html = shown(app)
    assert "każdy, kto ma konto: 1 najemca" in html
    assert "<script>" not in html
    app.button(key="terms_back").click().run()
    assert app.text_input(key="terms_version").value == "2.0"
    app.button(key="FormSubmitter:terms_draft_form-Sprawdź przed publikacją").click().run()
    app.button(key="terms_publish").click().run()
    assert "Obowiązuje regulamin w wersji 2.0" in shown(app)
    with reading() as other:
        assert other.scalars(select(TermsVersion.version)).all() == ["2.0"]


def test_audit_log_is_filtered_and_proven(session: Session) -> None:
    record(session, actor=Actor.SYSTEM, action="account_locked", object_kind="portal_account", object_id=7)
    record(session, actor=Actor.PUBLIC, action="recovery_asked", object_kind="portal_account", object_id=8)
    app = part(open_dashboard(session, Role.ADMIN).run().switch_page(PAGE).run(), "Dziennik zdarzeń")
    assert "Znaleziono: 2 zdarzenia" in shown(app)
    app.selectbox(key="audit_action").set_value("account_locked")
    app.button(key="audit_filter").click().run()
    html = shown(app)
    assert "konto najemcy nr 7" in html
    assert "konto najemcy nr 8" not in html
    app.button(key="audit_verify").click().run()
    assert "Dziennik jest nienaruszony. Sprawdzono: 2 zdarzenia" in shown(app)
    with transaction() as other:
        other.execute(update(AuditEvent).where(AuditEvent.object_id == "7").values(object_id="9"))
    app.button(key="audit_verify").click().run()
    assert "Dziennik jest naruszony" in shown(app)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR, Role.ACCOUNTING, Role.EDITOR, Role.ANALYST])
def test_others_see_nothing_of_it(session: Session, role: Role) -> None:
    make_employee(session, Role.CLERK, login="ewa")
    app = open_dashboard(session, role).run().switch_page(PAGE).run()
    assert [title.value for title in app.title] == ["Brak uprawnień"]
    assert "kit-table" not in shown(app)
