"""The import screen: files handed in or taken up again, each looked at in turn, read anew where detection errs, loaded once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.confirmations import ConfirmationUsedError
from core.access.models import Realm
from core.access.scopes import EmployeeScope
from core.db import reading
from core.errors import DomainError, InvalidInputError, SessionEndedError
from core.imports.desk import CheckedBatch, confirm_batch, hand_in, preview_batch
from core.imports.errors_file import errors_file
from core.imports.findings import Cause, Severity, UnusableFileError
from core.imports.kinds import KINDS
from core.imports.options import LoadOptions
from core.imports.report import BatchReport, PreviewOutdatedError
from core.imports.samples import Sample, guessed_kind, sample_of
from core.imports.waiting import WaitingBatch
from ui import formats
from ui.balance_desk import differences
from ui.forms import show_errors
from ui.import_reading import OTHERWISE, expecting, printed_totals, reread, writing
from ui.import_report import ERRORS_FILE, show_report, show_sample
from ui.import_waiting import refuse_form
from ui.layout import note, paragraph, section
from ui.period_desk import second_person
from ui.service import SERVICES

MAX_UPLOAD = SERVICES[Realm.STAFF].upload_mb
GUESS = "rozpoznaj po nagłówku"
QUEUE, PREVIEW = "import_queue", "preview"  # in st.session_state: files that wait, and the one being looked at
HANDED_IN = "import_handed_in"  # in st.session_state: how often files were handed in, so that their field is a new one
REFUSED = "import_refused"  # in st.session_state: what is to be said of files that were not taken


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that the clerk handed in."""

    kind: str | None  # None: to be told from its heading
    name: str
    content: BinaryIO
    options: LoadOptions


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was received and waits for its turn. `colleague`: who handed it in, where that is somebody else;
    `again`: why it is shown once more."""

    batch_id: int
    kind: str
    name: str
    options: LoadOptions
    colleague: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that was looked at; lives in the session until it is loaded, put off, turned down or replaced."""

    waiting: Waiting
    checked: CheckedBatch

    @property
    def waits(self) -> bool:
        """Whether the batch still waits for a decision; a file that cannot be read is refused at once."""
        return self.checked.readable or self.checked.report.findings.has(Cause.MISSING_COLUMN)


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
                written = writing()
            with right:
                totals = printed_totals()
        pressed = st.form_submit_button("Sprawdź plik", type="primary")
    if not pressed:
        return None
    if not files:
        raise InvalidInputError("Wybierz plik CSV, który chcesz sprawdzić.")
    if len(files) > 1 and any(total.strip() for total in totals):
        raise InvalidInputError("Sumy według wydruku dotyczą jednego pliku. Wybierz jeden plik albo zostaw je puste.")
    options = expecting(written, totals)
    return [Upload(None if kind == GUESS else kind, file.name, file, options) for file in files]


def receive(scope: EmployeeScope, uploads: Sequence[Upload]) -> None:
    """Hand every upload in and put them into the queue, in the order in which kinds build on each other.

    One that is refused does not keep the others out; while none is taken they stay in their field.
    """
    waiting = []
    for upload in uploads:
        with _refused_one(upload.name), on_disk(upload) as path:
            kind = upload.kind or guessed_kind(path)
            if kind is None:
                raise InvalidInputError("Nie rozpoznano rodzaju pliku. Wybierz rodzaj z listy.")
            batch_id = hand_in(scope, kind=kind, path=path, file_name=upload.name)
            waiting.append(Waiting(batch_id, kind, upload.name, upload.options))
    if waiting:
        st.session_state[HANDED_IN] = st.session_state.get(HANDED_IN, 0) + 1  # an empty field for the next files
    order = list(KINDS)
    st.session_state[QUEUE] = sorted(waiting, key=lambda one: order.index(one.kind))


def take_up(scope: EmployeeScope, batch: WaitingBatch) -> None:
    """Look at a file that waits, before all others of the queue."""
    colleague = "" if batch.employee_id in (None, scope.employee_id) else batch.employee_login
    _before_all(Waiting(batch.id, batch.kind, batch.file_name, LoadOptions(), colleague))


def in_hand() -> set[int]:
    """The batches that this screen shows already, or will when their turn comes."""
    preview: Preview | None = st.session_state.get(PREVIEW)
    queue: list[Waiting] = st.session_state.get(QUEUE, [])
    return {one.batch_id for one in [*([preview.waiting] if preview else []), *queue]}


def show_refused(slot: DeltaGenerator) -> None:
    """Say which files were not taken, and why."""
    if refused := st.session_state.pop(REFUSED, []):
        with slot:
            show_errors(refused, title="Nie wykonano")


def next_preview(scope: EmployeeScope) -> Preview | None:
    """The file to look at now: the one that was checked, or the next of the queue that can be, checked first."""
    if (preview := st.session_state.get(PREVIEW)) is not None:
        return preview  # type: ignore[no-any-return]
    queue: list[Waiting] = st.session_state.get(QUEUE, [])
    while queue:
        waiting = queue.pop(0)
        with _refused_one(f"{waiting.name}, partia {waiting.batch_id}"):
            return look(scope, waiting, waiting.options)
    return None


def look(scope: EmployeeScope, waiting: Waiting, options: LoadOptions) -> Preview:
    """Check a file, with progress, and remember what came of it."""
    with progress(options, f"Sprawdzanie pliku {waiting.name}…") as moving:
        checked = preview_batch(scope, batch_id=waiting.batch_id, options=moving)
    checked = replace(checked, options=replace(checked.options, progress=None))
    st.session_state[PREVIEW] = Preview(waiting, checked)
    return st.session_state[PREVIEW]  # type: ignore[no-any-return]


def show(scope: EmployeeScope, preview: Preview) -> str | None:
    """What the file would do, and the ways on; returns what was done with it."""
    waiting, checked = preview.waiting, preview.checked
    section(f"Sprawdzony plik: {waiting.name}")
    by = f", od: {waiting.colleague}" if waiting.colleague else ""
    paragraph(f"{KINDS[waiting.kind].title}, partia {waiting.batch_id}{by}")
    if waiting.again:
        note(f"{waiting.again} Niżej jest nowe sprawdzenie.", tone="attention")
    if left := len(st.session_state.get(QUEUE, [])):
        note(f"Po tym pliku czeka jeszcze {formats.plural(left, 'plik', 'pliki', 'plików')}.")
    show_report(checked.report, mendable=checked.readable)
    sample = _sample(scope, preview)
    if sample is not None:
        show_sample(sample)
        options = reread(waiting.kind, waiting.batch_id, checked.report, checked.options, sample)
        if options is not None:
            look(scope, replace(waiting, again=""), options)
            st.rerun()
    _offer_errors(scope, preview)
    differences(scope, batch_id=waiting.batch_id, number=len(checked.report.differences))
    done = _decided(scope, preview)
    if done is not None:
        st.session_state.pop(PREVIEW, None)
    return done


def _decided(scope: EmployeeScope, preview: Preview) -> str | None:
    """What the clerk decided about the file, as it is said; None before."""
    waiting, checked = preview.waiting, preview.checked
    options = choices(scope, preview)
    if checked.report.closed and waiting.colleague:
        note(
            "Część wierszy jest w zamkniętym okresie. O zgodę drugiej osoby poprosi ten, kto przekazał plik: "
            f"{waiting.colleague}. Jeśli chcesz poprosić o nią Ty, prześlij ten plik jeszcze raz.",
            tone="attention",
        )
    elif checked.report.closed:
        asked = second_person(scope, batch_id=waiting.batch_id, report=checked.report, options=options)
        if asked is not None:
            return asked
    row = st.container(horizontal=True)
    if not checked.report.closed:
        load = row.button("Wczytaj plik", type="primary", disabled=options is None, key="load")
        if load and options is not None:
            return _loaded(scope, preview, options)
    if not preview.waits:
        return "Plik jest w historii jako odrzucony." if row.button("Zamknij sprawdzenie", key="put_off") else None
    if row.button("Zostaw na później", key="put_off"):
        return f"Plik {waiting.name} nie jest wczytany. Czeka niżej, w części „Czekają na decyzję”."
    return refuse_form(scope, batch_id=waiting.batch_id, name=waiting.name)


def _loaded(scope: EmployeeScope, preview: Preview, options: LoadOptions) -> str:
    """Load the file; one that would do something else by now, or was looked at by somebody else, is shown once more."""
    waiting, checked = preview.waiting, preview.checked
    try:
        with progress(options, "Wczytywanie pliku…") as moving:
            report = confirm_batch(scope, batch_id=waiting.batch_id, token=checked.token, options=moving)
    except (PreviewOutdatedError, ConfirmationUsedError) as outdated:
        _before_all(replace(waiting, options=checked.options, again=outdated.message))
        st.rerun()
    return receipt(report, waiting.name)


def _before_all(waiting: Waiting) -> None:
    """Look at this file next, in the place of the one being looked at."""
    st.session_state.pop(PREVIEW, None)
    st.session_state[QUEUE] = [waiting, *st.session_state.get(QUEUE, [])]


@contextmanager
def _refused_one(name: str) -> Iterator[None]:
    """What is refused inside is said of this file, and the next one goes on."""
    try:
        yield
    except SessionEndedError:
        raise
    except DomainError as refusal:
        st.session_state.setdefault(REFUSED, []).append(f"{name}: {refusal.message}")


def _sample(scope: EmployeeScope, preview: Preview) -> Sample | None:
    try:
        with reading() as session:
            return sample_of(session, scope, batch_id=preview.waiting.batch_id, options=preview.checked.options)
    except UnusableFileError:
        return None


def _offer_errors(scope: EmployeeScope, preview: Preview) -> None:
    if not preview.checked.report.findings.number(Severity.ERROR) or not preview.checked.readable:
        return

    def mended() -> bytes:
        return errors_file(scope, batch_id=preview.waiting.batch_id, options=preview.checked.options)[1]

    note(
        "Wiersze z błędami możesz pobrać jako plik, poprawić i wczytać osobno. Kolumna „bledy” mówi, co poprawić; może zostać."
    )
    st.download_button(
        ERRORS_FILE, mended, file_name=f"{Path(preview.waiting.name).stem}-bledy.csv",
        mime="text/csv", on_click="ignore", key="errors_file",
    )  # fmt: skip


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
    if findings.has(Cause.MISSING_COLUMN):
        note(
            "Wskaż wyżej, jak te kolumny nazywają się w pliku. Jeśli ich nie ma, popraw plik u źródła.",
            tone="attention",
        )
        return None
    if findings.counts[Severity.SETUP, Cause.TOTALS]:
        note(
            "Suma kontrolna się nie zgadza, więc tego pliku nie można wczytać. Popraw go u źródła. Jeśli sumę z wydruku "
            f"wpisano z błędem, popraw ją wyżej: „{OTHERWISE}”.",
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
