"""The import screen: files handed in, each looked at in turn, read anew where detection or names err, and loaded once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal, TypeVar

import streamlit as st

from core.access.models import Realm
from core.access.scopes import EmployeeScope
from core.db import reading
from core.errors import InvalidInputError
from core.imports.columns import Column
from core.imports.desk import CheckedBatch, confirm_batch, hand_in, preview_batch
from core.imports.dialect import DELIMITER_NAMES, ENCODINGS, plain
from core.imports.errors_file import errors_file
from core.imports.findings import Cause, Severity, UnusableFileError
from core.imports.kinds import KINDS
from core.imports.options import LoadOptions
from core.imports.report import BatchReport, PreviewOutdatedError
from core.imports.samples import Sample, guessed_kind, sample_of
from ui import formats
from ui.balance_desk import differences
from ui.import_report import POINT, show_report, show_sample
from ui.layout import note, section
from ui.period_desk import second_person
from ui.service import SERVICES

MAX_UPLOAD = SERVICES[Realm.STAFF].upload_mb
DETECT, GUESS, NO_COLUMN = "wykryj z pliku", "rozpoznaj po nagłówku", "nie ma jej w pliku"
QUEUE, PREVIEW = "import_queue", "preview"  # in st.session_state: files that wait, and the one being looked at
HANDED_IN = "import_handed_in"  # in st.session_state: how often files were handed in, so that their field is a new one
OUTDATED = "import_outdated"  # in st.session_state: why a file is shown once more
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that the clerk handed in."""

    kind: str | None  # None: to be told from its heading
    name: str
    content: BinaryIO
    options: LoadOptions


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was received and waits for its turn."""

    batch_id: int
    kind: str
    name: str
    options: LoadOptions


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that was looked at; lives in the session until it is loaded, passed over or replaced."""

    waiting: Waiting
    checked: CheckedBatch


def upload_form() -> list[Upload] | None:
    """Files, their kind, and how to read them where detection errs; the uploads once the button is pressed."""
    with st.form("upload", border=True):
        kinds = [GUESS, *KINDS]
        kind = st.selectbox(
            "Rodzaj pliku", kinds, format_func=lambda name: KINDS[name].title if name in KINDS else name, key="kind"
        )
        files = st.file_uploader(
            "Plik CSV",
            type=["csv", "txt"],
            max_upload_size=MAX_UPLOAD,
            key=f"file-{st.session_state.get(HANDED_IN, 0)}",
            accept_multiple_files=True,
        )
        with st.expander("Zapis pliku i sumy kontrolne"):
            left, right = st.columns(2)
            with left:
                encoding, delimiter, decimal = _writing()
            with right:
                rows, debit, credit = _printed_totals()
        pressed = st.form_submit_button("Sprawdź plik", type="primary")
    if not pressed:
        return None
    if not files:
        raise InvalidInputError("Wybierz plik CSV, który chcesz sprawdzić.")
    if len(files) > 1 and (rows.strip() or debit.strip() or credit.strip()):
        raise InvalidInputError("Sumy według wydruku dotyczą jednego pliku. Wybierz jeden plik albo zostaw je puste.")
    options = replace(
        _read_as(encoding, delimiter, decimal),
        expect_rows=_read("Liczba wierszy", rows, formats.parse_count),
        expect_debit=_read("Suma obciążeń", debit, formats.parse_amount),
        expect_credit=_read("Suma uznań", credit, formats.parse_amount),
    )
    return [Upload(None if kind == GUESS else kind, file.name, file, options) for file in files]


def receive(scope: EmployeeScope, uploads: Sequence[Upload]) -> None:
    """Hand every upload in and put them into the queue, in the order in which kinds build on each other."""
    waiting = []
    for upload in uploads:
        with on_disk(upload) as path:
            kind = upload.kind or guessed_kind(path)
            if kind is None:
                raise InvalidInputError(f"Nie rozpoznano rodzaju pliku {upload.name}. Wybierz rodzaj z listy.")
            batch_id = hand_in(scope, kind=kind, path=path, file_name=upload.name)
        waiting.append(Waiting(batch_id, kind, upload.name, upload.options))
    st.session_state[HANDED_IN] = st.session_state.get(HANDED_IN, 0) + 1  # an empty field for the next files
    order = list(KINDS)
    st.session_state[QUEUE] = sorted(waiting, key=lambda one: order.index(one.kind))


def next_preview(scope: EmployeeScope) -> Preview | None:
    """The file to look at now: the one that was checked, or the next of the queue, checked first."""
    if (preview := st.session_state.get(PREVIEW)) is not None:
        return preview  # type: ignore[no-any-return]
    queue: list[Waiting] = st.session_state.get(QUEUE, [])
    if not queue:
        return None
    waiting = queue.pop(0)
    return look(scope, waiting, waiting.options)


def look(scope: EmployeeScope, waiting: Waiting, options: LoadOptions) -> Preview:
    """Check a file, with progress, and remember what came of it."""
    with progress(options, f"Sprawdzanie pliku {waiting.name}…") as moving:
        checked = preview_batch(scope, batch_id=waiting.batch_id, options=moving)
    checked = replace(checked, options=replace(checked.options, progress=None))
    st.session_state[PREVIEW] = Preview(waiting, checked)
    return st.session_state[PREVIEW]  # type: ignore[no-any-return]


def show(scope: EmployeeScope, preview: Preview) -> str | None:
    """What the file would do, and the ways on; returns the receipt of a file that was loaded."""
    waiting, checked = preview.waiting, preview.checked
    section(f"Sprawdzony plik: {waiting.name}")
    if (why := st.session_state.pop(OUTDATED, None)) is not None:
        note(f"{why} Niżej jest nowe sprawdzenie.", tone="attention")
    if left := len(st.session_state.get(QUEUE, [])):
        note(f"Po tym pliku czeka jeszcze {formats.plural(left, 'plik', 'pliki', 'plików')}.")
    show_report(checked.report)
    sample = _sample(scope, preview)
    if sample is not None:
        show_sample(sample)
        if (options := _reread(preview, sample)) is not None:
            look(scope, waiting, options)
            st.rerun()
    _offer_errors(scope, preview)
    differences(scope, batch_id=waiting.batch_id, number=len(checked.report.differences))
    options = choices(scope, preview)
    if checked.report.closed:
        asked = second_person(scope, batch_id=waiting.batch_id, report=checked.report, options=options)
        if asked is not None:
            del st.session_state[PREVIEW]
        return asked
    row = st.container(horizontal=True)
    load = row.button("Wczytaj plik", type="primary", disabled=options is None, key="load")
    if row.button("Nie wczytuj, przejdź dalej", key="pass_over"):
        del st.session_state[PREVIEW]
        st.rerun()
    if not load or options is None:
        return None
    try:
        with progress(options, "Wczytywanie pliku…") as moving:
            report = confirm_batch(scope, batch_id=waiting.batch_id, token=checked.token, options=moving)
    except PreviewOutdatedError as outdated:  # another batch landed, or a month was closed meanwhile
        look(scope, waiting, checked.options)
        st.session_state[OUTDATED] = outdated.message
        st.rerun()
    del st.session_state[PREVIEW]
    return receipt(report, waiting.name)


def _sample(scope: EmployeeScope, preview: Preview) -> Sample | None:
    try:
        with reading() as session:
            return sample_of(session, scope, batch_id=preview.waiting.batch_id, options=preview.checked.options)
    except UnusableFileError:
        return None


def _reread(preview: Preview, sample: Sample) -> LoadOptions | None:
    """How to read the file where detection errs and which of its columns are which; options to check it anew."""
    report, options = preview.checked.report, preview.checked.options
    known = {plain(name) for name in sample.heading}
    absent = [one for one in KINDS[preview.waiting.kind].columns if plain(one.name) not in known]
    required = [one for one in absent if one.required]
    title = "Odczytaj plik inaczej" if not required else "Wskaż kolumny, które w pliku nazywają się inaczej"
    missing = any(cause is Cause.MISSING_COLUMN for _, cause in report.findings.counts)
    with st.expander(title, expanded=missing), st.form(f"reread-{preview.waiting.batch_id}", border=False):
        if options.columns or options.encoding or options.delimiter or options.point_is_decimal is not None:
            note("Plik odczytano z ustawieniami zapamiętanymi dla tego źródła albo wybranymi teraz.")
        encoding, delimiter, decimal = _writing(again=True)
        columns = {}
        for one in [*required, *(each for each in absent if not each.required)]:
            if (chosen := _column(one, sample, options.columns.get(one.name), preview.waiting.batch_id)) is not None:
                columns[one.name] = chosen
        sent = st.form_submit_button("Sprawdź jeszcze raz")
    if not sent:
        return None
    read_as = _read_as(encoding, delimiter, decimal)
    return replace(
        options, encoding=read_as.encoding, delimiter=read_as.delimiter, point_is_decimal=read_as.point_is_decimal,
        columns=columns, expect_digest=None,
    )  # fmt: skip


def _column(column: Column, sample: Sample, before: str | None, batch_id: int) -> str | None:
    """Under which heading of the file a column of the contract stands; None: it is not there."""
    choices = [NO_COLUMN, *dict.fromkeys(name for name in sample.heading if name)]
    chosen = st.selectbox(
        f"Kolumna {column.name}{' (wymagana)' if column.required else ''}", choices,
        choices.index(before) if before in choices else 0, key=f"column-{batch_id}-{column.name}",
    )  # fmt: skip
    return None if chosen in (None, NO_COLUMN) else chosen


def _offer_errors(scope: EmployeeScope, preview: Preview) -> None:
    if not preview.checked.report.findings.number(Severity.ERROR) or not preview.checked.readable:
        return

    def mended() -> bytes:
        return errors_file(scope, batch_id=preview.waiting.batch_id, options=preview.checked.options)[1]

    note(
        "Wiersze z błędami możesz pobrać jako plik, poprawić i wczytać osobno. Kolumna „bledy” mówi, co poprawić; może zostać."
    )
    st.download_button(
        "Pobierz wiersze z błędami (CSV)", mended, file_name=f"{Path(preview.waiting.name).stem}-bledy.csv",
        mime="text/csv", on_click="ignore", key="errors_file",
    )  # fmt: skip


def _read_as(encoding: str, delimiter: str, decimal: str) -> LoadOptions:
    return LoadOptions(
        encoding=None if encoding == DETECT else encoding,
        delimiter=None if delimiter == DETECT else delimiter,
        point_is_decimal=None if decimal == DETECT else decimal == POINT,
    )


def _writing(*, again: bool = False) -> tuple[str, str, str]:
    """How the file is written, where detection errs."""
    key = "again-" if again else ""
    return (
        st.selectbox("Kodowanie", [DETECT, *ENCODINGS], key=f"{key}encoding"),
        st.selectbox(
            "Rozdzielnik",
            [DETECT, *DELIMITER_NAMES],
            format_func=lambda sign: DELIMITER_NAMES.get(sign, sign),
            key=f"{key}delimiter",
        ),
        st.selectbox("Znak dziesiętny", [DETECT, "przecinek", POINT], key=f"{key}decimal"),
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


def choices(scope: EmployeeScope, preview: Preview) -> LoadOptions | None:
    """What the clerk confirms about a checked file; None while something that needs a confirmation has none."""
    findings = preview.checked.report.findings
    errors, warnings = findings.number(Severity.ERROR), findings.number(Severity.WARNING)
    if findings.counts[Severity.SETUP, Cause.MISSING_COLUMN]:
        note(
            "Wskaż wyżej, jak te kolumny nazywają się w pliku. Jeśli ich nie ma, popraw plik u źródła.",
            tone="attention",
        )
        return None
    if findings.number(Severity.SETUP):
        note("Tego pliku nie można wczytać. Popraw go u źródła i wyślij ponownie.", tone="attention")
        return None
    once = preview.checked.token[:8]  # what was ticked for one check says nothing about the next
    skip = not errors or st.checkbox(
        f"Pomiń błędne wiersze ({formats.count(preview.checked.report.rejected)}) i wczytaj pozostałe",
        key=f"skip_errors-{once}",
    )
    accept = not warnings or st.checkbox(
        f"Znam ostrzeżenia ({formats.count(warnings)}) i potwierdzam je", key=f"accept-{once}"
    )
    _equal_rows(scope, preview)
    if not (skip and accept):
        return None
    return replace(preview.checked.options, skip_errors=errors > 0, accept_warnings=warnings > 0)


def _equal_rows(scope: EmployeeScope, preview: Preview) -> None:
    """Equal rows of other files are left out or added; another choice is another effect, so the file is checked anew."""
    options = preview.checked.options
    met = preview.checked.report.findings.counts[Severity.WARNING, Cause.EQUAL_ROW]
    if not met and options.equal_rows == "skip":
        return
    words: dict[Literal["skip", "add"], str] = {"skip": "pomiń (są już w kartotece)", "add": "dodaj jako nowe"}
    chosen = st.radio(
        "Takie same wiersze z innych plików", list(words), list(words).index(options.equal_rows),
        format_func=words.__getitem__, key=f"equal-{preview.checked.token[:8]}",
    )  # fmt: skip
    if chosen is not None and chosen != options.equal_rows:
        look(scope, preview.waiting, replace(options, equal_rows=chosen))
        st.rerun()
