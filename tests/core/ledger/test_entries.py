from datetime import date

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInputError, NotFoundError, SessionEndedError
from core.ledger.entries import LONGEST_WORDS, LedgerFilter, ledger_span
from tests.cast import day, end_session, make_entry, make_tenancy, make_tenant, sign_in_tenant


def test_empty_ledger_has_nothing_to_filter(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)

    span = ledger_span(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id)

    assert (span.first, span.last, span.document_types) == (None, None, ())


def test_span_is_what_there_is_to_filter(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-05", credit="100")
    make_entry(session, tenancy, "2025-01-01", debit="600")

    span = ledger_span(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id)

    assert (span.first, span.last) == (day("2025-01-01"), day("2026-11-05"))
    assert span.document_types == ("NAL", "WPL")


def test_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        LedgerFilter(since=date(2026, 11, 2), until=date(2026, 11, 1))

    assert refusal.value.field == "since"


def test_text_longer_than_a_sentence_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        LedgerFilter(words="a" * (LONGEST_WORDS + 1))

    assert refusal.value.field == "words"


def test_neighbour_is_not_told_what_there_is(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    neighbour = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad"))

    with pytest.raises(NotFoundError):
        ledger_span(session, neighbour, tenancy_id=tenancy.id)


def test_ended_session_is_not_told_what_there_is(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    scope = sign_in_tenant(session, anna)
    end_session(session, scope)

    with pytest.raises(SessionEndedError):
        ledger_span(session, scope, tenancy_id=tenancy.id)
