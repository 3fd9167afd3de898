"""Putting notices into tenants' inboxes, and reading one's own."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope, require_live
from core.clock import now, today
from core.db import changed_rows
from core.errors import NotFoundError
from core.notices.models import Notice, NoticeKind

SHOWN = 20
_AT_ONCE = 500  # tenants asked about in one statement


# Built once: they run on every look at a screen, and building a statement costs more than its answer.
_STANDS = (
    Notice.tenant_id == bindparam("tenant"),
    Notice.dismissed_at.is_(None),
    Notice.shown_until >= bindparam("day"),
)
_INBOX = (
    select(Notice.id, Notice.kind, Notice.facts, Notice.created_at)
    .where(*_STANDS)
    .order_by(Notice.id.desc())
    .limit(SHOWN)
)
NUMBERS = select(Notice.kind, func.count()).where(*_STANDS).group_by(Notice.kind)


@dataclass(frozen=True, slots=True)
class Telling:
    """What one tenant is told: `key` tells reasons apart, `facts` are texts ready to be shown."""

    tenant_id: int
    key: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One notice as its tenant sees it."""

    notice_id: int
    kind: NoticeKind
    facts: Mapping[str, str]
    created_at: datetime


def tell(session: Session, *, kind: NoticeKind, tellings: Iterable[Telling], shown_until: date) -> int:
    """Put notices into inboxes; who was told for the same reason before is not told again. Returns how many are new."""
    wanted = {(one.tenant_id, one.key): one for one in tellings}
    tenants = sorted({tenant for tenant, _ in wanted})
    for start in range(0, len(tenants), _AT_ONCE):
        some = tenants[start : start + _AT_ONCE]
        told = session.execute(
            select(Notice.tenant_id, Notice.key).where(Notice.kind == kind, Notice.tenant_id.in_(some))
        )
        for tenant, key in told:
            wanted.pop((tenant, key), None)
    rows = [
        {
            "tenant_id": one.tenant_id,
            "kind": kind,
            "key": one.key,
            "facts": json.dumps(dict(one.facts), ensure_ascii=False),
            "created_at": now(),
            "shown_until": shown_until,
        }
        for one in wanted.values()
    ]
    if rows:
        session.execute(insert(Notice), rows)
    return len(rows)


def inbox(session: Session, scope: TenantScope) -> list[InboxLine]:
    """What the tenant has not put away and what still matters, the newest first; empty: nothing."""
    require_live(session, scope)
    rows = session.execute(_INBOX, {"tenant": scope.tenant_id, "day": today()})
    return [InboxLine(one, NoticeKind(kind), json.loads(facts), at) for one, kind, facts, at in rows]


def dismiss(session: Session, scope: TenantScope, *, notice_id: int) -> None:
    """Put a notice away. Raises NotFoundError for one that is not the tenant's."""
    require_live(session, scope)
    own = (Notice.id == notice_id) & (Notice.tenant_id == scope.tenant_id)
    if changed_rows(session, update(Notice).where(own).values(dismissed_at=now())) != 1:
        raise NotFoundError("Nie ma takiego powiadomienia.")


def put_away(session: Session, *, tenant_id: int, kind: NoticeKind, keys: Collection[str]) -> None:
    """Put away what led to a thing that its tenant has now opened; the caller has asked who they are."""
    led_there = (Notice.tenant_id == tenant_id) & (Notice.kind == kind) & Notice.key.in_(keys)
    session.execute(update(Notice).where(led_there, Notice.dismissed_at.is_(None)).values(dismissed_at=now()))
