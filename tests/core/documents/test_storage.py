"""Files are kept once, by what is in them."""

from pathlib import Path

import pytest

from core.documents.storage import drop_file, hash_file, keep_bytes, keep_file, kept_file
from core.errors import NotFoundError
from core.settings import settings


@pytest.mark.usefixtures("database")
def test_same_content_is_kept_once_whichever_way_it_comes(tmp_path: Path) -> None:
    sha256 = keep_bytes(b"umowa")
    source = tmp_path / "umowa.txt"
    source.write_bytes(b"umowa")
    assert hash_file(source) == sha256
    assert keep_file(source, sha256) == kept_file(sha256)
    assert keep_bytes(b"umowa") == sha256
    assert kept_file(sha256).read_bytes() == b"umowa"
    assert sum(1 for file in settings().files.rglob("*") if file.is_file()) == 1
    assert drop_file(sha256)
    assert not drop_file(sha256)
    with pytest.raises(NotFoundError):
        kept_file(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "a" * 62 + "/a"])
def test_only_a_hash_is_a_name(database: str, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        kept_file(name)
