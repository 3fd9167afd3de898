"""Stan wniosku: every state in words, one answer to every wrong pair, one withdrawal."""

from datetime import date

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from core.activation.models import ActivationRequest, RequestState
from core.activation.reasons import RejectReason
from core.activation.steps import OPEN
from core.db import reading, transaction
from tests.core.activation.forms import KEY, city, submit
from tests.pages.conftest import shown
from tests.pages.tenant.test_gates import portal, titles
from ui.request_progress import PROGRESS

CHECK = "FormSubmitter:request_status-Sprawdź"


@pytest.fixture
def number(database: str) -> str:
    return submit(city()).number


def opened() -> AppTest:
    return portal().run().switch_page("pages/tenant/request_status.py").run()


def ask(app: AppTest, number: str, email: str = "anna@example.com") -> str:
    app.text_input(key="request_number").set_value(number)
    app.text_input(key="request_email").set_value(email)
    app.button(key=CHECK).click().run()
    return shown(app)


def set_values(**values: object) -> None:
    with transaction() as session:
        session.execute(update(ActivationRequest).values(**values))


def test_every_state_has_its_words() -> None:
    assert PROGRESS.keys() == set(RequestState)


@pytest.mark.parametrize("state", RequestState)
def test_state_is_shown_with_what_it_means(number: str, state: RequestState) -> None:
    set_values(
        state=state,
        deadline_on=date(2026, 11, 17),
        message="Dołącz umowę.",
        reject_code=RejectReason.NO_TITLE if state is RequestState.REJECTED else None,
    )
    app = opened()
    html = ask(app, number)
    assert titles(app) == ["Stan wniosku"]
    assert PROGRESS[state].word in html
    assert ("do 17.11.2026" in html) == (state in (RequestState.FILED, RequestState.IN_REVIEW))
    assert ("tytułu prawnego" in html) == (state is RequestState.REJECTED)
    assert (f'href="/pliki/wniosek/{KEY}"' in html) == (state is RequestState.SUBMITTED)
    assert any("Wycofaj" in box.label for box in app.expander) == (state in OPEN)
    assert ("Co uzupełnić" in html) == (state is RequestState.CORRECTION)


def test_paper_that_lies_with_the_administrator_is_told(number: str) -> None:
    set_values(administrator_received_on=date(2026, 11, 20))
    assert "u administratora od 20.11.2026" in ask(opened(), number)


def test_every_wrong_pair_gets_one_answer(number: str) -> None:
    answers = []
    for pair in ((number, "jan@example.com"), ("IOK/2026/999999", "anna@example.com"), ("x", "x")):
        html = ask(opened(), *pair)
        assert "Nie ma wniosku o tym numerze i adresie e-mail" in html
        answers.append(html.split("<ul>")[1].split("</ul>")[0])
    assert len(set(answers)) == 1


def test_empty_fields_are_named(number: str) -> None:
    html = ask(opened(), "", "")
    assert "<li>Numer wniosku: " in html
    assert "<li>Adres e-mail: " in html


def test_refusal_takes_away_what_was_shown_before(number: str) -> None:
    app = opened()
    assert "Czekamy na podpisany wniosek" in ask(app, number)
    assert "Czekamy na podpisany wniosek" not in ask(app, number, "jan@example.com")


def test_link_fills_in_the_number_only(number: str) -> None:
    app = portal()
    app.query_params["numer"] = number
    app.run().switch_page("pages/tenant/request_status.py").run()
    assert app.text_input(key="request_email").value == ""
    assert "Czekamy na podpisany" not in shown(app)


def test_withdrawal_happens_once_and_is_said(number: str) -> None:
    first, second = opened(), opened()
    for app in (first, second):
        ask(app, number)
    first.button(key="withdraw").click().run()
    assert "Wniosek został wycofany" in shown(first)
    assert PROGRESS[RequestState.WITHDRAWN].word in shown(first)
    second.button(key="withdraw").click().run()
    assert "Ten wniosek jest już zakończony" in shown(second)
    with reading() as session:
        assert session.scalars(select(ActivationRequest.state)).all() == [RequestState.WITHDRAWN]


def test_message_of_the_office_is_text(number: str) -> None:
    set_values(state=RequestState.CORRECTION, message="<img src=x onerror=alert(1)> ![a](https://example.com/b.png)")
    app = opened()
    assert "<img" not in ask(app, number)
    assert all("![" not in element.value for element in app.markdown)
