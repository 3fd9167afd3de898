"""Tenants are told of answers: that there is one, to which question, and nothing of what it says."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from core.clock import today
from core.notices.inbox import Telling, put_away, tell
from core.notices.models import NoticeKind
from core.questions.models import QuestionThread

TOLD_FOR = timedelta(days=90)


def tell_of_answer(session: Session, thread: QuestionThread, *, message_id: int) -> None:
    """Tell the tenant that the office has written to them."""
    facts = {"number": thread.number, "thread_id": str(thread.id)}
    tellings = [Telling(thread.tenant_id, answer_key(message_id), facts)]
    tell(session, kind=NoticeKind.QUESTION_ANSWERED, tellings=tellings, shown_until=today() + TOLD_FOR)


def put_away_answers(session: Session, *, tenant_id: int, message_ids: Sequence[int]) -> None:
    """Put away the notices of answers that their tenant now reads."""
    keys = [answer_key(one) for one in message_ids]
    put_away(session, tenant_id=tenant_id, kind=NoticeKind.QUESTION_ANSWERED, keys=keys)


def answer_key(message_id: int) -> str:
    """What tells the notices of answers apart."""
    return f"m{message_id}"
