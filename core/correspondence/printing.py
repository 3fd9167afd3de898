"""Letters on paper: who has to get theirs so, as a list to print, and the letters themselves as one PDF."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import pikepdf
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import local, now, today
from core.contact.consent import consents
from core.correspondence.desk import has_account, unopened
from core.correspondence.models import Letter
from core.correspondence.reach import require_own_batch
from core.documents.sheet import ACCENT, Paragraph, Sheet, line_height
from core.documents.storage import kept_file
from core.errors import InvalidInputError
from core.landlord import landlord
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.queries import districts_on

MOST_PAGES = 3_000  # of one file to print
NO_DISTRICT = "bez rejonu"
NO_ADDRESS = "bez umowy w ewidencji"


class OnPaper(StrEnum):
    """Who gets it on paper."""

    WITHOUT_ACCOUNT = "without_account"
    WITHOUT_CONSENT = "without_consent"  # to letters in the portal instead of on paper
    UNOPENED = "unopened"


WORDS = {
    OnPaper.WITHOUT_ACCOUNT: "bez konta w portalu",
    OnPaper.WITHOUT_CONSENT: "bez zgody na pisma w portalu",
    OnPaper.UNOPENED: "pisma nieotwarte",
}


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """One letter to be printed, with where it goes."""

    letter_id: int
    sha256: str
    pages: int
    district: str
    building: str
    address: str
    tenant: str
    tenant_no: str
    title: str


def letters_on_paper(session: Session, scope: EmployeeScope, *, batch_id: int, who: OnPaper) -> list[PaperLetter]:
    """The letters of a sent batch that go on paper, by district and address. Raises NotFoundError."""
    require_live(session, scope, Permission.SEND_LETTERS)
    require_own_batch(session, scope, batch_id)
    rows = session.execute(
        select(Letter, Tenant)
        .join(Tenant, Tenant.id == Letter.tenant_id)
        .where(*_standing(batch_id), _condition(who))
        .order_by(Letter.id)
    ).all()
    places = _places(session, [letter for letter, _ in rows])
    names = districts_on(session, day=today())
    found = []
    for letter, tenant in rows:
        building_id, building, address = places.get(letter.id, (None, "", NO_ADDRESS))
        district = names[building_id][1] if building_id in names else NO_DISTRICT
        found.append(
            PaperLetter(
                letter_id=letter.id,
                sha256=letter.sha256 or "",
                pages=letter.pages,
                district=district,
                building=building,
                address=address,
                tenant=tenant.name,
                tenant_no=tenant.tenant_no,
                title=letter.title,
            )
        )
    return sorted(found, key=lambda one: (one.district, one.building, one.address, one.tenant))


def paper_list(session: Session, scope: EmployeeScope, *, batch_id: int, who: OnPaper) -> bytes:
    """The list as PDF, to go with the letters. Raises NotFoundError."""
    letters = letters_on_paper(session, scope, batch_id=batch_id, who=who)
    batch = require_own_batch(session, scope, batch_id)
    return paper_list_pdf(letters, name=batch.name, who=who, made_at=now())


def paper_counts(session: Session, scope: EmployeeScope, *, batch_id: int, who: OnPaper) -> tuple[int, int]:
    """How many letters go on paper, and pages with the blank backs of those that end on a front page. Raises NotFoundError."""
    require_live(session, scope, Permission.SEND_LETTERS)
    require_own_batch(session, scope, batch_id)
    pages = func.coalesce(func.sum(Letter.pages + Letter.pages % 2), 0)
    letters, sheets = session.execute(select(func.count(), pages).where(*_standing(batch_id), _condition(who))).one()
    return letters, int(sheets)


def letters_to_print(session: Session, scope: EmployeeScope, *, batch_id: int, who: OnPaper) -> bytes:
    """The letters one after another as one PDF, in the order of the list, each beginning on a front page.

    Raises NotFoundError, and InvalidInputError for none or for more than `MOST_PAGES` pages.
    """
    letters = letters_on_paper(session, scope, batch_id=batch_id, who=who)
    pages = sum(one.pages + one.pages % 2 for one in letters)
    if not letters:
        raise InvalidInputError("Nie ma pism do wydrukowania. Wybierz inne.")
    if pages > MOST_PAGES:
        raise InvalidInputError(
            f"Stron jest {pages}, a jeden plik może ich mieć {MOST_PAGES}. Drukuj mniejszymi paczkami."
        )
    whole = pikepdf.Pdf.new()
    for one in letters:
        with pikepdf.open(kept_file(one.sha256)) as letter:
            whole.pages.extend(letter.pages)
            if len(letter.pages) % 2:  # printed on both sides, the next one must not begin on its back
                whole.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()


def paper_list_pdf(letters: Sequence[PaperLetter], *, name: str, who: OnPaper, made_at: datetime) -> bytes:
    """The list by district and building; the same content and instant: the same bytes."""
    heading = "Pisma do wydania na papierze"
    sheet = Sheet(title=heading, author=landlord().name, made_at=made_at, running_title=heading)
    sheet.paragraph(Paragraph(heading, size=20, bold=True, tag="H1"))
    sheet.paragraph(Paragraph(f"{name}: {WORDS[who]}", size=12, before=1))
    told = f"Stan na {local(made_at):%d.%m.%Y, %H:%M}. Pism: {len(letters)}."
    sheet.paragraph(Paragraph(told, before=1))
    for (district, building), some in groupby(letters, key=lambda one: (one.district, one.building)):
        group = list(some)
        sheet.room(line_height(12) + line_height(11) * min(len(group), 3) + 6)
        sheet.paragraph(
            Paragraph(f"{building or NO_ADDRESS} ({district})", size=12, bold=True, colour=ACCENT, before=3, tag="H2")
        )
        for one in group:
            sheet.room(line_height(11))
            sheet.paragraph(Paragraph(f"{one.address}: {one.tenant}, nr {one.tenant_no}"))
    return sheet.to_bytes()


def _standing(batch_id: int) -> tuple[ColumnElement[bool], ...]:
    return Letter.batch_id == batch_id, Letter.visible_at.is_not(None), Letter.recalled_at.is_(None)


def _condition(who: OnPaper) -> ColumnElement[bool]:
    if who is OnPaper.UNOPENED:
        return unopened()
    return ~has_account() if who is OnPaper.WITHOUT_ACCOUNT else ~consents(Letter.tenant_id)


def _places(session: Session, letters: Sequence[Letter]) -> dict[int, tuple[int, str, str]]:
    """Building and address of each letter: of its tenancy, else of the tenant's newest one."""
    tenants = sorted({one.tenant_id for one in letters if one.tenant_id is not None})
    by_tenancy: dict[int, tuple[int, str, str]] = {}
    by_tenant: dict[int, tuple[int, str, str]] = {}
    for start in range(0, len(tenants), 500):
        rows = session.execute(
            select(Tenancy.id, Tenancy.tenant_id, Building, Premises.premises_no, Premises.kind)
            .join(Premises, Premises.id == Tenancy.premises_id)
            .join(Building, Building.id == Premises.building_id)
            .where(Tenancy.tenant_id.in_(tenants[start : start + 500]))
            .order_by(Tenancy.valid_from)
        )
        for tenancy, tenant, building, premises_no, kind in rows:
            line = premises_line(building.street, building.building_no, premises_no, kind=kind)
            by_tenancy[tenancy] = by_tenant[tenant] = (building.id, f"{building.street} {building.building_no}", line)
    found = {}
    for one in letters:
        place = by_tenancy.get(one.tenancy_id or 0) or by_tenant.get(one.tenant_id or 0)
        if place is not None:
            found[one.id] = place
    return found
