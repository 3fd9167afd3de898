"""A parcel of letters is handed in: archives opened, PDFs looked into and kept, each matched to a tenant, all of it filed.

Nothing is sent here: what comes of it is a batch to look at and to send (`core.correspondence.sending`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from core.access.scopes import EmployeeScope, Permission, require_live
from core.correspondence.filing import Paper, Refusal, file_batch, keep_paper
from core.correspondence.kinds import LetterKind
from core.correspondence.matching import Doubt, NumberBook, number_book
from core.db import reading, transaction
from core.documents.attachments import harmless_name
from core.documents.parcels import HandedIn, Item, items, names, suffix_of
from core.errors import InvalidFormError, InvalidInputError
from core.imports.letter_manifest import Listed, file_key, read_manifest
from core.words import one_line

LONGEST_TITLE = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LetterDefaults:
    """What holds of every letter of which the list says nothing else."""

    kind: LetterKind
    title: str
    dated: date


def hand_in_letters(
    scope: EmployeeScope, *, files: Sequence[HandedIn], defaults: LetterDefaults, progress: Progress | None = None
) -> int:
    """File the letters of PDFs and ZIPs, with at most one list (CSV) among them; returns the batch, to be looked at.

    `progress` is told how many PDFs of how many are done. Opens transactions of its own: the long work holds none.
    Raises InvalidInputError (`files`) for what cannot be opened or holds no letter, InvalidFormError for a wrong list or wrong
    defaults (`title`).
    """
    with reading() as session:
        require_live(session, scope, Permission.SEND_LETTERS)
        defaults = _checked(defaults)
        book = number_book(session, scope)
    all_names = names(files)
    number = sum(suffix_of(name) == ".pdf" for name in all_names)
    if not number:
        raise InvalidInputError(
            "Nie ma tu żadnego pliku PDF. Dodaj pisma jako PDF albo ZIP z plikami PDF.", field="files"
        )
    listed = _manifest(files)
    refusals = [
        Refusal(PurePosixPath(name).name[:150], "To nie jest plik PDF. Zapisz dokument jako PDF.")
        for name in all_names
        if suffix_of(name) not in (".pdf", ".csv")
    ]
    papers: list[Paper] = []
    seen: set[str] = set()
    for at, item in enumerate(items(files, suffix=".pdf")):
        if progress is not None and at % 20 == 0:
            progress(at, number)
        line = next((listed[key] for key in map(file_key, item.spellings) if key in listed), None) if listed else None
        if line is not None:
            seen.add(file_key(line.file_name))
        kept = _paper(item, line, defaults, book, has_list=listed is not None)
        papers.append(kept) if isinstance(kept, Paper) else refusals.append(kept)
    refusals += [
        Refusal(one.file_name, f"Wykaz wymienia ten plik (wiersz {one.line}), ale nie ma go wśród pism.")
        for key, one in (listed or {}).items()
        if key not in seen
    ]
    with transaction() as session:
        return file_batch(session, scope, name=_name(files), papers=papers, refusals=refusals)


def _checked(defaults: LetterDefaults) -> LetterDefaults:
    title = one_line(defaults.title, longest=LONGEST_TITLE)
    if title is None:
        raise InvalidFormError([("title", f"Skróć tytuł do {LONGEST_TITLE} znaków.")])
    if not title:
        raise InvalidFormError([("title", "Wpisz tytuł pism, na przykład „Zmiana opłat od stycznia 2027”.")])
    return LetterDefaults(defaults.kind, title, defaults.dated)


def _manifest(files: Sequence[HandedIn]) -> Mapping[str, Listed] | None:
    lists = list(items(files, suffix=".csv"))
    if len(lists) > 1:
        raise InvalidInputError("Są tu dwa wykazy (CSV). Zostaw jeden.", field="files")
    if not lists:
        return None
    if lists[0].refusal:
        raise InvalidInputError(f"Wykaz: {lists[0].refusal}", field="files")
    return read_manifest(lists[0].content)


def _paper(
    item: Item, line: Listed | None, defaults: LetterDefaults, book: NumberBook, *, has_list: bool
) -> Paper | Refusal:
    if item.refusal:
        return Refusal(item.name[:150], item.refusal)
    try:
        sha256, pages = keep_paper(item.content)
    except InvalidInputError as refusal:
        return Refusal(item.name[:150], refusal.message)
    if line is not None:
        match = book.by_numbers(line.tenant_no, line.tenancy_no)
    else:
        match = Doubt.NOT_LISTED if has_list else book.by_file_name(PurePosixPath(item.name).stem)
    return Paper(
        file_name=item.name[:150],
        sha256=sha256,
        size=len(item.content),
        pages=pages,
        match=match,
        kind=(line.kind if line else None) or defaults.kind,
        letter_no=line.letter_no if line else "",
        dated=(line.dated if line else None) or defaults.dated,
        title=(line.title if line else "") or defaults.title,
    )


def _name(files: Sequence[HandedIn]) -> str:
    first, more = "".join(harmless_name(files[0].name)), len(files) - 1
    return f"{first[:140]} i inne pliki ({more})" if more else first[:140]
