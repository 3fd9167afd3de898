"""The terms (regulamin): published in versions that are never edited, accepted by each account one by one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel, Realm
from core.access.scopes import TenantScope, require_live
from core.access.sessions import restrict_all
from core.accounts.gates import lift_when_passed
from core.accounts.models import TermsAcceptance, TermsVersion
from core.audit.events import record, record_by
from core.audit.models import Actor
from core.clock import now
from core.errors import InvalidInputError
from core.landlord import in_landlords_name
from core.settings import ROOT

SHIPPED = ROOT / "data" / "terms"


@dataclass(frozen=True, slots=True)
class Terms:
    """One published version. `changes` tells what is new in it, in a sentence or two."""

    id: int
    version: str
    text: str
    text_hash: str
    changes: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class AcceptedTerms:
    """A version somebody accepted, and when."""

    version: str
    text_hash: str
    accepted_at: datetime


def current_terms(session: Session) -> Terms | None:
    """The version in force; None when none was published yet."""
    row = session.scalars(select(TermsVersion).order_by(TermsVersion.id.desc()).limit(1)).first()
    if row is None:
        return None
    return Terms(row.id, row.version, row.text, row.text_hash, row.changes, row.published_at)


def publish_terms(
    session: Session, *, version: str, text: str, changes: str = "", actor: Actor, actor_id: int | None = None
) -> Terms:
    """Put a new version in force: every tenant has to accept it before going on, also those signed in now.

    Raises InvalidInputError for an empty text, and for a version or text that is published already.
    """
    version, text = version.strip(), text.strip()
    if not version or len(version) > 20:
        raise InvalidInputError("Podaj numer wersji regulaminu, najwyżej 20 znaków.", field="version")
    if not text:
        raise InvalidInputError("Podaj tekst regulaminu.", field="text")
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    if session.scalar(select(TermsVersion.id).where(TermsVersion.version == version)) is not None:
        raise InvalidInputError(f"Wersja {version} regulaminu jest już opublikowana.", field="version")
    newest = current_terms(session)
    if newest is not None and newest.text_hash == text_hash:
        raise InvalidInputError(f"Ten tekst obowiązuje już jako wersja {newest.version}.", field="text")
    row = TermsVersion(version=version, text=text, text_hash=text_hash, changes=changes.strip(), published_at=now())
    session.add(row)
    session.flush()
    restrict_all(session, realm=Realm.TENANT)
    record(
        session,
        actor=actor,
        actor_id=actor_id,
        action="terms_published",
        object_kind="terms_version",
        object_id=row.id,
        details={"version": version, "text_hash": text_hash},
    )
    return Terms(row.id, version, text, text_hash, row.changes, row.published_at)


def publish_shipped_terms(session: Session) -> Terms | None:
    """Put the newest text that ships with the product in force, in this landlord's name, where none is yet.

    Returns it, or None when terms are published already: from then on the office decides what is in force.
    """
    if current_terms(session) is not None:
        return None
    newest = max(SHIPPED.glob("[0-9]*.md"), key=lambda path: [int(part) for part in path.stem.split(".")])
    text = in_landlords_name(newest.read_text(encoding="utf-8"))
    return publish_terms(session, version=newest.stem, text=text, actor=Actor.SYSTEM)


def personal_data_text() -> str:
    """What this landlord tells about personal data (art. 13 and 14 of the GDPR), in the same markup as the terms."""
    return in_landlords_name((SHIPPED / "personal-data.md").read_text(encoding="utf-8"))


def accept_terms(session: Session, scope: TenantScope, *, terms_id: int) -> None:
    """Accept the version in force, as it was shown; accepting twice is no error.

    Raises InvalidInputError when another version has come into force meanwhile.
    """
    require_live(session, scope, at_gate=True, proxy=ProxyLevel.SEE)
    terms = current_terms(session)
    if terms is None or terms.id != terms_id:
        raise InvalidInputError("Regulamin właśnie się zmienił. Przeczytaj nową wersję i zaakceptuj ją.", field="terms")
    write_acceptance(session, account_id=scope.account_id, terms=terms)
    record_by(
        session,
        scope,
        "terms_accepted",
        object_kind="terms_version",
        object_id=terms.id,
        details={"text_hash": terms.text_hash},
    )
    lift_when_passed(session, scope)


def accepted_before(session: Session, scope: TenantScope) -> bool:
    """Whether this account has accepted any version yet."""
    require_live(session, scope, at_gate=True, proxy=ProxyLevel.SEE)
    known = select(TermsAcceptance.id).where(TermsAcceptance.account_id == scope.account_id).limit(1)
    return session.scalar(known) is not None


def accepted_terms(session: Session, scope: TenantScope) -> list[AcceptedTerms]:
    """The versions this account accepted, the newest first."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    found = session.execute(
        select(TermsVersion.version, TermsAcceptance.text_hash, TermsAcceptance.accepted_at)
        .join(TermsVersion, TermsVersion.id == TermsAcceptance.terms_version_id)
        .where(TermsAcceptance.account_id == scope.account_id)
        .order_by(TermsAcceptance.id.desc())
    )
    return [AcceptedTerms(version, text_hash, at) for version, text_hash, at in found]


def write_acceptance(session: Session, *, account_id: int, terms: Terms) -> None:
    """Keep that an account accepted a version, once."""
    known = select(TermsAcceptance.id).where(
        TermsAcceptance.account_id == account_id, TermsAcceptance.terms_version_id == terms.id
    )
    if session.scalar(known) is None:
        session.add(
            TermsAcceptance(
                account_id=account_id, terms_version_id=terms.id, text_hash=terms.text_hash, accepted_at=now()
            )
        )
        session.flush()
