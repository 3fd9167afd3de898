"""What is handed in by the hundred: files one by one or in ZIP archives, opened with limits and never unpacked to a disk.

A ZIP that claims little and holds much (a bomb), one inside another, one with a password: each is refused in words.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from core.documents.attachments import harmless_name
from core.errors import InvalidInputError

MOST_FILES = 20_000
LARGEST_FILE = 10 * 1024 * 1024  # bytes of one file when unpacked
LARGEST_PARCEL = 2 * 1024 * 1024 * 1024  # bytes of all of them
# PDFs hardly shrink: an archive that unpacks to more than this many times its size holds something else.
MOST_GROWTH = 20
GROWTH_FREE = 100 * 1024 * 1024  # bytes that any archive may unpack to
_LEFT_BY_SYSTEMS = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Item:
    """One file: its bare name, how it may be called in a list, and its content; `refusal`: why it was not read."""

    name: str
    spellings: tuple[str, ...]
    content: bytes = field(repr=False)
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file as the browser or the console gives it."""

    name: str
    stream: BinaryIO
    size: int


def items(files: Iterable[HandedIn], *, suffix: str) -> Iterator[Item]:
    """The files of that suffix, archives opened, in the order given; others are items with a refusal.

    `suffix` is lower-case with its dot. Raises InvalidInputError (field `files`) for an archive that cannot be read, or for
    more than the limits of this module; what came before it has been given out already.
    """
    number = 0
    for one in files:
        for item in _in_archive(one, suffix) if suffix_of(one.name) == ".zip" else _alone(one, suffix):
            number += 1
            if number > MOST_FILES:
                raise _refused(f"Naraz można wczytać najwyżej {MOST_FILES} plików. Podziel je na części.")
            yield item


def names(files: Iterable[HandedIn]) -> list[str]:
    """The names of all files, those in archives too. Raises InvalidInputError as `items`."""
    found: list[str] = []
    for one in files:
        if suffix_of(one.name) != ".zip":
            found.append(one.name)
            continue
        with _archive(one) as archive:
            found += [info.filename for info in _entries(archive)]
    return found


def _alone(one: HandedIn, suffix: str) -> Iterator[Item]:
    if suffix_of(one.name) != suffix:
        return
    one.stream.seek(0)
    content = one.stream.read(LARGEST_FILE + 1)
    yield _item(one.name, (one.name,), content)


def _in_archive(one: HandedIn, suffix: str) -> Iterator[Item]:
    limit = min(LARGEST_PARCEL, GROWTH_FREE + MOST_GROWTH * one.size)
    with _archive(one) as archive:
        for info in _entries(archive):
            if suffix_of(info.filename) == ".zip":
                raise _refused(f"W archiwum „{one.name}” jest drugie archiwum. Zapakuj same pliki.")
            if suffix_of(info.filename) != suffix:
                continue
            content = _content(archive, info)
            limit -= len(content)
            if limit < 0:
                raise _refused(
                    f"Archiwum „{one.name}” po rozpakowaniu jest za duże. Podziel je na mniejsze albo sprawdź, co w nim jest."
                )
            yield _item(info.filename, _spellings(info), content)


@contextmanager
def _archive(one: HandedIn) -> Iterator[zipfile.ZipFile]:
    one.stream.seek(0)
    try:
        with zipfile.ZipFile(one.stream) as archive:
            if len(archive.infolist()) > MOST_FILES:
                raise _refused(f"Naraz można wczytać najwyżej {MOST_FILES} plików. Podziel je na części.")
            yield archive
    # NotImplementedError is how `zipfile` refuses a way of packing that it does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise _refused(f"Archiwum „{one.name}” jest uszkodzone. Spakuj pliki jeszcze raz.") from None


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.casefold().startswith(_LEFT_BY_SYSTEMS[0])
    ]
    return [info for info in found if info.filename.rpartition("/")[2].casefold() not in _LEFT_BY_SYSTEMS]


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & 0x1:
        raise _refused("Archiwum ma hasło. Spakuj pliki bez hasła.")
    # What the archive says of a file's size is not believed: reading stops one byte after what is allowed.
    with archive.open(info) as stream:
        return stream.read(LARGEST_FILE + 1)


def _spellings(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """The name as it stands, and as Polish Windows wrote it where the archive does not say how its names are written."""
    if info.flag_bits & 0x800:
        return (info.filename,)
    try:
        return info.filename, info.filename.encode("cp437").decode("cp852")
    except UnicodeError:
        return (info.filename,)


def _item(name: str, spellings: tuple[str, ...], content: bytes) -> Item:
    bare = tuple(dict.fromkeys("".join(harmless_name(one)) for one in spellings))
    if len(content) > LARGEST_FILE:
        return Item(bare[-1], bare, b"", f"Plik może mieć najwyżej {LARGEST_FILE // 1024 // 1024} MB.")
    return Item(bare[-1], bare, content)


def suffix_of(name: str) -> str:
    """The lower-case suffix of a file's name, with its dot."""
    return harmless_name(name)[1]


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="files")
