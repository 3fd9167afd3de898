"""Tenants are told of letters: that there are some, how many, and nothing of what they say."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from core.clock import today
from core.correspondence.models import Letter
from core.notices.inbox import Telling, put_away, tell
from core.notices.models import Notice, NoticeKind

TOLD_FOR = timedelta(days=90)
_WAITS = (Letter.visible_at.is_not(None), Letter.opened_at.is_(None), Letter.recalled_at.is_(None))


def tell_of_batch(session: Session, *, batch_id: int) -> int:
    """Tell everybody who has an unopened letter of the batch, once however many they are; how many are told anew."""
    waiting = session.execute(
        select(Letter.tenant_id, func.count()).where(Letter.batch_id == batch_id, *_WAITS).group_by(Letter.tenant_id)
    )
    return _tell(session, [(tenant or 0, f"b{batch_id}", number) for tenant, number in waiting])


def tell_of_letter(session: Session, *, letter_id: int, tenant_id: int) -> None:
    """Tell a tenant of one letter that was found to be theirs."""
    _tell(session, [(tenant_id, f"l{letter_id}", 1)])


def untell_batch(session: Session, *, batch_id: int) -> None:
    """Take the notices of a batch from whoever has no letter of it any more."""
    letters = exists().where(
        Letter.batch_id == batch_id, Letter.tenant_id == Notice.tenant_id, Letter.recalled_at.is_(None)
    )
    of_batch = (Notice.kind == NoticeKind.LETTER) & (Notice.key == f"b{batch_id}")
    recipients = select(Letter.tenant_id).where(Letter.batch_id == batch_id)
    session.execute(delete(Notice).where(of_batch, Notice.tenant_id.in_(recipients), ~letters))


def put_away_opened(session: Session, letter: Letter) -> None:
    """Put away what led to a letter, once the tenant has none unopened of its batch."""
    if letter.tenant_id is None:
        return
    others = exists().where(Letter.batch_id == letter.batch_id, Letter.tenant_id == letter.tenant_id, *_WAITS)
    keys = [f"l{letter.id}"]
    if not session.scalar(select(others)):
        keys.append(f"b{letter.batch_id}")
    put_away(session, tenant_id=letter.tenant_id, kind=NoticeKind.LETTER, keys=keys)


def _tell(session: Session, wanted: Iterable[tuple[int, str, int]]) -> int:
    tellings = [Telling(tenant, key, {"letters": str(number)}) for tenant, key, number in wanted]
    return tell(session, kind=NoticeKind.LETTER, tellings=tellings, shown_until=today() + TOLD_FOR)
