"""Notices by mail: what stands in an inbox is also sent to those who want it, with nothing in it but what to look at."""

import json

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.accounts.models import AccountState, PortalAccount
from core.clock import now
from core.db import reading, transaction
from core.notices.models import Notice
from core.outbox.sending import enqueue
from core.outbox.templates import TEMPLATES

AT_ONCE = 500


def mail_notices() -> int:
    """Hand notices not yet mailed to the outbox, in transactions of its own; returns how many messages that made."""
    with reading() as session:
        if not session.scalar(select(exists().where(Notice.mailed_at.is_(None)))):
            return 0
    with transaction() as session:
        return hand_over(session)


def hand_over(session: Session) -> int:
    """Turn some waiting notices into messages, in the caller's transaction; returns how many messages that made."""
    waiting = session.scalars(
        select(Notice)
        .where(Notice.mailed_at.is_(None))
        .order_by(Notice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    wanted = (
        PortalAccount.tenant_id.in_({one.tenant_id for one in waiting})
        & (PortalAccount.state != AccountState.CLOSED)
        & PortalAccount.notices_by_mail
        & PortalAccount.email.is_not(None)
    )
    addresses = dict(session.execute(select(PortalAccount.tenant_id, PortalAccount.email).where(wanted)).all())
    made = 0
    for one in waiting:
        if address := addresses.get(one.tenant_id):
            facts = json.loads(one.facts)
            parameters = {name: facts[name] for name in TEMPLATES[one.kind].parameters}
            made += enqueue(
                session, key=f"notice/{one.id}", template=one.kind, recipient=address, parameters=parameters
            )
    ids = [one.id for one in waiting]
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(mailed_at=now()))
    return made
