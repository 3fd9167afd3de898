"""The plain words in force: the office's own where it wrote some, else those that ship."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ledger.document_types import DOCUMENT_TYPES
from core.plain_words.models import Described, EditedWords
from core.settings import ROOT
from core.words import plain

SHIPPED = ROOT / "data" / "plain_words.toml"
LONGEST_KEY = 160
_EDITED = select(EditedWords.kind, EditedWords.name_key, EditedWords.name, EditedWords.text).order_by(EditedWords.id)


@dataclass(frozen=True, slots=True)
class Words:
    """One description with the name it is for: a component as written, or the code of a document type."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PlainWords:
    """All descriptions in force, by kind and `key_of` the name."""

    known: Mapping[tuple[Described, str], Words]

    def of_document(self, code: str) -> str | None:
        """What a document type is; None where nobody described it."""
        return self._of(Described.DOCUMENT_TYPE, code)

    def of_component(self, name: str) -> str | None:
        """What a component of the charge is, however its name is spaced or dashed; None where nobody described it."""
        return self._of(Described.COMPONENT, name)

    def all_of(self, kind: Described) -> list[Words]:
        """All descriptions of a kind: document types in their own order, components by name."""
        words = [one for (of, _), one in self.known.items() if of is kind]
        if kind is Described.DOCUMENT_TYPE:
            return sorted(words, key=lambda one: list(DOCUMENT_TYPES).index(one.name))
        return sorted(words, key=lambda one: plain(one.name))

    def _of(self, kind: Described, name: str) -> str | None:
        found = self.known.get((kind, key_of(name)))
        return found.text if found else None


def plain_words(session: Session) -> PlainWords:
    """The descriptions in force. They are no secret: whoever sees a charge may know what it is."""
    edited = {
        (Described(row.kind), row.name_key): Words(row.name, row.text)
        for row in session.execute(_EDITED)
        # A document type that a later version has dropped is passed over.
        if row.kind == Described.COMPONENT or row.name in DOCUMENT_TYPES
    }
    return PlainWords({**shipped_words(), **edited})


@cache
def shipped_words() -> Mapping[tuple[Described, str], Words]:
    """The descriptions that ship, read once."""
    by_kind = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            (kind, key_of(name)): Words(name, text.strip())
            for kind in Described
            for name, text in by_kind[kind.value].items()
        }
    )


def key_of(name: str) -> str:
    """What names of one thing have in common, whatever dash, case, blanks or order of words their source uses."""
    words = "".join(sign if sign.isalnum() else " " for sign in plain(name)).split()
    return " ".join(sorted(words))[:LONGEST_KEY]
