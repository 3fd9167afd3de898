"""What the import screen is made of: the upload form, the report of a check, the receipt, the history."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal, TypeVar

import streamlit as st

from core.access.models import Realm
from core.batches.models import BatchState
from core.errors import InvalidInputError
from core.imports.cause_words import CAUSES
from core.imports.desk import BatchLine
from core.imports.dialect import DELIMITER_NAMES, ENCODINGS, Dialect
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.kinds import KINDS
from core.imports.load import BatchReport
from core.imports.options import LoadOptions
from core.imports.undo import UndoReceipt
from ui import formats
from ui.layout import Figure, Tone, badge, kpi_row, kv, note
from ui.service import SERVICES
from ui.tables import Column, table, with_small

MAX_UPLOAD = SERVICES[Realm.STAFF].upload_mb
SHOWN_FINDINGS = 50
DETECT, POINT = "wykryj z pliku", "kropka"
Value = TypeVar("Value")

SEVERITIES: dict[Severity, tuple[str, Tone]] = {
    Severity.SETUP: ("cały plik", "attention"),
    Severity.ERROR: ("błąd", "attention"),
    Severity.WARNING: ("ostrzeżenie", "information"),
    Severity.NOTICE: ("informacja", "neutral"),
}
STATES: dict[BatchState, tuple[str, Tone]] = {
    BatchState.RECEIVED: ("przyjęty", "neutral"),
    BatchState.CHECKED: ("sprawdzony", "information"),
    BatchState.COMMITTED: ("wczytany", "good"),
    BatchState.UNDONE: ("wycofany", "neutral"),
    BatchState.REFUSED: ("odrzucony", "attention"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What the clerk handed in."""

    kind: str
    name: str
    content: BinaryIO
    options: LoadOptions


@dataclass(frozen=True, slots=True)
class Preview:
    """A checked batch that waits for its confirmation; lives in the session until it is confirmed or replaced."""

    batch_id: int
    name: str
    options: LoadOptions
    report: BatchReport
    token: str


def upload_form() -> Upload | None:
    """Kind, file, and how to read it where detection errs; the upload once the button is pressed with a file."""
    with st.form("upload", border=True):
        kind = st.selectbox("Rodzaj pliku", list(KINDS), format_func=lambda name: KINDS[name].title, key="kind")
        file = st.file_uploader("Plik CSV", type=["csv", "txt"], max_upload_size=MAX_UPLOAD, key="file")
        with st.expander("Zapis pliku i sumy kontrolne"):
            left, right = st.columns(2)
            with left:
                encoding, delimiter, decimal = _writing()
            with right:
                rows, debit, credit = _printed_totals()
        pressed = st.form_submit_button("Sprawdź plik", type="primary")
    if not pressed:
        return None
    if file is None:
        raise InvalidInputError("Wybierz plik CSV, który chcesz sprawdzić.")
    options = LoadOptions(
        encoding=None if encoding == DETECT else encoding,
        delimiter=None if delimiter == DETECT else delimiter,
        point_is_decimal=None if decimal == DETECT else decimal == POINT,
        expect_rows=_read("Liczba wierszy", rows, formats.parse_count),
        expect_debit=_read("Suma obciążeń", debit, formats.parse_amount),
        expect_credit=_read("Suma uznań", credit, formats.parse_amount),
    )
    return Upload(kind, file.name, file, options)


def _writing() -> tuple[str, str, str]:
    """How the file is written, where detection errs."""
    return (
        st.selectbox("Kodowanie", [DETECT, *ENCODINGS], key="encoding"),
        st.selectbox(
            "Rozdzielnik",
            [DETECT, *DELIMITER_NAMES],
            format_func=lambda sign: DELIMITER_NAMES.get(sign, sign),
            key="delimiter",
        ),
        st.selectbox("Znak dziesiętny", [DETECT, "przecinek", POINT], key="decimal"),
    )


def _printed_totals() -> tuple[str, str, str]:
    """Control totals from the accounting system's printout, as typed."""
    return (
        st.text_input("Liczba wierszy według wydruku", key="rows") or "",
        st.text_input("Suma obciążeń według wydruku (zł)", key="debit") or "",
        st.text_input("Suma uznań według wydruku (zł)", key="credit") or "",
    )


def _read(label: str, typed: str, parse: Callable[[str], Value]) -> Value | None:
    if not typed.strip():
        return None
    try:
        return parse(typed)
    except InvalidInputError as refusal:
        raise InvalidInputError(f"{label} według wydruku: {refusal.message}") from None


@contextmanager
def on_disk(upload: Upload) -> Iterator[Path]:
    """The upload as a file while it is handed in."""
    with TemporaryDirectory(prefix="iok-") as folder:
        path = Path(folder) / "upload.csv"
        upload.content.seek(0)
        with path.open("wb") as out:
            while block := upload.content.read(1 << 20):
                out.write(block)
        yield path


@contextmanager
def progress(options: LoadOptions, words: str) -> Iterator[LoadOptions]:
    """Options that move a progress bar while the file is read; the bar goes when it is done."""
    bar = st.progress(0.0, text=words)

    def move(done: int, size: int) -> None:
        bar.progress(min(done / max(size, 1), 1.0), text=words)

    try:
        yield replace(options, progress=move)
    finally:
        bar.empty()


def receipt(report: BatchReport, name: str) -> str:
    """What was loaded, in one sentence."""
    return (
        f"Wczytano plik {name} jako partię {report.batch_id}: przyjęte {formats.count(report.accepted)}, "
        f"powtórzone {formats.count(report.repeated)}, w poczekalni {formats.count(report.suspended)}, "
        f"pominięte {formats.count(report.rejected)}."
    )


def undo_receipt(batch_id: int, done: UndoReceipt) -> str:
    """What was taken back, in one sentence."""
    return f"Wycofano partię {batch_id}: usunięto {formats.count(done.removed)}, zachowano {formats.count(done.kept)}."


def show_report(report: BatchReport) -> None:
    """What the file is, what would become of its rows, what there is to say about it."""
    if report.dialect is not None:
        kv(_dialect(report.dialect), label="Zapis pliku")
    kpi_row(
        [
            Figure(report.rows, "wierszy w pliku"),
            Figure(report.accepted, "do wczytania"),
            Figure(report.repeated, "powtórzonych"),
            Figure(report.suspended, "do poczekalni", attention=report.suspended > 0),
            Figure(report.rejected, "błędnych", attention=report.rejected > 0),
        ],
        label="Wynik sprawdzenia",
    )
    if report.debit or report.credit:
        kv(
            [
                ("Suma obciążeń w pliku (Wn)", formats.money(report.debit)),
                ("z tego do wczytania", formats.money(report.accepted_debit)),
                ("Suma uznań w pliku (Ma)", formats.money(report.credit)),
                ("z tego do wczytania", formats.money(report.accepted_credit)),
            ],
            label="Sumy",
        )
    show_findings(report.findings)


def show_findings(findings: Findings) -> None:
    """Counts by cause, then the findings themselves, worst first."""
    if not findings.counts:
        return
    causes = sorted(findings.counts.items(), key=lambda item: (list(Severity).index(item[0][0]), -item[1]))
    table(
        causes,
        [
            Column("Przyczyna", lambda item: CAUSES[item[0][1]]),
            Column("Waga", lambda item: badge(*SEVERITIES[item[0][0]])),
            Column("Ile", lambda item: formats.count(item[1]), numeric=True),
        ],
        caption="Uwagi według przyczyny",
    )
    finding_table(findings.sorted(), total=sum(findings.counts.values()))


def finding_table(findings: Sequence[Finding], *, total: int) -> None:
    """The first findings with their place; says how many there are in all."""
    shown = findings[:SHOWN_FINDINGS]
    more = f", pierwsze {len(shown)} z {formats.count(total)}" if total > len(shown) else ""
    table(
        shown,
        [
            Column("Wiersz", lambda one: str(one.line) if one.line else "—", numeric=True),
            Column("Waga", lambda one: badge(*SEVERITIES[one.severity])),
            Column("Kolumna", lambda one: one.column or "—"),
            Column("Wartość", lambda one: one.cell or "—"),
            Column("Co i dlaczego", lambda one: one.reason),
        ],
        caption=f"Miejsca w pliku{more}",
    )


def choices(preview: Preview) -> LoadOptions | None:
    """What the clerk confirms about a checked file; None while something that needs a confirmation has none."""
    findings = preview.report.findings
    errors, warnings = findings.number(Severity.ERROR), findings.number(Severity.WARNING)
    if findings.number(Severity.SETUP):
        note("Tego pliku nie można wczytać. Popraw go u źródła i wyślij ponownie.", tone="attention")
        return None
    once = preview.token[:8]  # what was ticked for one check says nothing about the next
    skip = not errors or st.checkbox(
        f"Pomiń błędne wiersze ({formats.count(preview.report.rejected)}) i wczytaj pozostałe",
        key=f"skip_errors-{once}",
    )
    accept = not warnings or st.checkbox(
        f"Znam ostrzeżenia ({formats.count(warnings)}) i potwierdzam je", key=f"accept-{once}"
    )
    equal: Literal["skip", "add"] = "skip"
    if findings.counts[Severity.WARNING, Cause.EQUAL_ROW]:
        words = {"skip": "pomiń (są już w kartotece)", "add": "dodaj jako nowe"}
        chosen = st.radio(
            "Takie same wiersze z innych plików", list(words), format_func=words.__getitem__, key=f"equal-{once}"
        )
        equal = "add" if chosen == "add" else "skip"
    if not (skip and accept):
        return None
    return replace(preview.options, skip_errors=errors > 0, accept_warnings=warnings > 0, equal_rows=equal)


def history_table(lines: Sequence[BatchLine]) -> None:
    """Batches, newest first."""
    table(
        lines,
        [
            Column("Partia", lambda line: str(line.id), numeric=True),
            Column("Plik", lambda line: with_small(line.file_name, KINDS[line.kind].title)),
            Column("Stan", lambda line: badge(*STATES[line.state])),
            Column("Przyjęto", lambda line: with_small(formats.instant(line.received_at), line.employee_login)),
            Column("Wynik", _result),
        ],
        caption="Historia importu, od najnowszych",
        header=1,
    )


def _result(line: BatchLine) -> str:
    if line.state in (BatchState.REFUSED, BatchState.RECEIVED, BatchState.CHECKED):
        return line.refusal or "nic nie wczytano"
    counts = (
        (line.accepted, "wczytane"),
        (line.repeated, "powtórzone"),
        (line.suspended, "w poczekalni"),
        (line.rejected, "pominięte"),
    )
    said = ", ".join(f"{word} {formats.count(number)}" for number, word in counts if number)
    return f"{said or 'bez wierszy'}{', wycofane' if line.state is BatchState.UNDONE else ''}"


def batch_name(line: BatchLine) -> str:
    """`Partia 5: kartoteka.csv (Kartoteka finansowa, 16 033)`."""
    return f"Partia {line.id}: {line.file_name} ({KINDS[line.kind].title}, {formats.count(line.accepted)})"


def _dialect(dialect: Dialect) -> list[tuple[str, str]]:
    return [
        ("Kodowanie", dialect.encoding + (" z BOM" if dialect.has_bom else "")),
        ("Rozdzielnik", DELIMITER_NAMES[dialect.delimiter]),
        ("Znak dziesiętny", POINT if dialect.point_is_decimal else "przecinek"),
    ]
