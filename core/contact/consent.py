"""Consent to have letters in the portal instead of on paper: a versioned text, given and taken back at will, all of it kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.access.scopes import TenantScope, require_live
from core.audit.events import record_by
from core.clock import now
from core.contact.models import DeliveryConsent
from core.db import changed_rows
from core.errors import DomainError
from core.settings import ROOT

FOLDER = ROOT / "data" / "consents"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The text that may be agreed to now."""

    version: str
    text: str
    text_hash: str  # SHA-256


@dataclass(frozen=True, slots=True)
class OwnConsent:
    """Where a tenant stands: the text of today, and since when they agree, to which version; None: they do not."""

    offered: ConsentText
    version: str | None
    given_at: datetime | None


@cache
def offered_text() -> ConsentText:
    """The newest text that ships."""
    newest = max(FOLDER.glob("*.md"), key=lambda path: _number(path.stem))
    text = newest.read_text(encoding="utf-8").strip()
    return ConsentText(newest.stem, text, hashlib.sha256(text.encode()).hexdigest())


def own_consent(session: Session, scope: TenantScope) -> OwnConsent:
    """The tenant's consent."""
    require_live(session, scope)
    stands = session.scalar(select(DeliveryConsent).where(*_stands(scope)))
    return OwnConsent(offered_text(), stands.version if stands else None, stands.given_at if stands else None)


def give_consent(session: Session, scope: TenantScope, *, version: str) -> None:
    """Agree to the text that was shown (`version`); an earlier consent ends. Raises DomainError when another is offered now."""
    require_live(session, scope)
    offered = offered_text()
    if version != offered.version:
        raise DomainError("Treść zgody zmieniła się. Przeczytaj ją jeszcze raz.")
    session.execute(update(DeliveryConsent).where(*_stands(scope)).values(withdrawn_at=now()))
    given = DeliveryConsent(
        tenant_id=scope.tenant_id, version=offered.version, text_hash=offered.text_hash, given_at=now()
    )
    session.add(given)
    session.flush()
    record_by(
        session, scope, "delivery_consent_given", object_kind="tenant", object_id=scope.tenant_id,
        details={"version": offered.version, "text_hash": offered.text_hash},
    )  # fmt: skip


def withdraw_consent(session: Session, scope: TenantScope) -> None:
    """Take the consent back, from the next letter on. Raises DomainError where there is none."""
    require_live(session, scope)
    if changed_rows(session, update(DeliveryConsent).where(*_stands(scope)).values(withdrawn_at=now())) != 1:
        raise DomainError("Nie ma zgody, którą można cofnąć.")
    record_by(session, scope, "delivery_consent_withdrawn", object_kind="tenant", object_id=scope.tenant_id)


def consents(tenant_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """SQL condition: the tenant in that column agrees to letters in the portal instead of on paper."""
    return exists().where(DeliveryConsent.tenant_id == tenant_id, DeliveryConsent.withdrawn_at.is_(None))


def _stands(scope: TenantScope) -> tuple[ColumnElement[bool], ...]:
    return DeliveryConsent.tenant_id == scope.tenant_id, DeliveryConsent.withdrawn_at.is_(None)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
