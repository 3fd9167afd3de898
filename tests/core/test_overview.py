from datetime import date
from decimal import Decimal

import pytest
from freezegun import freeze_time
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import Role
from core.activation.figures import RequestFigures
from core.activation.models import RequestState
from core.batches.models import BatchState
from core.errors import NotFoundError, SessionEndedError
from core.imports.models import SuspendedReading
from core.outbox.models import MailState, OutgoingMail
from core.outbox.sending import enqueue
from core.overview import is_demo, staff_desk, tenant_home
from tests.cast import (
    day,
    end_session,
    make_batch,
    make_building,
    make_district,
    make_entry,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)
from tests.core.activation.requests import make_request

NOVEMBER_23 = date(2026, 11, 23)


def test_home_shows_the_first_tenancy_and_the_sum_of_all(session: Session) -> None:
    anna = make_tenant(session)
    flat, garage = make_tenancy(session, anna), make_tenancy(session, anna)
    make_entry(session, flat, "2026-11-01", debit="600", due_on="2026-11-10")
    make_entry(session, flat, "2026-11-20", debit="600", due_on="2026-12-10")
    make_entry(session, garage, "2026-11-12", credit="50")

    home = tenant_home(session, sign_in_tenant(session, anna), as_of=NOVEMBER_23)

    assert home.chosen is not None
    assert home.current is not None
    assert home.next_due is not None
    assert (home.chosen.tenancy_id, home.current.tenancy_id) == (flat.id, flat.id)
    assert (home.current.balance, home.current.overdue) == (Decimal(1200), Decimal(600))
    assert (home.next_due.due_on, home.next_due.amount) == (day("2026-12-10"), Decimal(600))
    assert (home.total_balance, home.total_overdue) == (Decimal(1150), Decimal(600))
    assert (home.as_of, home.booked_through) == (NOVEMBER_23, day("2026-11-12"))


def test_home_shows_the_tenancy_asked_for(session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)
    garage = make_tenancy(session, anna)

    home = tenant_home(session, sign_in_tenant(session, anna), tenancy_id=garage.id)

    assert home.chosen is not None
    assert home.chosen.tenancy_id == garage.id
    assert len(home.tenancies) == 2


def test_home_of_a_tenant_without_tenancies_is_empty(session: Session) -> None:
    home = tenant_home(session, sign_in_tenant(session, make_tenant(session)))

    assert (home.chosen, home.current, home.next_due, home.tenancies) == (None, None, None, ())


def test_home_asks_the_same_few_questions_whatever_the_ledger_holds(session: Session) -> None:
    anna = make_tenant(session)
    for _ in range(5):
        tenancy = make_tenancy(session, anna)
        for month in range(1, 11):
            make_entry(session, tenancy, f"2026-{month:02}-01", debit="600", due_on="2026-12-10")
    scope = sign_in_tenant(session, anna)
    statements: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    tenant_home(session, scope, as_of=NOVEMBER_23)

    assert len(statements) <= 8


def test_neighbour_sees_nothing(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    neighbour = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad"))

    assert tenant_home(session, neighbour).tenancies == ()
    with pytest.raises(NotFoundError):
        tenant_home(session, neighbour, tenancy_id=tenancy.id)


def test_ended_session_reads_nothing(session: Session) -> None:
    anna, ewa = sign_in_tenant(session, make_tenant(session)), sign_in_employee(session, Role.CLERK)
    end_session(session, anna)
    end_session(session, ewa)

    with pytest.raises(SessionEndedError):
        tenant_home(session, anna)
    with pytest.raises(SessionEndedError):
        staff_desk(session, ewa)


def test_desk_counts_readings_that_wait_for_their_device(session: Session) -> None:
    batch = make_batch(session)
    own = make_reading(session, make_meter(session, make_premises(session)), "2026-01-01", "5")
    for nth, reading_id in enumerate((None, None, own.id), start=1):
        row = {"batch_id": batch.id, "line_no": nth, "meter_no": f"X{nth}", "read_on": day("2026-01-01")}
        session.add(SuspendedReading(**row, value=Decimal(5), reading_id=reading_id))
    session.flush()
    assert staff_desk(session, sign_in_employee(session, Role.CLERK)).suspended == 2


def test_desk_counts_what_there_is(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_tenancy(session, anna)
    with freeze_time("2026-11-20"):
        batch = make_batch(session, file_name="kartoteka.csv", rows=1)
    with freeze_time("2026-11-19"):
        make_batch(session, file_name="starsza.csv")
    make_batch(session, file_name="cofnieta.csv", state=BatchState.UNDONE)
    make_entry(session, tenancy, "2026-11-01", credit="600", batch=batch)

    desk = staff_desk(session, sign_in_employee(session, Role.CLERK))

    assert (desk.tenants, desk.tenancies, desk.entries, desk.suspended) == (1, 2, 1, 0)
    assert desk.latest_booking == day("2026-11-01")
    assert desk.last_batch is not None
    assert (desk.last_batch.file_name, desk.last_batch.accepted) == ("kartoteka.csv", 1)


def test_desk_of_an_empty_installation(session: Session) -> None:
    desk = staff_desk(session, sign_in_employee(session, Role.ADMIN))

    assert (desk.last_batch, desk.tenants, desk.tenancies, desk.entries) == (None, 0, 0, 0)


def test_clerk_of_another_district_counts_none_of_it(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    tenancy = make_tenancy(
        session,
        make_tenant(session),
        premises=make_premises(session, building=make_building(session, district=here)),
    )
    make_entry(session, tenancy, "2026-11-01", debit="1.00")

    desks = [staff_desk(session, sign_in_employee(session, Role.CLERK, districts=(one,))) for one in (here, there)]
    assert [(desk.tenancies, desk.entries) for desk in desks] == [(1, 1), (0, 0)]


def test_desk_tells_of_applications_and_lost_mail_to_whom_they_concern(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    make_request(session, state=RequestState.FILED, district=here, deadline_on=day("2026-01-02"))
    make_request(session, state=RequestState.IN_REVIEW, district=there)
    enqueue(session, key="k", template="account_locked", recipient="a@example.com", parameters={"login": "anna"})
    session.execute(update(OutgoingMail).values(state=MailState.DEAD))

    clerk = staff_desk(session, sign_in_employee(session, Role.CLERK, districts=(here,)))
    head = staff_desk(session, sign_in_employee(session, Role.HEAD))
    editor = staff_desk(session, sign_in_employee(session, Role.EDITOR, Role.ADMINISTRATOR))

    assert (clerk.requests, clerk.dead_mail) == (RequestFigures(waiting=1, overdue=1, decided=0, kept=0), None)
    assert (head.requests, head.dead_mail) == (RequestFigures(waiting=2, overdue=1, decided=0, kept=0), 1)
    assert (editor.requests, editor.dead_mail) == (None, None)


def test_demonstration_is_told_by_its_files(session: Session) -> None:
    make_batch(session, file_name="demography.csv")
    make_batch(session, file_name="demo-kartoteka.csv", state=BatchState.UNDONE)
    assert not is_demo(session)

    make_batch(session, file_name="demo-kartoteka.csv").employee_id = 7
    session.flush()
    assert not is_demo(session)

    make_batch(session, file_name="demo-kartoteka.csv")
    assert is_demo(session)
