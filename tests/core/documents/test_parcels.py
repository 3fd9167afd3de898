"""Files by the hundred, in ZIPs that are not to be trusted."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from core.documents import parcels
from core.documents.parcels import HandedIn, items, names
from core.errors import InvalidInputError
from tests.core.correspondence.cast import handed, zipped


def read(*files: HandedIn) -> list[tuple[str, bytes, str | None]]:
    return [(one.name, one.content, one.refusal) for one in items(files, suffix=".pdf")]


def test_files_and_archives_are_one_parcel() -> None:
    parcel = zipped(
        {"a/1.pdf": b"one", "b/2.PDF": b"two", "opis.docx": b"x", "__MACOSX/a/._1.pdf": b"?", "lista.csv": b"l"}
    )
    alone = handed("C:\\pisma\\3.pdf", b"three")
    assert read(parcel, alone) == [("1.pdf", b"one", None), ("2.pdf", b"two", None), ("3.pdf", b"three", None)]
    assert names([parcel, alone]) == ["a/1.pdf", "b/2.PDF", "opis.docx", "lista.csv", "C:\\pisma\\3.pdf"]


def test_name_that_leads_out_of_the_folder_is_a_bare_name() -> None:
    assert [one[0] for one in read(zipped({"../../etc/x.pdf": b"1"}), handed("../../x.pdf", b"2"))] == [
        "x.pdf",
        "x.pdf",
    ]


def test_polish_name_from_an_old_windows_is_found_in_both_spellings() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("zolc.pdf", b"1")
    old = packed.getvalue().replace(b"zolc.pdf", "żółć.pdf".encode("cp852"))
    (found,) = items([handed("a.zip", old)], suffix=".pdf")
    assert "żółć.pdf" in found.spellings


def test_too_large_a_file_is_refused_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "LARGEST_FILE", 1000)
    (large, small) = read(zipped({"1.pdf": b"0" * 1001, "2.pdf": b"0" * 1000}))
    assert large[2] is not None
    assert large[1] == b""
    assert small[2] is None


def bomb() -> HandedIn:
    return zipped({f"{at}.pdf": b"0" * (9 << 20) for at in range(30)})


def lying() -> HandedIn:
    """An archive that claims each file to be a byte long."""
    packed = bytearray(zipped({f"{at}.pdf": b"0" * (9 << 20) for at in range(30)}).stream.read())
    at = 0
    while (at := packed.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", packed, at + 24, 1)
        at += 4
    return handed("a.zip", bytes(packed))


def with_password() -> HandedIn:
    packed = bytearray(zipped({"1.pdf": b"1"}).stream.read())
    packed[packed.find(b"PK\x01\x02") + 8] |= 1
    packed[6] |= 1
    return handed("a.zip", bytes(packed))


def nested() -> HandedIn:
    return zipped({"in.zip": zipped({"1.pdf": b"1"}).stream.read()})


def cut() -> HandedIn:
    return handed("a.zip", zipped({"1.pdf": b"1" * 1000}).stream.read()[:-40])


def no_archive() -> HandedIn:
    return handed("a.zip", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("make", "word"),
    [(bomb, "za duże"), (with_password, "hasło"), (nested, "drugie archiwum"), (cut, "uszkodzone"), (no_archive, "uszkodzone"),
     (lying, "uszkodzone")],
)  # fmt: skip
def test_bad_archive_is_refused_in_words(make: Callable[[], HandedIn], word: str) -> None:
    with pytest.raises(InvalidInputError, match=word) as refused:
        read(make())
    assert refused.value.field == "files"


def test_bomb_is_stopped_before_it_is_unpacked() -> None:
    read_so_far = 0

    def take() -> None:
        nonlocal read_so_far
        for one in items([bomb()], suffix=".pdf"):
            read_so_far += len(one.content)

    with pytest.raises(InvalidInputError):
        take()
    assert read_so_far <= parcels.GROWTH_FREE + parcels.LARGEST_FILE + (20 << 20)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MOST_FILES", 3)
    with pytest.raises(InvalidInputError, match="najwyżej 3"):
        read(zipped({f"{at}.pdf": b"" for at in range(4)}))
    with pytest.raises(InvalidInputError, match="najwyżej 3"):
        read(*(handed(f"{at}.pdf", b"") for at in range(4)))
