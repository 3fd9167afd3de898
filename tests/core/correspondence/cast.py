"""Parcels of letters for the tests, made of real PDFs, and short ways to hand them in and send them."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime

from fpdf import FPDF
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.correspondence.filing import Paper, file_batch, keep_paper
from core.correspondence.kinds import LetterKind
from core.correspondence.matching import Doubt, Match
from core.correspondence.sending import ask_sending, send_batch
from core.documents.parcels import HandedIn
from core.imports.letters import LetterDefaults, hand_in_letters
from core.registry.models import ServiceDistrict
from core.words import plain
from tests.cast import sign_in_employee

DATED = date(2026, 11, 20)
DEFAULTS = LetterDefaults(LetterKind.CHARGE_CHANGE, "Zmiana opłat od stycznia", DATED)


def pdf(words: str = "Pismo", *, pages: int = 1) -> bytes:
    """A letter; other words, other bytes."""
    made = FPDF()
    made.set_creation_date(datetime(2026, 11, 20, tzinfo=UTC))
    made.set_font("helvetica", size=14)
    for page in range(1, pages + 1):
        made.add_page()
        made.cell(text=f"{plain(words)} {page}")
    return bytes(made.output())


def handed(name: str, content: bytes) -> HandedIn:
    return HandedIn(name, io.BytesIO(content), len(content))


def zipped(files: Mapping[str, bytes], *, name: str = "pisma.zip") -> HandedIn:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in files.items():
            archive.writestr(inside, content)
    return handed(name, packed.getvalue())


def clerk(session: Session, *districts: ServiceDistrict, role: Role = Role.EDITOR) -> EmployeeScope:
    return sign_in_employee(session, role, districts=districts)


def paper(words: str, match: Match | Doubt, *, title: str = "Zmiana opłat", letter_no: str = "") -> Paper:
    content = pdf(words)
    sha256, pages = keep_paper(content)
    return Paper(
        file_name=f"{words}.pdf",
        sha256=sha256,
        size=len(content),
        pages=pages,
        match=match,
        kind=LetterKind.CHARGE_CHANGE,
        letter_no=letter_no,
        dated=DATED,
        title=title,
    )


def sent(session: Session, scope: EmployeeScope, *papers: Paper) -> int:
    """A batch of these, sent; its id."""
    batch_id = file_batch(session, scope, name="pisma.zip", papers=papers, refusals=[])
    send_batch(session, scope, batch_id=batch_id, token=ask_sending(session, scope, batch_id=batch_id).token)
    return batch_id


def hand_in(scope: EmployeeScope, *files: HandedIn, defaults: LetterDefaults = DEFAULTS) -> int:
    return hand_in_letters(scope, files=files, defaults=defaults)
