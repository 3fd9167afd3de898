"""The scheduled import: takes files out of a folder, loads those that nothing is to be said about, leaves the rest.

A file goes the desk's own way, received, previewed, committed. What happened to it is told by where it lies afterwards:
in `wczytane/` with the number of its batch before its name, or in `do-sprawdzenia/`. Killed between commit and move,
the next look finds its content loaded and only moves it.
"""

import fcntl
import logging
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import OperationalError

from core.access.scopes import EmployeeScope, Permission, require_live
from core.db import BUSY, is_busy, reading, transaction
from core.documents.storage import hash_file
from core.errors import DomainError, InvalidInputError
from core.imports.cause_words import CAUSES
from core.imports.desk import commit_batch, hand_in, preview_batch
from core.imports.findings import Findings
from core.imports.kinds import KINDS
from core.imports.options import LoadOptions
from core.imports.report import AlreadyLoadedError, BatchReport, PreviewOutdatedError, RefusedError
from core.outbox.sending import enqueue
from core.settings import settings

LOADED, LEFT = "wczytane", "do-sprawdzenia"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
LONGEST_NAME = 180  # leaves room for the number of the batch
DEFAULT_PATTERNS = (
    ("budynki*.csv", "buildings"),
    ("lokale*.csv", "premises"),
    ("kontrahenci*.csv", "tenants"),
    ("umowy*.csv", "tenancies"),
    ("oplaty*.csv", "charges"),
    ("liczniki*.csv", "meters"),
    ("odczyty*.csv", "readings"),
    ("kartoteka*.csv", "ledger"),
)
_ORDER = list(KINDS)
log = logging.getLogger(__name__)

Patterns = Sequence[tuple[str, str]]  # of a name, and the kind of file it means; the first that fits
Stamp = tuple[int, int, int]  # inode, size, time of change: a file is still while they stay


class Fate(StrEnum):
    """What became of a file."""

    LOADED = "loaded"
    STOOD = "stood"  # its content is in the database already
    LEFT = "left"  # for the desk
    WAITS = "waits"  # where it is, until the next look: the database or the store is busy
    REFUSED = "refused"  # no file that may be taken: a link, a name that leads elsewhere
    FAILED = "failed"  # a fault of the program; its trace is in the log


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file and what became of it; `batch_id` and `report` where it came so far, `why` in Polish."""

    name: str
    fate: Fate
    kind: str = ""
    batch_id: int | None = None
    report: BatchReport | None = None
    why: str = ""


def checked_patterns(given: Sequence[str]) -> Patterns:
    """Patterns written `kartoteka*.csv=ledger`; without any the usual names. Raises InvalidInputError (field `pattern`)."""
    patterns = []
    for one in given:
        name, _, kind = one.rpartition("=")
        if not name or "/" in name or "\\" in name or name.startswith("."):
            raise InvalidInputError(
                f"„{one}”: oczekiwane NAZWA=RODZAJ, na przykład kartoteka*.csv=ledger.", field="pattern"
            )
        if kind not in KINDS:
            raise InvalidInputError(f"Nieznany rodzaj pliku „{kind}”. Dostępne: {', '.join(KINDS)}.", field="pattern")
        patterns.append((name, kind))
    return patterns or DEFAULT_PATTERNS


@contextmanager
def only_watcher() -> Iterator[None]:
    """One scheduled import at a time on this machine; the lock goes with the process. Raises DomainError where one runs."""
    place = settings().var / "watch.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DomainError("Import z folderu już działa. Poczekaj, aż się skończy.") from None
        yield


class Watcher:
    """Looks into one folder again and again; takes a file once two looks have found it the same."""

    def __init__(self, folder: Path, patterns: Patterns = DEFAULT_PATTERNS) -> None:
        self.folder = folder
        self._patterns = patterns
        self._seen: dict[str, Stamp] = {}
        self._told: dict[str, Stamp] = {}  # what was refused or failed stays until it changes

    def look(self, scope: EmployeeScope) -> Iterator[Outcome]:
        """What became of each file that was still since the last look, as it becomes; registry before ledger.

        Nothing of the database is held between two files. What was refused or failed is not tried again until it changes.
        """
        with reading() as session:
            require_live(session, scope, Permission.IMPORT_FILES)
        found = self._files()
        still = [one for one in found if self._seen.get(one[1]) == one[2] and self._told.get(one[1]) != one[2]]
        self._seen = {name: stamp for _, name, stamp in found}
        for kind, name, stamp in sorted(still, key=lambda one: (_ORDER.index(one[0]) if one[0] else -1, one[1])):
            self._told[name] = stamp
            outcome = self._take(scope, kind, name, stamp)
            if outcome.fate is Fate.WAITS:
                del self._told[name]
            yield outcome

    def _files(self) -> list[tuple[str, str, Stamp]]:
        """Kind, name and stamp of what lies in the folder and fits a pattern."""
        found = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or name.lower().endswith(UNFINISHED):
                    continue
                kind = next((kind for glob, kind in self._patterns if fnmatchcase(name.lower(), glob.lower())), None)
                if kind is None or (entry.is_dir(follow_symlinks=False)):
                    continue
                try:
                    told = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # gone meanwhile
                    continue
                found.append((kind, name, (told.st_ino, told.st_size, told.st_mtime_ns)))
        return found

    def _take(self, scope: EmployeeScope, kind: str, name: str, stamp: Stamp) -> Outcome:
        with TemporaryDirectory(prefix="iok-watch-") as private:
            copy = Path(private) / "file.csv"
            if why := self._refusal(name) or self._copy(name, copy, stamp):
                return Outcome(ascii(name)[1:-1], Fate.REFUSED, kind, why=why)
            try:
                return self._bring_in(scope, kind, name, copy, stamp)
            except DomainError as refusal:
                return Outcome(name, Fate.WAITS, kind, why=refusal.message)
            except OperationalError as error:
                why = BUSY if is_busy(error) else "Baza danych jest niedostępna."
                return Outcome(name, Fate.WAITS, kind, why=why)
            except OSError as error:
                return Outcome(name, Fate.WAITS, kind, why=f"Nie można przenieść pliku ({error.strerror}).")
            except Exception:  # one file that the program fails on must not keep the others out
                log.exception("watch: %s", name)
                return Outcome(name, Fate.FAILED, kind, why="Błąd programu: ślad jest w dzienniku.")

    def _refusal(self, name: str) -> str:
        if not name.isprintable() or len(name) > LONGEST_NAME or "\\" in name:
            return "Nazwa ma niedozwolone znaki albo jest za długa."
        return ""

    def _copy(self, name: str, to: Path, stamp: Stamp) -> str:
        """A copy of our own, of a plain file and of nothing else; why not, where it cannot be.

        Whoever may write into the folder may change the file at any time: what is checked must be what is loaded.
        """
        try:
            handle = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            return f"Nie można otworzyć pliku: to dowiązanie albo brak uprawnień ({error.strerror})."
        with os.fdopen(handle, "rb") as reader:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return "To nie jest zwykły plik."
            with to.open("wb") as writer:
                shutil.copyfileobj(reader, writer, 1 << 20)
            told = os.fstat(handle)
        return "" if (told.st_ino, told.st_size, told.st_mtime_ns) == stamp else "Plik jeszcze się zmienia."

    def _bring_in(self, scope: EmployeeScope, kind: str, name: str, copy: Path, stamp: Stamp) -> Outcome:
        try:
            batch_id = hand_in(scope, kind=kind, path=copy, file_name=name)
            checked = preview_batch(scope, batch_id=batch_id, options=LoadOptions())
            report = checked.report
            if checked.readable and not report.findings.counts:
                # As it was read, with what the desk remembers of its source, and only if it does what it did then.
                seen = replace(checked.options, expect_digest=report.digest)
                report = commit_batch(scope, batch_id=batch_id, options=seen)
                self._move(name, LOADED, batch_id)
                return Outcome(name, Fate.LOADED, kind, batch_id, report)
        except AlreadyLoadedError as again:
            self._move(name, LOADED, again.batch_id)
            return Outcome(name, Fate.STOOD, kind, again.batch_id)
        except PreviewOutdatedError:  # something else landed in this moment: the next look takes it
            return Outcome(name, Fate.WAITS, kind)
        except RefusedError as refusal:  # what was clean in the preview is no longer
            report, batch_id = refusal.report, refusal.report.batch_id
        # The same file at the same time tells once, however often it is stopped before its move.
        _tell(f"watch/{hash_file(copy)}/{stamp[0]}/{stamp[2]}", kind, report)
        self._move(name, LEFT, batch_id)
        return Outcome(name, Fate.LEFT, kind, batch_id, report)

    def _move(self, name: str, to: str, batch_id: int) -> None:
        """Put the file aside under its name with its batch before it, never over another one."""
        place = self.folder / to
        place.mkdir(exist_ok=True)
        if place.is_symlink():
            raise DomainError(f"Folder „{to}” jest dowiązaniem: wskaż zwykły folder.")
        target, nth = place / f"{batch_id}-{name}", 1
        while target.exists() or target.is_symlink():
            nth += 1
            target = place / f"{batch_id}-{nth}-{name}"
        (self.folder / name).rename(target)


def counts(report: BatchReport) -> str:
    """What was counted, in one line without anybody's data."""
    return (
        f"Wiersze {report.rows}, do wczytania {report.accepted}, powtórzone {report.repeated}, "
        f"do poczekalni {report.suspended}, odrzucone {report.rejected}."
    )


def causes(findings: Findings) -> str:
    """Causes of findings with their numbers, the most frequent first."""
    told: dict[str, int] = {}
    for (_, cause), number in findings.counts.items():
        told[CAUSES[cause]] = told.get(CAUSES[cause], 0) + number
    return ", ".join(f"{cause}: {number}" for cause, number in sorted(told.items(), key=lambda one: (-one[1], one[0])))


def _tell(key: str, kind: str, report: BatchReport) -> None:
    """Write to the accounting, where there is an address: counts and causes, nobody's data."""
    recipient = settings().accounting_email
    if recipient is None:
        return
    with transaction() as session:
        enqueue(
            session,
            key=key,
            template="import_left",
            recipient=recipient,
            parameters={
                "kind": KINDS[kind].title,
                "batch": str(report.batch_id),
                "counts": counts(report),
                "causes": f"Przyczyny: {causes(report.findings)}.",
                "what_next": (
                    "Na stronie Import czeka na decyzję; jeśli w ogóle nie da się go odczytać, jest w historii z powodem. "
                    f"Kopia leży w folderze {LEFT}."
                ),
            },
        )
