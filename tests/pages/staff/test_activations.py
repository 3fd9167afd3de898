"""The screen of applications, through the real entry script."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core import db
from core.access.scopes import Role
from core.accounts.models import Employee, EmployeeDistrict, PortalAccount
from core.activation.codes import code_of
from core.activation.models import ActivationRequest, RequestState
from core.activation.queue import PAGE
from core.activation.steps import RequestMovedError
from core.clock import today
from core.registry.models import ServiceDistrict
from tests.cast import make_building, make_district, make_premises, make_tenancy, make_tenant
from tests.core.activation.requests import letters, make_request, steps_of
from tests.pages.conftest import open_dashboard, shown

S = RequestState


@pytest.fixture(autouse=True)
def _keep_what_was_read(session: Session) -> None:
    # A look at a row after the commit would begin a transaction that keeps SQLite's only writer.
    session.expire_on_commit = False


def open_queue(session: Session, *roles: Role, district: ServiceDistrict | None = None) -> AppTest:
    app = open_dashboard(session, *(roles or (Role.CLERK,)))
    if district is not None:
        employee_id = session.scalars(select(Employee.id).order_by(Employee.id.desc())).first()
        session.add(EmployeeDistrict(employee_id=employee_id, district_id=district.id))
        session.commit()
    return app.run().switch_page("pages/staff/activations.py").run()


def scan(app: AppTest, code: str) -> AppTest:
    app.text_input(key="code").set_value(code)
    return app.button("FormSubmitter:code-Pokaż wniosek").click().run()


def act(app: AppTest, word: str) -> AppTest:
    next(one for one in app.radio if one.label == "Czynność").set_value(word)
    return app.run()


def send(app: AppTest, form: str, label: str) -> AppTest:
    return app.button(f"FormSubmitter:{form}-{label}").click().run()


def now_is(request: ActivationRequest) -> str:
    with db.reading() as session:
        return session.scalars(select(ActivationRequest.state).where(ActivationRequest.id == request.id)).one()


def test_queue_shows_the_most_urgent_first_in_words(session: Session) -> None:
    late = today() - timedelta(days=20)
    make_request(session, state=S.FILED, filed_on=late, deadline_on=today() - timedelta(days=3), name="Jan Późny")
    make_request(session, state=S.FILED, filed_on=today(), deadline_on=today() + timedelta(days=14))
    html = shown(open_queue(session))
    assert html.index("po terminie: 3 dni") < html.index("w terminie: 14 dni")
    assert "<b>2</b> Złożone" in html


def test_scanned_code_opens_the_request_and_the_paper_is_filed(session: Session) -> None:
    district = make_district(session)
    request = make_request(session, district=district)
    app = scan(open_queue(session, district=district), code_of(request.number))
    assert request.email in shown(app)

    assert "Zaznacz, że okazano dokument" in shown(send(app, "file", "Przyjmij wniosek"))
    app.checkbox(key="document_shown").check()
    html = shown(send(app, "file", "Przyjmij wniosek"))

    assert f"Przyjęto wniosek {request.number}" in html
    assert now_is(request) == "filed"


def test_wrong_code_is_said_and_shown_for_comparing(session: Session) -> None:
    app = scan(open_queue(session), "IOK2026000001?")
    assert "To nie jest kod wniosku" in shown(app)
    assert [one.value for one in app.text] == ["Wpisany kod: IOK2026000001?"]


def test_approval_from_the_queue_to_the_account(session: Session) -> None:
    district = make_district(session)
    premises = make_premises(session, building=make_building(session, district=district))
    tenancy = make_tenancy(session, make_tenant(session, tenant_no="004217"), premises=premises)
    request = make_request(session, state=S.FILED, district=district, tenant_no="4217")
    app = open_queue(session, district=district)

    app.selectbox(key="pick").set_value(request.id).run()
    app.button(key="take").click().run()
    html = shown(app)
    assert "ten sam numer kontrahenta, to samo nazwisko i imię, ten sam adres lokalu" in html
    assert "obowiązuje" in html
    app.selectbox(key="tenant").set_value(tenancy.tenant_id).run()
    html = shown(app.button(key="approve").click().run())

    assert f"Zatwierdzono wniosek {request.number}" in html
    assert app.selectbox(key="pick")
    with db.reading() as fresh:
        account = fresh.scalars(select(PortalAccount)).one()
        assert [one.recipient for one in letters(fresh, "credentials")] == [request.email]
        assert steps_of(fresh, request) == ["filed", "in_review", "approved"]
    assert account.login in html


def test_tenant_with_an_account_gets_advice_instead_of_a_button(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    session.add(PortalAccount(tenant_id=tenancy.tenant_id, login="anna", created_at=make_request(session).submitted_at))
    request = make_request(session, state=S.IN_REVIEW)
    app = open_queue(session)
    app.selectbox(key="pick").set_value(request.id).run()
    app.selectbox(key="tenant").set_value(tenancy.tenant_id).run()
    assert "ma już konto" in shown(app)
    assert "approve" not in [one.key for one in app.button]


@pytest.mark.parametrize(
    ("state", "word", "fill", "form", "label", "goal"),
    [
        (S.FILED, "Poproś o uzupełnienie", "correction", "correct", "Wyślij prośbę o uzupełnienie", "correction"),
        (S.IN_REVIEW, "Odrzuć", "reason", "reject", "Odrzuć wniosek", "rejected"),
        (S.SUBMITTED, "Wycofaj na prośbę", "withdraw_asked", "withdraw", "Wycofaj wniosek", "withdrawn"),
    ],
)
def test_step_asks_for_what_it_needs_and_goes_back_to_the_queue(
    session: Session, state: RequestState, word: str, fill: str, form: str, label: str, goal: str
) -> None:
    request = make_request(session, state=state)
    app = act(scan(open_queue(session), request.number), word)

    assert "kit-errors" in shown(send(app, form, label))
    assert now_is(request) == state
    if fill == "correction":
        app.text_area(key=fill).set_value("Brak podpisu.")
    elif fill == "reason":
        app.selectbox(key=fill).set_value("no_title")
    else:
        app.checkbox(key=fill).check()
    html = shown(send(app, form, label))

    assert "kit-errors" not in html
    assert now_is(request) == goal
    assert app.selectbox(key="pick")


def test_handed_over_request_leaves_the_queue(session: Session) -> None:
    here, there = make_district(session), make_district(session, code="WSCHÓD")
    request = make_request(session, state=S.FILED, district=here)
    app = act(scan(open_queue(session, district=here), request.number), "Przekaż do innego RON")
    app.selectbox(key="district").set_value(there.id)
    assert there.name in shown(send(app, "transfer", "Przekaż wniosek"))
    assert there.name in shown(scan(app, request.number))  # whose it is now
    assert "request" not in app.session_state


def test_correction_is_resumed_and_a_new_password_issued(session: Session) -> None:
    mended = make_request(session, state=S.CORRECTION)
    tenancy = make_tenancy(session, make_tenant(session))
    done = make_request(session, state=S.COMPLETED)
    account = PortalAccount(
        tenant_id=tenancy.tenant_id, login="anna", email=done.email, password_hash="-", created_at=done.submitted_at
    )
    session.add(account)
    session.flush()
    done.account_id = account.id
    app = scan(open_queue(session), mended.number)
    app.button(key="resume").click().run()
    assert now_is(mended) == "in_review"

    scan(app, done.number)
    app.checkbox(key="reissue_sure").check()
    assert "Nowe hasło pierwotne idzie e-mailem" in shown(send(app, "reissue", "Wyślij nowe hasło pierwotne"))
    with db.reading() as fresh:
        assert [one.recipient for one in letters(fresh)] == [done.email]


def test_second_of_two_clerks_is_told_and_sees_the_new_state(session: Session) -> None:
    request = make_request(session, state=S.IN_REVIEW)
    app = act(scan(open_queue(session), request.number), "Odrzuć")
    with db.transaction() as other:
        other.execute(update(ActivationRequest).values(state=S.APPROVED))
    app.selectbox(key="reason").set_value("no_title")
    html = shown(send(app, "reject", "Odrzuć wniosek"))
    assert "Ktoś już zmienił stan" in html
    assert "zatwierdzony" in html


def test_clerk_who_is_beaten_by_a_moment_is_told_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def beaten(*_: object, **__: object) -> None:
        raise RequestMovedError

    request = make_request(session, state=S.FILED)
    app = scan(open_queue(session), request.number)
    monkeypatch.setattr("core.activation.deciding.take_into_review", beaten)
    assert "Ktoś już zmienił stan" in shown(app.button(key="take").click().run())


def test_clerk_of_another_district_sees_none_of_it(session: Session) -> None:
    request = make_request(session, state=S.FILED, district=make_district(session))
    app = open_queue(session, district=make_district(session, code="WSCHÓD"))
    assert request.name not in shown(app)
    app.session_state["request"] = request.id
    html = shown(app.run())
    assert "Nie ma takiego wniosku" in html
    assert request.email not in html
    assert not app.radio


def test_administrator_notes_the_day_and_decides_nothing(session: Session) -> None:
    from core.registry.models import BuildingService

    building = make_building(session, street="Kwiatowa", building_no="12")
    administrator_id = session.scalars(
        select(BuildingService.administrator_id).where(BuildingService.building_id == building.id)
    ).one()
    request = make_request(session)
    app = open_dashboard(session, Role.ADMINISTRATOR)
    session.execute(update(Employee).values(property_administrator_id=administrator_id))
    session.commit()
    app.run().switch_page("pages/staff/activations.py").run()
    app.selectbox(key="pick").set_value(request.id).run()
    assert not app.radio

    assert "Zapisano odbiór" in shown(send(app, "receive", "Zapisz odbiór"))
    with db.reading() as fresh:
        assert fresh.scalars(select(ActivationRequest.administrator_received_on)).one() == today()
    assert now_is(request) == "submitted"
    assert "FormSubmitter:receive-Zapisz odbiór" not in [one.key for one in app.button]


def test_filter_and_search_narrow_the_queue(session: Session) -> None:
    make_request(session, name="Anna Kowalska", state=S.FILED)
    make_request(session, name="Piotr Nowak", state=S.REJECTED, filed_on=date(2026, 11, 2))
    app = open_queue(session)
    assert "Piotr Nowak" not in shown(app)
    app.selectbox(key="request_states").set_value("wszystkie").run()
    app.text_input(key="request_text").set_value("nowak").run()
    html = shown(app)
    assert "Piotr Nowak" in html
    assert "Anna Kowalska" not in html


def test_filter_that_leaves_fewer_pages_shows_the_last_one(session: Session) -> None:
    for number in range(PAGE + 1):
        make_request(session, state=S.FILED, name=f"Anna Numer{number:02}")
    app = open_queue(session)
    assert f"Numer{PAGE:02}" not in shown(app)
    app.session_state["queue_page"] = 2
    assert f"Numer{PAGE:02}" in shown(app.run())
    app.text_input(key="request_text").set_value("Numer00").run()
    assert "Anna Numer00" in shown(app)


def test_filters_outlast_a_look_at_a_request(session: Session) -> None:
    make_district(session, code="WSCHÓD")
    request = make_request(session, state=S.REJECTED, name="Piotr Nowak")
    app = open_queue(session)
    app.selectbox(key="request_states").set_value("odrzucony").run()
    app.selectbox(key="pick").set_value(request.id).run()
    app.button(key="back").click().run()
    assert app.selectbox(key="request_states").value == "odrzucony"
    assert app.selectbox(key="request_district").value == 0


def test_names_are_text(session: Session) -> None:
    make_request(session, state=S.FILED, name='<img src="x" onerror="alert(1)">**Anna**')
    html = shown(open_queue(session))
    assert "<img src" not in html


def test_accountant_has_no_applications(session: Session) -> None:
    make_request(session, state=S.FILED)
    app = open_queue(session, Role.ACCOUNTING)
    assert "Brak uprawnień" in [title.value for title in app.title]
    assert not app.html or "Kowalska" not in "\n".join(one.body for one in app.html)
