"""A tenant's letters: listed, opened once for the record, read again at will, certified."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.accounts.models import PortalAccount
from core.accounts.reach import served_tenant
from core.audit.events import record_by
from core.audit.tenant_view import require_open_view
from core.clock import now
from core.correspondence.certificate import Opening, certificate_pdf
from core.correspondence.kinds import LetterKind
from core.correspondence.models import Letter
from core.correspondence.reach import NO_SUCH_LETTER
from core.correspondence.telling import put_away_opened
from core.db import changed_rows
from core.documents.storage import hash_file, kept_file
from core.errors import NotFoundError
from core.registry.models import Tenant
from core.registry.queries import owns_or_general
from core.words import plain

# Built once: it runs on every look at a screen.
UNOPENED = select(func.count()).where(
    Letter.tenant_id == bindparam("tenant"),
    Letter.visible_at.is_not(None),
    Letter.opened_at.is_(None),
    Letter.recalled_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """One letter as its tenant finds it in the list; `opened_at` None: not opened yet."""

    letter_id: int
    kind: LetterKind
    letter_no: str
    dated: date
    title: str
    pages: int
    visible_at: datetime
    opened_at: datetime | None


def own_letters(session: Session, scope: TenantScope, *, text: str = "") -> list[OwnLetter]:
    """The tenant's letters whose title or number holds all words of `text`, the newest first. Listing opens nothing."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    words = plain(text).split()
    letters = _listed(session, _own(scope))
    return [one for one in letters if all(word in plain(f"{one.title} {one.letter_no}") for word in words)]


def letters_in_view(session: Session, scope: EmployeeScope, *, tenant_id: int) -> list[OwnLetter]:
    """The letters as their tenant finds them, for an employee who has opened the tenant's view; it opens none of them.

    Raises NotFoundError for a tenant of other districts, ViewNotOpenError.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    served_tenant(session, scope, tenant_id=tenant_id)
    require_open_view(session, scope, tenant_id=tenant_id)
    return _listed(session, _visible(Letter.tenant_id == tenant_id))


def own_letter(session: Session, scope: TenantScope, *, letter_id: int) -> OwnLetter:
    """One letter's line, opened or not. Raises NotFoundError for one that is not the tenant's."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    return _line(_one(session, scope, letter_id))


def open_letter(session: Session, scope: TenantScope, *, letter_id: int) -> OwnLetter:
    """Open a letter; the first time is recorded with the session and the hash of the file as it is read at that moment.

    Raises NotFoundError for one that is not the tenant's or was recalled just now.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    letter = _one(session, scope, letter_id)
    if letter.opened_at is None:
        shown = hash_file(kept_file(letter.sha256 or ""))
        values = {
            "opened_at": now(),
            "opened_sha256": shown,
            "opened_session_id": session.scalar(
                select(PortalSession.id).where(PortalSession.key_hash == scope.session_key)
            ),
            "opened_account_id": scope.account_id,
        }
        first = (Letter.id == letter.id) & Letter.opened_at.is_(None) & Letter.recalled_at.is_(None)
        if changed_rows(session, update(Letter).where(first).values(values)) == 1:
            record_by(
                session, scope, "letter_opened", object_kind="letter", object_id=letter_id, details={"sha256": shown}
            )
            put_away_opened(session, letter)
        session.refresh(letter)
        if letter.opened_at is None:
            raise NotFoundError(NO_SUCH_LETTER)
    return _line(letter)


def own_letter_file(session: Session, scope: TenantScope, *, letter_id: int) -> tuple[str, Path]:
    """Name and place of the PDF of a letter that has been opened. Raises NotFoundError, also before the opening:
    an address in a mail must not open a letter by itself.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    letter = _one(session, scope, letter_id)
    if letter.opened_at is None:
        raise NotFoundError("To pismo nie zostało jeszcze otwarte. Otwórz je na stronie Korespondencja.")
    return file_name_of(letter), kept_file(letter.sha256 or "")


def own_certificate(session: Session, scope: TenantScope, *, letter_id: int) -> bytes:
    """The certificate of opening as PDF. Raises NotFoundError for a letter that is not the tenant's or not opened."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    letter = _one(session, scope, letter_id)
    return certificate_pdf(opening_of(session, letter))


def opening_of(session: Session, letter: Letter) -> Opening:
    """What is recorded of a first opening. Raises NotFoundError for a letter that was not opened."""
    if letter.opened_at is None or letter.opened_sha256 is None:
        raise NotFoundError("To pismo nie zostało jeszcze otwarte. Otwórz je na stronie Korespondencja.")
    tenant = session.get_one(Tenant, letter.tenant_id)
    return Opening(
        letter_id=letter.id,
        tenant_no=tenant.tenant_no,
        tenant=tenant.name,
        kind=LetterKind(letter.kind),
        letter_no=letter.letter_no,
        dated=letter.dated,
        title=letter.title,
        pages=letter.pages,
        visible_at=letter.visible_at or letter.opened_at,
        opened_at=letter.opened_at,
        session_no=letter.opened_session_id,
        sha256=letter.opened_sha256,
        proxy=_opened_by_proxy(session, letter),
    )


def _opened_by_proxy(session: Session, letter: Letter) -> str | None:
    """The name of the account that opened a letter, where it is not the tenant's."""
    return session.scalar(
        select(func.coalesce(Tenant.name, PortalAccount.person_name))
        .select_from(PortalAccount)
        .outerjoin(Tenant, Tenant.id == PortalAccount.tenant_id)
        .where(PortalAccount.id == letter.opened_account_id, PortalAccount.tenant_id.is_distinct_from(letter.tenant_id))
    )


def file_name_of(letter: Letter) -> str:
    """The name under which the PDF is saved."""
    return f"Pismo-{letter.dated:%Y-%m-%d}-{letter.id}.pdf"


def _own(scope: TenantScope) -> Select[Letter]:
    return _visible(owns_or_general(scope, Letter.tenant_id, Letter.tenancy_id))


def _visible(whose: ColumnElement[bool]) -> Select[Letter]:
    return select(Letter).where(whose, Letter.visible_at.is_not(None), Letter.recalled_at.is_(None))


def _listed(session: Session, letters: Select[Letter]) -> list[OwnLetter]:
    rows = session.scalars(letters.order_by(Letter.visible_at.desc(), Letter.id.desc()))
    return [_line(one) for one in rows]


def _one(session: Session, scope: TenantScope, letter_id: int) -> Letter:
    found = session.scalar(_own(scope).where(Letter.id == letter_id))
    if found is None:
        raise NotFoundError(NO_SUCH_LETTER)
    return found


def _line(one: Letter) -> OwnLetter:
    return OwnLetter(
        letter_id=one.id,
        kind=LetterKind(one.kind),
        letter_no=one.letter_no,
        dated=one.dated,
        title=one.title,
        pages=one.pages,
        visible_at=one.visible_at or now(),
        opened_at=one.opened_at,
    )
