"""A new version of the terms, put in force from the dashboard: looked at first, confirmed once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount, TermsAcceptance, TermsVersion
from core.accounts.terms import publish_terms
from core.audit.models import Actor
from core.db import rehearsal, transaction

PURPOSE = "terms_publish"


@dataclass(frozen=True, slots=True)
class TermsLine:
    """One published version and how many accounts accepted it."""

    version: str
    text: str
    changes: str
    published_at: datetime
    accepted: int


@dataclass(frozen=True, slots=True)
class TermsDraft:
    """A text that may be published as it stands: how many accounts will be asked, and the token to publish it with."""

    version: str
    text: str
    changes: str
    accounts: int
    token: str


def terms_versions(session: Session, scope: EmployeeScope) -> list[TermsLine]:
    """All published versions, the newest first."""
    require_live(session, scope, Permission.MANAGE_TERMS)
    accepted = select(TermsAcceptance.terms_version_id, func.count().label("number")).group_by(
        TermsAcceptance.terms_version_id
    )
    counted = accepted.subquery()
    rows = session.execute(
        select(TermsVersion, func.coalesce(counted.c.number, 0))
        .outerjoin(counted, counted.c.terms_version_id == TermsVersion.id)
        .order_by(TermsVersion.id.desc())
    )
    return [TermsLine(row.version, row.text, row.changes, row.published_at, number) for row, number in rows]


def draft_terms(scope: EmployeeScope, *, version: str, text: str, changes: str) -> TermsDraft:
    """Check a text by publishing it and taking that back; the answer goes to `publish_draft`.

    Opens its own transactions. Raises InvalidInputError as `publish_terms` does.
    """
    with rehearsal() as session:
        require_live(session, scope, Permission.MANAGE_TERMS)
        publish_terms(session, version=version, text=text, changes=changes, actor=Actor.STAFF)
    with transaction() as session:
        require_live(session, scope, Permission.MANAGE_TERMS)
        accounts = select(func.count()).select_from(PortalAccount).where(PortalAccount.state != AccountState.CLOSED)
        token = mint_confirmation(session, scope, purpose=PURPOSE, object_id=_content(version, text, changes))
        return TermsDraft(version, text, changes, session.scalar(accounts) or 0, token)


def publish_draft(session: Session, scope: EmployeeScope, *, draft: TermsDraft) -> None:
    """Put the text in force: every account is asked to accept it.

    Raises ConfirmationUsedError for a draft that was published or changed, and as `publish_terms`.
    """
    require_live(session, scope, Permission.MANAGE_TERMS)
    content = _content(draft.version, draft.text, draft.changes)
    use_confirmation(session, scope, purpose=PURPOSE, object_id=content, token=draft.token)
    publish_terms(
        session,
        version=draft.version,
        text=draft.text,
        changes=draft.changes,
        actor=Actor.CONSOLE if scope.session_key is None else Actor.STAFF,
        actor_id=scope.employee_id,
    )


def _content(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:60]
