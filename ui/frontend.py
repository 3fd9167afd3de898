"""Streamlit's front-end as we serve it: in Polish, compressed, under a path that changes with its content.

Streamlit has no translations and does not compress its own files. Its bundles are patched in memory at the start:
exact literals, listed in `ui/polish.py`. A literal that is not found leaves the rest of its file alone, is
logged, and fails the tests.
"""

import gzip
import hashlib
import logging
import mimetypes
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from core.settings import settings
from ui.polish import PATCHES
from ui.service import Service
from ui.shell import ICONS, OWN_ASSETS, STREAMLIT_ICONS, STREAMLIT_STATIC, shell

COMPRESSIBLE = {".js", ".css", ".json", ".svg", ".html"}
BROTLI_QUALITY = 9  # a twelfth of the time of 11 for a twentieth more bytes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it goes out: its bytes and the encoding they are in, if any."""

    body: bytes
    content_type: str
    encoding: str | None


@dataclass
class Frontend:
    """Every file of the front-end of one service. `missing` are the literals that were not there to be replaced."""

    service: Service
    prefix: str = ""
    missing: list[tuple[str, str]] = field(default_factory=list)
    _patched: dict[str, bytes] = field(default_factory=dict)
    _packed: dict[tuple[str, str | None], Asset] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._patched, self.missing = patch_bundles()
        for path, literal in self.missing:
            log.warning("front-end: %s has no %r, left in English", path, literal)
        for whole in (STREAMLIT_STATIC / "static" / "media").glob(STREAMLIT_ICONS):
            self._patched[f"media/{whole.name}"] = ICONS.read_bytes()
        for own in sorted(OWN_ASSETS.iterdir()):
            self._patched[own.name] = own.read_bytes()
        digest = hashlib.sha256(streamlit_version().encode())
        for name in sorted(self._patched):
            digest.update(name.encode() + b"\0" + self._patched[name])
        self.prefix = f"/zasoby/{digest.hexdigest()[:16]}"
        self._patched["index.html"] = shell(self.service, self.prefix)

    def find(self, path: str, accepted: str) -> Asset | None:
        """The file at a path below the prefix in the best encoding the browser accepts; None when there is none."""
        name = path.removeprefix(self.prefix + "/")
        if Path(name).suffix not in COMPRESSIBLE:
            return self._pack(name, None)
        encoding = next((e for e in ("br", "gzip") if e in accepted), None)
        return self._pack(name, encoding)

    def shell(self, accepted: str) -> Asset:
        """The page every screen starts from."""
        found = self.find("index.html", accepted)
        if found is None:
            raise LookupError("index.html")
        return found

    def warm(self) -> None:
        """Compress what a first visit loads, in the background, so that no visitor waits for it."""
        threading.Thread(target=self._warm, name="compress", daemon=True).start()

    def _warm(self) -> None:
        page = self._patched["index.html"].decode()
        for name in _referenced(page, self.prefix):
            self.find(name, "br, gzip")

    def _pack(self, name: str, encoding: str | None) -> Asset | None:
        if (name, encoding) in self._packed:
            return self._packed[name, encoding]
        raw = self._raw(name)
        if raw is None:
            return None
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if content_type.startswith("text/") or content_type.endswith(("javascript", "json")):
            content_type += "; charset=utf-8"
        body = raw if encoding is None else _compressed(raw, encoding)
        packed = Asset(body=body, content_type=content_type, encoding=encoding)
        self._packed[name, encoding] = packed
        return packed

    def _raw(self, name: str) -> bytes | None:
        if name in self._patched:
            return self._patched[name]
        folder = (STREAMLIT_STATIC / "static").resolve()  # the environment may stand behind a link
        file = (folder / name).resolve()
        return file.read_bytes() if file.is_relative_to(folder) and file.is_file() else None


def streamlit_version() -> str:
    """The version of Streamlit whose files are served."""
    from importlib.metadata import version

    return version("streamlit")


def patch_bundles() -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Streamlit's bundles with Polish literals, by path below `static/`, and what could not be found in them."""
    patched: dict[str, bytes] = {}
    missing: list[tuple[str, str]] = []
    for pattern, replacements in PATCHES.items():
        files = list((STREAMLIT_STATIC / "static" / "js").glob(pattern))
        if len(files) != 1:
            missing.append((pattern, "the file itself"))
            continue
        text = files[0].read_text(encoding="utf-8")
        for english, polish in replacements:
            if english not in text:
                missing.append((pattern, english))
            text = text.replace(english, polish)
        patched[f"js/{files[0].name}"] = text.encode()
    return patched, missing


def _referenced(page: str, prefix: str) -> Iterable[str]:
    for part in page.split('"'):
        if part.startswith(prefix + "/"):
            yield part


def _compressed(raw: bytes, encoding: str) -> bytes:
    """The compressed bytes, kept under `var/` for the next start."""
    kept = settings().var / "assets" / f"{hashlib.sha256(raw).hexdigest()}.{encoding}"
    if kept.is_file():
        return kept.read_bytes()
    body: bytes = brotli.compress(raw, quality=BROTLI_QUALITY) if encoding == "br" else gzip.compress(raw, 9, mtime=0)
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: another process never reads half a file.
    beside = kept.with_name(f"{kept.name}.{threading.get_ident()}")
    beside.write_bytes(body)
    beside.replace(kept)
    return body
