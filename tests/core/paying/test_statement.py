"""The statement adds up over whatever ledger there is, and the papers say what it says."""

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.errors import InvalidInputError, NotFoundError, SessionEndedError
from core.ledger import lines
from core.ledger.entries import LedgerFilter
from core.ledger.lines import every_line, number_of_lines
from core.ledger.models import LedgerEntry
from core.money import from_grosze
from core.paying.confirmation import balance_confirmation
from core.paying.statement import Statement, statement
from core.paying.statement_paper import statement_paper
from core.registry.models import Tenancy
from tests.access.proxies import proxy_in
from tests.cast import ACCOUNT_NO, day, end_session, make_batch, make_entry, make_tenancy, make_tenant, sign_in_tenant
from tests.core.documents.readers import codes_of, fonts_of, pages_of, text_of

NOW = "2026-11-23 12:00:00"
FIRST = date(2024, 1, 1)
DAYS = st.integers(0, 25).map(lambda more: FIRST + timedelta(days=more))
AMOUNTS = st.integers(-500_000, 900_000).filter(bool)
LINES = st.lists(st.tuples(DAYS, AMOUNTS, st.booleans()), max_size=40)
_numbers = itertools.count(1)


@pytest.fixture
def flat(session: Session) -> Tenancy:
    tenancy = make_tenancy(session, make_tenant(session, "Łucja Kowalska", tenant_no="000077"), tenancy_no="U/7/2014")
    make_entry(session, tenancy, "2026-09-01", debit="600", due_on="2026-09-10", description="Czynsz za wrzesień")
    make_entry(session, tenancy, "2026-10-01", debit="600", due_on="2026-10-10", description="Czynsz za październik")
    make_entry(session, tenancy, "2026-10-08", credit="500.50", description="Wpłata – źródło")
    make_entry(session, tenancy, "2026-11-01", debit="600", due_on="2026-11-10", description="Czynsz za listopad")
    return tenancy


def october(session: Session, flat: Tenancy) -> Statement:
    scope = sign_in_tenant(session, flat.tenant)
    return statement(session, scope, tenancy_id=flat.id, since=day("2026-10-01"), until=day("2026-10-31"))


def words(document: bytes) -> str:
    return " ".join(text_of(document, "-layout").replace("\u00a0", " ").split())


def test_opening_lines_oldest_first_and_closing(session: Session, flat: Tenancy) -> None:
    made = october(session, flat)
    assert (made.opening, made.debit, made.credit, made.closing) == (
        Decimal(600), Decimal(600), Decimal("500.50"), Decimal("699.50"),
    )  # fmt: skip
    assert [line.booked_on.day for line in made.lines] == [1, 8]
    assert made.owed.balance == Decimal("1299.50")


@given(rows=LINES, ends=st.tuples(DAYS, DAYS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_adds_up_over_any_ledger(
    session: Session, rows: list[tuple[date, int, bool]], ends: tuple[date, date]
) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    batch = make_batch(session)
    for booked_on, grosze, is_debit in rows:
        number, amount = next(_numbers), from_grosze(grosze)
        session.add(
            LedgerEntry(
                tenancy_id=tenancy.id, batch_id=batch.id, line_no=number, document_no=f"Z/{number}", content_key="",
                position=1, document_type="KOR", booked_on=booked_on, description="",
                debit=amount if is_debit else Decimal(0), credit=Decimal(0) if is_debit else amount,
            )
        )  # fmt: skip
    session.flush()
    since, until = min(ends), max(ends)

    made = statement(session, sign_in_tenant(session, tenancy.tenant), tenancy_id=tenancy.id, since=since, until=until)

    signed = [(booked_on, grosze if is_debit else -grosze) for booked_on, grosze, is_debit in rows]
    assert made.opening == from_grosze(sum(grosze for booked_on, grosze in signed if booked_on < since))
    assert made.closing == from_grosze(sum(grosze for booked_on, grosze in signed if booked_on <= until))
    assert made.opening + made.debit - made.credit == made.closing
    assert len(made.lines) == sum(since <= booked_on <= until for booked_on, _ in signed)
    if made.lines:
        assert made.lines[-1].balance_after == made.closing


def test_every_line_is_what_the_pages_show_from_the_end(
    session: Session, flat: Tenancy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CHUNK", 2)
    for nth in range(40):
        make_entry(session, flat, f"2026-0{nth % 9 + 1}-05", credit="1")
    scope, chosen = sign_in_tenant(session, flat.tenant), LedgerFilter(document_types=frozenset({"WPL"}))
    every = list(every_line(session, scope, tenancy_id=flat.id, chosen=chosen))
    assert [(one.booked_on, one.entry_id) for one in every] == sorted((one.booked_on, one.entry_id) for one in every)
    assert number_of_lines(session, scope, tenancy_id=flat.id, chosen=chosen) == 41
    assert len(every) == 41


def test_same_ledger_has_the_same_fingerprint_on_another_day_and_a_changed_one_another(
    session: Session, flat: Tenancy
) -> None:
    with freeze_time("2026-11-01 12:00:00"):
        before = october(session, flat).fingerprint()
    with freeze_time(NOW):
        make_entry(session, flat, "2026-11-20", credit="1")
        after = october(session, flat)
    assert after.fingerprint() == before
    assert re.fullmatch("[0-9a-f]{64}", before)
    make_entry(session, flat, "2026-10-20", credit="1")
    assert october(session, flat).fingerprint() != before


def test_paper_says_it_all_with_a_code_for_what_is_owed_today(session: Session, flat: Tenancy) -> None:
    with freeze_time(NOW):
        scope = sign_in_tenant(session, flat.tenant)
        period = {"since": day("2026-10-01"), "until": day("2026-10-31")}
        made = statement_paper(session, scope, tenancy_id=flat.id, **period)
        assert made == statement_paper(session, scope, tenancy_id=flat.id, **period)
    written = words(made)
    for told in (
        "od 01.10.2026 do 31.10.2026", "Łucja Kowalska, numer 000077", "U/7/2014", "Kwiatowa 12 m. 7",
        "Saldo na początek dnia 01.10.2026 do wpłaty 600,00 zł", "Naliczono w okresie 600,00 zł",
        "Wpłacono w okresie 500,50 zł", "Saldo na koniec dnia 31.10.2026 do wpłaty 699,50 zł",
        "01.10.2026 Czynsz za październik,", "600,00 zł do wpłaty 1 200,00 zł", "08.10.2026 Wpłata – źródło,",
        "Stan na dzień 23.11.2026", "Saldo umowy do wpłaty 1 299,50 zł", october(session, flat).fingerprint(),
    ):  # fmt: skip
        assert told in written, (told, written)
    assert codes_of(made) == {f"QR-Code:1234563218|PL|{ACCOUNT_NO}|129950|Zarzad Lokali Demo|Umowa U/7/2014|||"}
    assert "wrzesień" not in written
    assert all(font[-5] == "yes" for font in fonts_of(made))


def test_long_statement_numbers_its_pages_and_repeats_its_columns(session: Session, flat: Tenancy) -> None:
    for nth in range(150):
        make_entry(session, flat, f"2026-10-{nth % 28 + 1:02}", debit="1", description=f"Pozycja nr {nth}.")
    scope = sign_in_tenant(session, flat.tenant)
    made = statement_paper(session, scope, tenancy_id=flat.id, since=day("2026-10-01"), until=day("2026-10-31"))
    pages = pages_of(made)
    written = words(made)
    assert pages > 2
    assert f"strona 1 z {pages}" in written
    assert f"strona {pages} z {pages}" in written
    assert all(f"Pozycja nr {nth}." in written for nth in range(150))
    assert written.count("Naliczono Wpłacono Saldo po operacji") >= pages - 1


def test_period_without_operations_says_so_and_nothing_owed_has_no_code(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-01-01", credit="5")
    scope = sign_in_tenant(session, anna)
    made = statement_paper(session, scope, tenancy_id=tenancy.id, since=day("2026-02-01"), until=day("2026-02-28"))
    assert "nic nie zaksięgowano" in words(made)
    assert "nadpłata 5,00 zł" in words(made)
    assert codes_of(made) == set()


def test_confirmation_is_of_the_day_that_was_asked_for(session: Session, flat: Tenancy) -> None:
    with freeze_time(NOW):
        scope = sign_in_tenant(session, flat.tenant)
        made = balance_confirmation(session, scope, tenancy_id=flat.id, day=day("2026-10-09"))
        assert made == balance_confirmation(session, scope, tenancy_id=flat.id, day=day("2026-10-09"))
        with pytest.raises(InvalidInputError):
            balance_confirmation(session, scope, tenancy_id=flat.id, day=day("2026-11-24"))
    written = words(made)
    for told in (
        "na koniec dnia 09.10.2026", "Łucja Kowalska, numer 000077", "U/7/2014", "Saldo umowy: do wpłaty 699,50 zł",
        "W tym po terminie: 99,50 zł",
    ):  # fmt: skip
        assert told in written, (told, written)
    assert re.search(r"SHA-256\): [0-9a-f]{64}", written)
    assert pages_of(made) == 1


def test_period_that_ends_before_it_begins_is_refused(session: Session, flat: Tenancy) -> None:
    scope = sign_in_tenant(session, flat.tenant)
    with pytest.raises(InvalidInputError):
        statement_paper(session, scope, tenancy_id=flat.id, since=day("2026-10-02"), until=day("2026-10-01"))


def test_papers_are_ones_own_and_a_proxys_of_their_tenancy_only(session: Session, flat: Tenancy) -> None:
    other = make_tenancy(session, flat.tenant, tenancy_no="U/8/2014")
    jan = sign_in_tenant(session, make_tenant(session, "Jan Nowak"))
    maria = proxy_in(session, flat, ProxyLevel.SEE)
    period = {"since": day("2026-10-01"), "until": day("2026-10-31")}
    assert "Łucja Kowalska" in words(statement_paper(session, maria, tenancy_id=flat.id, **period))
    assert "Łucja Kowalska" in words(balance_confirmation(session, maria, tenancy_id=flat.id, day=FIRST))
    for scope, tenancy_id in ((jan, flat.id), (maria, other.id)):
        with pytest.raises(NotFoundError):
            statement_paper(session, scope, tenancy_id=tenancy_id, **period)
        with pytest.raises(NotFoundError):
            balance_confirmation(session, scope, tenancy_id=tenancy_id, day=FIRST)
        with pytest.raises(NotFoundError):
            every_line(session, scope, tenancy_id=tenancy_id, chosen=LedgerFilter())
    end_session(session, maria)
    with pytest.raises(SessionEndedError):
        statement_paper(session, maria, tenancy_id=flat.id, **period)


def test_fingerprint_is_of_all_that_the_paper_says_of_the_ledger(session: Session, flat: Tenancy) -> None:
    made = october(session, flat)
    first, *rest = made.lines
    other_line: dict[str, Any] = {
        "booked_on": FIRST, "document_type": "X", "document_no": "X", "position": 9, "period": "2000-01", "due_on": FIRST,
        "component": "X", "description": "X", "debit": Decimal(9), "credit": Decimal(9),
    }  # fmt: skip
    other_head: dict[str, Any] = {"since": FIRST, "until": FIRST, "opening": Decimal(9), "closing": Decimal(9)}
    other_owner: dict[str, Any] = {"tenant_no": "X", "tenancy_no": "X"}
    others = [
        *(replace(made, lines=(replace(first, **{name: value}), *rest)) for name, value in other_line.items()),
        *(replace(made, **{name: value}) for name, value in other_head.items()),
        *(
            replace(made, owed=replace(made.owed, parties=replace(made.parties, **{name: value})))
            for name, value in other_owner.items()
        ),
    ]
    assert len({made.fingerprint(), *(one.fingerprint() for one in others)}) == 1 + len(others)
