"""Notices by mail: what stands in an inbox is also sent to those who want it, with nothing in it but what to look at."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.accounts.models import AccountState, PortalAccount
from core.accounts.notice_choice import muted_in
from core.announcements.mail import mail_words
from core.clock import now
from core.db import reading, transaction
from core.notices.models import TOPICS, Notice, NoticeKind, Topic
from core.outbox.sending import enqueue
from core.outbox.templates import TEMPLATES
from core.registry.models import Tenant

AT_ONCE = 500
ANNOUNCEMENTS = (NoticeKind.ANNOUNCEMENT, NoticeKind.EMERGENCY)
TO_EVERYBODY = (NoticeKind.EMERGENCY,)  # whatever they chose, and also to who has no account


def mail_notices() -> int:
    """Hand notices not yet mailed to the outbox, in transactions of its own; returns how many messages that made."""
    made = 0
    while _any_wait():
        with transaction() as session:
            handled, messages = hand_over(session)
        made += messages
        if not handled:  # another process has them in hand
            break
    return made


def _any_wait() -> bool:
    with reading() as session:
        return bool(session.scalar(select(exists().where(Notice.mailed_at.is_(None)))))


def hand_over(session: Session) -> tuple[int, int]:
    """Turn some waiting notices into messages, in the caller's transaction; how many notices, and messages made of them."""
    waiting = session.scalars(
        select(Notice)
        .where(Notice.mailed_at.is_(None))
        .order_by(Notice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    addresses, made = _addresses(session, waiting), 0
    words: dict[tuple[str, str], Mapping[str, str] | None] = {}
    for one in waiting:
        topic = None if one.kind in TO_EVERYBODY else TOPICS[NoticeKind(one.kind)]
        address = addresses.get((one.tenant_id, topic))
        if address is None:
            continue
        if (said := (one.kind, one.facts)) not in words:  # one announcement has thousands of notices that say the same
            words[said] = _words(session, one)
        parameters = words[said]
        if parameters is not None:
            made += enqueue(
                session, key=f"notice/{one.id}", template=one.kind, recipient=address, parameters=parameters
            )
    ids = [one.id for one in waiting]
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(mailed_at=now()))
    return len(waiting), made


def _words(session: Session, notice: Notice) -> Mapping[str, str] | None:
    facts = json.loads(notice.facts)
    if notice.kind in ANNOUNCEMENTS:
        facts = mail_words(session, facts)
    return {name: facts[name] for name in TEMPLATES[notice.kind].parameters} if facts else None


def _addresses(session: Session, waiting: Sequence[Notice]) -> dict[tuple[int, Topic | None], str]:
    """Where to write to a tenant on a topic that they want by mail; with None: in an emergency, wherever we can."""
    tenants = {one.tenant_id for one in waiting}
    found: dict[tuple[int, Topic | None], str] = {}
    if urgent := {one.tenant_id for one in waiting if one.kind in TO_EVERYBODY}:
        known = select(Tenant.id, Tenant.email).where(Tenant.id.in_(urgent), Tenant.email.is_not(None))
        found |= {(tenant, None): email for tenant, email in session.execute(known) if email}
    open_ones = (
        PortalAccount.tenant_id.in_(tenants)
        & (PortalAccount.state != AccountState.CLOSED)
        & PortalAccount.email.is_not(None)
    )
    rows = select(PortalAccount.tenant_id, PortalAccount.email, PortalAccount.muted_topics).where(open_ones)
    for tenant, email, muted in session.execute(rows):
        for topic in (None, *(frozenset(Topic) - muted_in(muted))):
            found[tenant, topic] = email or ""
    return found
