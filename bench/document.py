"""The application for an account against a bare page of the same library, with the same typeface and as many lines.

Floor: fpdf2 alone, one A4 page, the same embedded font, the text of the application line by line, no codes, no
tags, no PDF/A. The first document of a process cuts its typeface; both are drawn once before the clock runs.
"""

import io
import statistics
import time
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.fonts import TTFFont

from core.activation.document import AdministratorContact, ApplicationDocument, OfficeContact, application_pdf
from core.documents.fonts import face

WARM, TURNS = 3, 40
LINE = "Oświadczam, że zapoznałam się z regulaminem i dołączam pełnomocnictwo."
LINES = 60  # as many as the application has
GOAL = 60  # ms a page
APPLICATION = ApplicationDocument(
    number="IOK/2026/000123",
    submitted_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    kind="person",
    name="Małgorzata Święcicka-Źdźbło",
    address="ul. Piotrkowska 19a m. 7, 90-001 Łódź",
    email="malgorzata@example.com",
    terms_version="1.0",
    landlord_name="Zarząd Lokali Miejskich",
    landlord_phone="42 000 00 00",
    landlord_email="kontakt@lokale.example",
    tenant_no="004711",
    office=OfficeContact("RON Śródmieście", "ul. Zachodnia 3, 90-002 Łódź", "42 111 11 11", "pn.–pt. 8–16"),
    administrator=AdministratorContact("Administracja nr 4", "42 222 22 22"),
)


def _bare() -> bytes:
    page = FPDF(format="A4")
    for style in ("", "B"):
        data = io.BytesIO(face(bold=bool(style)).data)
        page.fonts[f"body{style}"] = TTFFont(page, data, f"body{style}", style)  # type: ignore[arg-type]
    page.add_page()
    for line in range(LINES):
        page.set_font("body", style="B" if line % 4 == 0 else "", size=11)
        page.cell(text=LINE, h=4, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def compare() -> None:
    """Print the time of a page and its ratio to the bare one."""
    ours, bare = [], []
    pages = application_pdf(APPLICATION).count(b"/Type /Page\n")
    for turn in range(WARM + TURNS):
        start = time.thread_time()
        application_pdf(APPLICATION)
        between = time.thread_time()
        _bare()
        end = time.thread_time()
        if turn >= WARM:
            ours.append((between - start) / pages)
            bare.append(end - between)
    page, floor = statistics.median(ours), statistics.median(bare)
    print(
        f"application as PDF: {1000 * page:.0f} ms of CPU a page (goal ≤ {GOAL}), {page / floor:.2f} × a bare fpdf2 page of "
        f"{LINES} lines in the same typeface ({1000 * floor:.0f} ms)"
    )
