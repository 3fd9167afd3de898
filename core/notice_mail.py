"""Notices by mail: what stands in an inbox is also sent to those who want it, with nothing in it but what to look at."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from core.accounts.models import AccountState, PortalAccount
from core.accounts.notice_choice import muted_in
from core.announcements.mail import mail_words
from core.clock import now, today
from core.db import reading, transaction
from core.notices.models import TOPICS, Notice, NoticeKind, Topic
from core.outbox.sending import enqueue
from core.outbox.templates import TEMPLATES
from core.registry.models import Tenant

AT_ONCE = 500
ANNOUNCEMENTS = (NoticeKind.ANNOUNCEMENT, NoticeKind.EMERGENCY)
DIGEST_WORDS = {
    NoticeKind.WINDOW_OPENS: "czekamy na odczyty wodomierzy",
    NoticeKind.WINDOW_CLOSES: "zostało kilka dni na odczyt wodomierzy",
    NoticeKind.READING_REJECTED: "odczyt wodomierza nie został przyjęty",
    NoticeKind.VERIFICATION_ENDS: "kończy się legalizacja wodomierza",
    NoticeKind.ANNOUNCEMENT: "nowe ogłoszenie",
    NoticeKind.EMERGENCY: "pilne ogłoszenie",
    NoticeKind.CONTACT_DECIDED: "decyzja w sprawie danych kontaktowych",
    NoticeKind.LETTER: "nowe pismo",
    NoticeKind.QUESTION_ANSWERED: "odpowiedź na Twoje pytanie",
    NoticeKind.FAULT_CHANGED: "zmiana w Twoim zgłoszeniu",
    NoticeKind.DATA_READY: "plik z Twoimi danymi jest gotowy",
    NoticeKind.DATA_FAILED: "pliku z Twoimi danymi nie udało się przygotować",
    NoticeKind.CLOSING_REJECTED: "odpowiedź na prośbę o zamknięcie konta",
}
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
        address = addresses.of.get((one.tenant_id, topic))
        if address is None:
            continue
        if (said := (one.kind, one.facts)) not in words:  # one announcement has thousands of notices that say the same
            words[said] = _words(session, one)
        parameters = words[said]
        if parameters is not None and topic is not None and one.tenant_id in addresses.daily:
            one.waits_for_digest = True
        elif parameters is not None:
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


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Where to write to a tenant on a topic that they want by mail (with None: in an emergency), and who wants it daily."""

    of: dict[tuple[int, Topic | None], str]
    daily: frozenset[int]


def _addresses(session: Session, waiting: Sequence[Notice]) -> _Addresses:
    tenants = {one.tenant_id for one in waiting}
    found: dict[tuple[int, Topic | None], str] = {}
    if urgent := {one.tenant_id for one in waiting if one.kind in TO_EVERYBODY}:
        known = select(Tenant.id, Tenant.email).where(Tenant.id.in_(urgent), Tenant.email.is_not(None))
        found |= {(tenant, None): email for tenant, email in session.execute(known) if email}
    daily = set()
    for tenant_id, account in session.execute(_open_accounts(tenants)):
        for topic in (None, *(frozenset(Topic) - muted_in(account.muted_topics))):
            found[tenant_id, topic] = account.email or ""
        if account.daily_digest:
            daily.add(tenant_id)
    return _Addresses(found, frozenset(daily))


def _open_accounts(tenants: Collection[int]) -> Select[int, PortalAccount]:
    return (
        select(Tenant.id, PortalAccount)
        .join(PortalAccount, PortalAccount.tenant_id == Tenant.id)
        .where(Tenant.id.in_(tenants), PortalAccount.state != AccountState.CLOSED, PortalAccount.email.is_not(None))
    )


def mail_digests(session: Session) -> int:
    """Write the day's message to everybody for whom something waits for it; how many. One a tenant and day."""
    tenants = session.scalars(select(Notice.tenant_id).where(Notice.waits_for_digest).distinct()).all()
    made = 0
    for start in range(0, len(tenants), AT_ONCE):
        some = tenants[start : start + AT_ONCE]
        by_tenant: dict[int, list[NoticeKind]] = {}
        for tenant, kind in session.execute(
            select(Notice.tenant_id, Notice.kind)
            .where(Notice.tenant_id.in_(some), Notice.waits_for_digest, Notice.dismissed_at.is_(None))
            .order_by(Notice.id)
        ):
            by_tenant.setdefault(tenant, []).append(NoticeKind(kind))
        for tenant_id, account in session.execute(_open_accounts(by_tenant.keys())):
            made += enqueue(
                session, key=f"digest/{account.id}/{today()}", template="digest", recipient=account.email or "",
                parameters={"lines": _digest(by_tenant[tenant_id])},
            )  # fmt: skip
        told = Notice.tenant_id.in_(some) & Notice.waits_for_digest
        session.execute(update(Notice).where(told).values(waits_for_digest=False))
    return made


def _digest(kinds: Sequence[NoticeKind]) -> str:
    """What there is, by kind, without what it says."""
    numbers = Counter(kinds)
    return "\n".join(
        f"- {DIGEST_WORDS[kind]}{f' ({number})' if number > 1 else ''}" for kind, number in numbers.items()
    )
