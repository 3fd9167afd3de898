"""Forms as applicants fill them in; a test names only what it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from core import db
from core.activation.form import ApplicationForm
from core.activation.submitting import SubmittedRequest, submit_request
from core.db import transaction
from tests.cast import make_building, make_district
from tests.core.activation.requests import make_terms

KEY = "k" * 43


def a_form(**values: Any) -> ApplicationForm:
    """Anna's, filled in without a mistake. `values` may be anything, as a browser may send it."""
    email = values.get("email", "anna@example.com")
    filled: dict[str, Any] = {
        "kind": "person",
        "name": "Anna Kowalska",
        "street": "Kwiatowa",
        "building_no": "12",
        "premises_no": "7",
        "email": email,
        "email_repeated": email,
        "phone": "",
        "tenant_no": "",
        "tenancy_no": "",
        "terms_accepted": True,
        "privacy_read": True,
    }
    return ApplicationForm(**{**filled, **values})


def city() -> int:
    """A building at Kwiatowa 12 in CENTRUM, and terms; returns the id of the terms."""
    with transaction() as session:
        centrum = make_district(session)
        centrum.address, centrum.phone, centrum.hours = (
            "ul. Przykładowa 10, 90-001 Łódź",
            "42 000 00 01",
            "pn.–pt. 8:00–15:00",
        )
        make_building(session, street="Kwiatowa", building_no="12", district=centrum)
        return make_terms(session).id


def submit(terms: int, *, key: str = KEY, network: str = "", **values: Any) -> SubmittedRequest:
    return submit_request(a_form(**values), submission_key=key, terms_version_id=terms, network=network)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL of a block, whichever engine ran it."""
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    engines = (db.engine(), db.read_engine())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield made
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
