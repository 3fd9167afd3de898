"""Zmiany danych at the office: addresses approved or refused, a refused e-mail settled, accounts closed as asked."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.accounts.models import AccountState, ClosingRequest, PortalAccount
from core.clock import now
from core.contact.models import ChangeState, ContactChange, ContactKind
from core.db import reading
from tests.cast import make_account
from tests.core.announcements.cast import resident
from tests.pages.conftest import open_dashboard, shown

PAGE = "pages/staff/contact_changes.py"


def desk(session: Session, *changes: tuple[ContactKind, ChangeState]) -> AppTest:
    tenant = resident(session, "Anna <i>Kowalska</i>").tenant
    for kind, state in changes:
        session.add(
            ContactChange(
                tenant_id=tenant.id, kind=kind, state=state, old="Stare 1", new="Nowe <b>2</b>", asked_at=now()
            )
        )
    return open_dashboard(session, Role.CLERK).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def states() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(ContactChange.state).order_by(ContactChange.id)))


def test_nothing_waits(session: Session) -> None:
    assert "Żadna zmiana danych nie czeka na rejon." in shown(desk(session))


def test_difference_is_shown_as_text_and_the_address_approved(session: Session) -> None:
    app = desk(session, (ContactKind.ADDRESS, ChangeState.WAITING))
    html = shown(app)
    assert "Nowe &lt;b&gt;2&lt;/b&gt;" in html
    assert "teraz: Stare 1" in html
    assert "nowy adres do korespondencji obowiązuje" in shown(press(app, "Zatwierdź nowy adres"))
    assert states() == ["done"]


@pytest.mark.parametrize(
    ("change", "button", "told", "label"),
    [
        ((ContactKind.ADDRESS, ChangeState.WAITING), "Odrzuć", "zmianę odrzucono", "Podaj powód."),
        (
            (ContactKind.EMAIL, ChangeState.FROZEN),
            "Wyjaśnione: pozwól znów zmieniać adres",
            "sprawa wyjaśniona",
            "Podaj powód.",
        ),
    ],
)
def test_reason_is_needed(
    session: Session, change: tuple[ContactKind, ChangeState], button: str, told: str, label: str
) -> None:
    app = desk(session, change)
    assert label in shown(press(app, button))
    assert states() == [change[1]]
    app.text_area(key="change_reason").set_value("Rozmowa z najemcą.")
    assert told in shown(press(app, button))
    assert states() == ["rejected"]


def test_desk_and_the_tenant_at_a_glance_say_what_is_known(session: Session) -> None:
    app = desk(session, (ContactKind.ADDRESS, ChangeState.WAITING))
    assert "Zmiany danych do załatwienia: 1." in shown(app.switch_page("pages/staff/desk.py").run())
    app = press(app.switch_page(PAGE).run(), "Zatwierdź nowy adres")
    app = app.switch_page("pages/staff/tenants.py").run()
    app.text_input(key="find_text").set_value("Kowalska")
    html = shown(press(app, "Szukaj"))
    assert "<dt>Adres do korespondencji</dt><dd>Nowe &lt;b&gt;2&lt;/b&gt;</dd>" in html
    assert "Zmiany danych do załatwienia" not in shown(app.switch_page("pages/staff/desk.py").run())


def closing_desk(session: Session) -> AppTest:
    account = make_account(session, resident(session, "Anna <i>Kowalska</i>").tenant)
    session.add(ClosingRequest(account_id=account.id, reason="Bo <u>tak</u>", asked_at=now()))
    return open_dashboard(session, Role.CLERK).run().switch_page(PAGE).run()


def closing_and_account() -> tuple[str, str]:
    with reading() as session:
        closing, account = session.execute(select(ClosingRequest.state, PortalAccount.state).join(PortalAccount)).one()
        return closing, account


def test_account_is_closed_as_asked_after_a_question(session: Session) -> None:
    app = closing_desk(session)
    assert "Bo &lt;u&gt;tak&lt;/u&gt;" in shown(app)
    app = press(app, "Zamknij konto")
    assert closing_and_account() == ("open", AccountState.ACTIVE)
    app = press(press(app, "Nie zamykaj"), "Zamknij konto")
    assert "zostało zamknięte" in shown(press(app, "Tak, zamknij konto"))
    assert closing_and_account() == ("closed", AccountState.CLOSED)
    assert "Żadna prośba o zamknięcie konta nie czeka na rejon." in shown(app.run())


def test_refusal_to_close_needs_an_answer(session: Session) -> None:
    app = press(closing_desk(session), "Odmów zamknięcia")
    assert "Odpowiedź: Napisz odpowiedź." in shown(app)
    app.text_area(key="closing_answer").set_value("Najpierw rozliczenie.")
    assert "konto pozostaje otwarte" in shown(press(app, "Odmów zamknięcia"))
    assert closing_and_account() == ("rejected", AccountState.ACTIVE)


def test_desk_counts_changes_and_closings_together(session: Session) -> None:
    tenant = resident(session, "Jan").tenant
    session.add(
        ContactChange(
            tenant_id=tenant.id, kind=ContactKind.ADDRESS, state=ChangeState.WAITING, old="a", new="b", asked_at=now()
        )
    )
    app = closing_desk(session)
    assert "Zmiany danych do załatwienia: 2." in shown(app.switch_page("pages/staff/desk.py").run())
