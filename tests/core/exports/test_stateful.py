"""A model of windows, readings, corrections and exports, driven by chance.

Somewhere a settlement system takes in each delta: at any moment after one, what it holds is exactly what counts, and it was
never told the same thing twice.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, db
from core.accounts.sign_in import operator_scope
from core.errors import DomainError
from core.exports.reading_source import ReadingFilter
from core.exports.readings import ReadingOrder, export_readings
from core.meters.episodes import consumptions
from core.meters.ladder import Answer, State
from core.meters.models import COUNTING, STANDING, Meter, MeterReading
from core.meters.reviewing import accept_reading, correct_reading, reject_reading
from core.meters.submitting import enter_reading, submit_reading, withdraw_reading
from core.meters.window_models import ReadingWindow
from core.meters.window_planning import WindowPlan, cancel_window, plan_window
from tests.cast import (
    make_building,
    make_district,
    make_meter,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_tenant,
)
from tests.core.exports.test_readings import rows_of
from tests.repeats import repeats, sampled

EXAMPLES, STEPS = repeats(20, sample=6), 40
START = date(2026, 3, 1)
STATES = st.decimals(0, 99, places=1, allow_nan=False, allow_infinity=False)
_codes = itertools.count()


class Readings(RuleBasedStateMachine):
    """One tenant with two meters of two digits, which turn over zero often."""

    day = START

    def __init__(self) -> None:
        super().__init__()
        Readings.day = START
        self.holds: dict[int, Decimal] = {}  # what the settlement system holds
        self.told: set[int] = set()  # readings that it was ever given
        with db.transaction() as session:
            district = make_district(session, code=f"R{next(_codes)}")
            self.tenant = make_tenant(session)
            premises = make_premises(session, building=make_building(session, district=district))
            make_tenancy(session, self.tenant, premises=premises, valid_from=START)
            self.district_id, self.building_id = district.id, premises.building_id
            self.meters = [
                make_meter(session, premises, place=place, digits=2, decimals=1, installed_on=f"{START}").id
                for place in ("kuchnia", "łazienka")
            ]

    def reading_of(self, session: Session, pick: int, *statuses: str) -> int | None:
        chosen = MeterReading.status.in_(statuses) & MeterReading.meter_id.in_(self.meters)
        ids = session.scalars(select(MeterReading.id).where(chosen).order_by(MeterReading.id)).all()
        return ids[pick % len(ids)] if ids else None

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        Readings.day += timedelta(days=days)

    @rule(which=st.integers(0, 1), value=STATES, ago=st.integers(0, 40), answer=st.sampled_from([None, *Answer]))
    def tenant_hands_in(self, which: int, value: Decimal, ago: int, answer: Answer | None) -> None:
        with db.transaction() as session:
            scope = sign_in_tenant(session, session.merge(self.tenant))
        self.attempt(
            lambda session: submit_reading(
                session,
                scope,
                meter_id=self.meters[which],
                value=value,
                read_on=Readings.day - timedelta(days=ago),
                answer=answer,
            )
        )

    @rule(which=st.integers(0, 1), value=STATES, answer=st.sampled_from([None, *Answer]))
    def office_enters(self, which: int, value: Decimal, answer: Answer | None) -> None:
        self.attempt(
            lambda session: enter_reading(
                session, operator_scope(), meter_id=self.meters[which], value=value, read_on=Readings.day, answer=answer
            )
        )

    @rule(pick=st.integers(0, 99))
    def tenant_withdraws(self, pick: int) -> None:
        with db.transaction() as session:
            scope = sign_in_tenant(session, session.merge(self.tenant))
            reading_id = self.reading_of(session, pick, *STANDING)
        if reading_id is not None:
            self.attempt(lambda session: withdraw_reading(session, scope, reading_id=reading_id))

    @rule(pick=st.integers(0, 99), value=STATES, step=st.sampled_from(["accept", "reject", "correct"]))
    def office_decides(self, pick: int, value: Decimal, step: str) -> None:
        with db.reading() as session:
            reading_id = self.reading_of(session, pick, *STANDING)
        if reading_id is None:
            return
        if step == "accept":
            self.attempt(lambda session: accept_reading(session, operator_scope(), reading_id=reading_id))
        elif step == "reject":
            self.attempt(lambda session: reject_reading(session, operator_scope(), reading_id=reading_id, reason="Zły"))
        else:
            self.attempt(
                lambda session: correct_reading(
                    session, operator_scope(), reading_id=reading_id, value=value, reason="Inny"
                )
            )

    @rule(opens=st.integers(0, 20), lasts=st.integers(0, 20), grace=st.integers(0, 10))
    def window_is_planned(self, opens: int, lasts: int, grace: int) -> None:
        opens_on = Readings.day + timedelta(days=opens)
        plan = WindowPlan(opens_on, opens_on + timedelta(days=lasts), grace_days=grace, building_id=self.building_id)
        self.attempt(lambda session: plan_window(session, operator_scope(), plan=plan))

    @rule()
    def window_is_cancelled(self) -> None:
        with db.reading() as session:
            own = select(ReadingWindow.id).where(ReadingWindow.building_id == self.building_id)
            window_id = session.scalar(own.order_by(ReadingWindow.id.desc()).limit(1))
        if window_id is not None:
            self.attempt(lambda session: cancel_window(session, operator_scope(), window_id=window_id))

    @rule()
    def delta_is_exported(self) -> None:
        with db.transaction() as session:
            chosen = ReadingFilter(district_ids=frozenset({self.district_id}))
            made = export_readings(session, operator_scope(), order=ReadingOrder(since_last=True, chosen=chosen))
        held = set(self.holds)
        for row in rows_of(made):
            reading_id, value = int(row["id_odczytu"]), Decimal(row["stan"].replace(",", "."))
            if row["zapis"] == "anulowanie":
                assert self.holds.pop(reading_id) == value
                continue
            if row["zapis"] == "korekta":
                del self.holds[int(row["poprawia_id"])]
            else:
                assert self.place_taken_by(reading_id) not in held
            assert reading_id not in self.told
            self.told.add(reading_id)
            self.holds[reading_id] = value
        with db.reading() as session:
            counts = select(MeterReading.id, MeterReading.value).where(
                MeterReading.meter_id.in_(self.meters), MeterReading.status.in_(COUNTING)
            )
            assert self.holds == dict(session.execute(counts).all())

    def place_taken_by(self, reading_id: int) -> int | None:
        """The reading whose place this one took, if that one still stood at the last delta."""
        with db.reading() as session:
            return session.scalar(select(MeterReading.supersedes_id).where(MeterReading.id == reading_id))

    @precondition(lambda self: self.holds)
    @rule()
    def next_delta_is_empty_when_nothing_happened(self) -> None:
        self.delta_is_exported()
        before = dict(self.holds), set(self.told)
        self.delta_is_exported()
        assert (self.holds, self.told) == before

    def attempt(self, step: object) -> None:
        """What is refused changes nothing; anything else that is raised is a bug."""
        try:
            with db.transaction() as session:
                step(session)  # type: ignore[operator]
        except DomainError:
            pass

    @invariant()
    def nothing_goes_backwards_or_off_the_dial(self) -> None:
        with db.reading() as session:
            for meter_id in self.meters:
                meter = session.get_one(Meter, meter_id)
                states = session.execute(
                    select(MeterReading.read_on, MeterReading.value)
                    .where(MeterReading.meter_id == meter_id, MeterReading.status.in_(COUNTING))
                    .order_by(MeterReading.read_on)
                )
                for span in consumptions(meter, [State(read_on, value) for read_on, value in states]):
                    assert 0 <= span.consumption < 100
                    assert span.days > 0 or span.consumption == 0 or span.since.read_on == START
                    assert 0 <= span.until.value < 100


@sampled
@pytest.mark.timeout(900)
def test_settlement_holds_what_counts_and_was_told_each_thing_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime.min.time().replace(hour=12)
    # Modules hold the function itself; its day comes from the clock's own instant.
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(Readings.day, noon, UTC))
    run_state_machine_as_test(
        Readings,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
