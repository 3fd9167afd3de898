"""Letters by the thousand: a parcel matched and kept against hashing and writing its files; merged ones against bare pages.

The floor of a parcel hashes every file and writes it as durably as the store does, and nothing else. The floor of merged
letters is fpdf2 alone: a page with the same lines in the same embedded typeface, made by as many processes.
"""

import hashlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import TTFFont
from sqlalchemy import text

from bench.announcements import seed
from bench.import_ledger import database, run_apart
from core import db
from core.accounts.sign_in import operator_scope
from core.clock import now
from core.correspondence.kinds import LetterKind
from core.correspondence.making import make_letters
from core.correspondence.merging import start_letters
from core.correspondence.sending import ask_sending, send_batch
from core.correspondence.templates import LetterText, MergedLetter, filled, set_letter, shipped_text
from core.documents.fonts import face
from core.documents.parcels import HandedIn
from core.documents.storage import drop_file, kept_before
from core.imports.letters import LetterDefaults, hand_in_letters
from core.registry.audiences import Audience, AudienceKind
from core.settings import settings

TENANTS = 50_000
MARK = "000000000000"
FIELDS = {
    "stan_na": "30.11.2026",
    "saldo": "do wpłaty 1 437,61 zł",
    "zaleglosc": "1 437,61 zł",
    "umowa": "U/4711",
    "lokal": "ul. Piotrkowska 19 m. 7",
}


def parcel(number: int) -> bytes:
    """A ZIP of so many letters, to tenants in turn, each of one page and about 9 kB."""
    page = FPDF()
    page.set_compression(False)
    page.add_page()
    page.set_font("helvetica", size=11)
    for line in range(55):
        page.cell(
            text=f"{MARK} line {line} of a letter about charges and their change", h=4.5, new_x="LMARGIN", new_y="NEXT"
        )
    sample = bytes(page.output())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(number):
            content = sample.replace(MARK.encode(), f"{at:012d}".encode())
            archive.writestr(f"zmiana_{at % TENANTS + 1:06d}_{at}.pdf", content)
    return packed.getvalue()


def matched(packed: bytes) -> None:
    """Hand the parcel in and send it."""
    files = [HandedIn("pisma.zip", io.BytesIO(packed), len(packed))]
    defaults = LetterDefaults(LetterKind.CHARGE_CHANGE, "Zmiana opłat", date(2026, 11, 30))
    batch_id = hand_in_letters(operator_scope(), files=files, defaults=defaults)
    with db.transaction() as session:
        token = ask_sending(session, operator_scope(), batch_id=batch_id).token
        send_batch(session, operator_scope(), batch_id=batch_id, token=token)


def written(packed: bytes, folder: Path) -> None:
    """Hash every file and write it down to the disk under its hash."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            sha256 = hashlib.sha256(content).hexdigest()
            place = folder / sha256[:2]
            place.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place, delete=False) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(place / sha256)


def measure_parcel(argument: str) -> dict[str, float]:
    """Seconds of a parcel handed in and sent, and of its files hashed and written; medians of runs that take turns."""
    number, rounds = map(int, argument.split("|"))
    seed(TENANTS)
    ours, bare = [], []
    for _ in range(rounds):
        packed = parcel(number)
        with db.transaction() as session:
            session.execute(text("DELETE FROM letter"))
        with tempfile.TemporaryDirectory(dir=settings().var) as folder:
            start = time.perf_counter()
            written(packed, Path(folder))
            bare.append(time.perf_counter() - start)
        for sha256 in kept_before(now() + timedelta(days=1)):
            drop_file(sha256)
        start = time.perf_counter()
        matched(packed)
        ours.append(time.perf_counter() - start)
    return {"ours": statistics.median(ours), "bare": statistics.median(bare)}


def bare_page(lines: tuple[str, ...]) -> int:
    """One page of these lines by fpdf2 alone; its size."""
    page = FPDF(format="A4")
    for style in ("", "B"):
        data = io.BytesIO(face(bold=bool(style)).data)
        page.fonts[f"body{style}"] = TTFFont(page, data, f"body{style}", style)  # type: ignore[arg-type]
    page.add_page()
    for line in lines:
        page.set_font("body", style="B" if line.startswith("#") else "", size=11)
        page.multi_cell(w=0, text=line, h=5, new_x="LMARGIN", new_y="NEXT")
    return len(page.output())


def measure_merged(argument: str) -> dict[str, float]:
    """Seconds of letters ordered and made, and of bare pages made by as many processes."""
    number, rounds = map(int, argument.split("|"))
    seed(number)
    body = shipped_text(LetterKind.BALANCE_CONFIRMATION)
    sample = MergedLetter(
        "Potwierdzenie salda", body, "IOK/1/1/2026", date(2026, 11, 30), ("Osoba", "Piotrkowska 1"), FIELDS
    )
    set_letter(sample)
    head = [
        "#Zarząd Lokali Demo",
        "ul. Przykładowa 10",
        "IOK/1/1/2026, 30.11.2026",
        "Osoba 1",
        "ul. Piotrkowska 1",
        "#Potwierdzenie",
    ]
    lines = (
        *head,
        *(line for line in filled(body, FIELDS).split("\n") if line),
        "Zarząd Lokali Demo",
        "Pismo w portalu jest kopią.",
    )
    processes, ours, bare = os.cpu_count() or 1, [], []
    for _ in range(rounds):
        with db.transaction() as session:
            words = LetterText(LetterKind.BALANCE_CONFIRMATION, "Potwierdzenie salda", body)
            start_letters(session, operator_scope(), text=words, audience=Audience(AudienceKind.ALL))
        start = time.perf_counter()
        made = make_letters(processes=processes)
        ours.append(time.perf_counter() - start)
        assert made == number
        start = time.perf_counter()
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            list(pool.map(bare_page, [lines] * number, chunksize=10))
        bare.append(time.perf_counter() - start)
    return {"ours": statistics.median(ours), "bare": statistics.median(bare)}


def compare(letters: int, server: str | None) -> None:
    """Print both ratios for each database."""
    for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
        with database(kind, server) as environment:
            found = run_apart("bench.letters", "parcel", f"{letters}|3", environment)
        print(
            f"{letters:,} letters of a ZIP checked, matched among {TENANTS:,} tenants, kept and sent, {kind}: "
            f"{found['ours'] / found['bare']:.2f} × hashing and writing the files "
            f"(goal ≤ 2; {found['ours']:.1f} s against {found['bare']:.1f} s)"
        )
        with database(kind, server) as environment:
            found = run_apart("bench.letters", "merged", f"{max(letters // 10, 200)}|1", environment)
        print(
            f"{max(letters // 10, 200):,} merged letters on {os.cpu_count()} processors, {kind}: "
            f"{found['ours'] / found['bare']:.2f} × bare fpdf2 pages "
            f"(goal ≤ 1.3; {found['ours']:.1f} s against {found['bare']:.1f} s)"
        )


def main() -> None:
    """One measurement of this process."""
    what, argument = sys.argv[1:3]
    db.migrate()
    print(json.dumps({"parcel": measure_parcel, "merged": measure_merged}[what](argument)))


if __name__ == "__main__":
    main()
