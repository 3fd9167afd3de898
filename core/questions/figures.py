"""Answer times at a glance: how long tenants waited, how many wait, and how many for too long."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.reach import tenants_of
from core.clock import instant_of, is_working_day, now, today
from core.questions.models import QuestionMessage, QuestionThread
from core.registry.models import Tenant

REMEMBERED = timedelta(days=30)
LATE_AFTER = 5  # working days


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Questions at a glance, of the employee's districts."""

    waiting: int
    late: int  # of these, longer than five working days
    answers: int  # in the last thirty days, those that were owed
    median: timedelta | None  # from when they were owed to the answer; None: there were none


def answer_figures(session: Session, scope: EmployeeScope) -> AnswerFigures:
    """What waits, what waits too long, and how fast the answers of the last thirty days came."""
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    too_long = QuestionThread.waits_since < late_before(today())
    waiting, late = session.execute(
        select(func.count(), func.count(case((too_long, 1))))
        .select_from(QuestionThread)
        .join(Tenant, Tenant.id == QuestionThread.tenant_id)
        .where(QuestionThread.waits_since.is_not(None), tenants_of(scope))
    ).one()
    answers = session.execute(
        select(QuestionMessage.waited_since, QuestionMessage.written_at)
        .join(QuestionThread, QuestionThread.id == QuestionMessage.thread_id)
        .join(Tenant, Tenant.id == QuestionThread.tenant_id)
        .where(
            QuestionMessage.waited_since.is_not(None),
            QuestionMessage.written_at >= now() - REMEMBERED,
            tenants_of(scope),
        )
    )
    waits = [(answered - since).total_seconds() for since, answered in answers if since is not None]
    middle = timedelta(seconds=median(waits)) if waits else None
    return AnswerFigures(waiting=waiting, late=late, answers=len(waits), median=middle)


def late_before(day: date) -> datetime:
    """The instant before which a question was asked that waits, on that day, for more than `LATE_AFTER` working days.

    The day of asking does not count: what is asked on Monday is late from Tuesday of the next week.
    """
    counted = 0
    while True:
        counted += is_working_day(day)
        if counted > LATE_AFTER:
            return instant_of(day, time())
        day -= timedelta(days=1)
