"""The office's work on plain words: the list, a text of its own, and the way back to the text that ships."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.charges.models import Charge
from core.clock import now
from core.errors import DomainError, InvalidFormError, NotFoundError
from core.ledger.document_types import DOCUMENT_TYPES
from core.plain_words.models import LONGEST_NAME, LONGEST_TEXT, Described, EditedWords
from core.plain_words.reading import Words, key_of, shipped_words
from core.words import one_line, plain, several_lines


class WordsChangedError(DomainError):
    """Somebody else changed the text since it was looked at."""

    def __init__(self) -> None:
        super().__init__("Ktoś zmienił to objaśnienie, zanim zapisano Twoją zmianę. Przeczytaj nowy tekst i popraw go.")


@dataclass(frozen=True, slots=True)
class WordsLine:
    """Something that can be described: the text in force (empty: none) and whether it is the office's own."""

    kind: Described
    name: str  # a code of a document type, or a component as written
    text: str
    shipped: str  # the text that ships; empty: none
    changed_at: datetime | None  # None: nobody wrote another text

    @property
    def edited(self) -> bool:
        """Whether the office wrote this text."""
        return self.changed_at is not None


def words_list(session: Session, scope: EmployeeScope) -> list[WordsLine]:
    """Everything that is described or could be: document types, then the components known here and those charged."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    shipped = shipped_words()
    edited = {(Described(one.kind), one.name_key): one for one in session.scalars(select(EditedWords))}
    names = {key: one.name for key, one in shipped.items()}
    for charged in session.scalars(select(Charge.component).distinct().order_by(Charge.component)):
        names.setdefault((Described.COMPONENT, key_of(charged)), charged)
    for key, row in edited.items():
        names.setdefault(key, row.name)
    lines = [_line(key[0], name, shipped.get(key), edited.get(key)) for key, name in names.items()]
    types = list(DOCUMENT_TYPES)
    documents = [one for one in lines if one.kind is Described.DOCUMENT_TYPE and one.name in types]
    components = [one for one in lines if one.kind is Described.COMPONENT]
    return [
        *sorted(documents, key=lambda one: types.index(one.name)),
        *sorted(components, key=lambda one: plain(one.name)),
    ]


def write_words(
    session: Session, scope: EmployeeScope, *, described: Described, name: str, wording: str, before: str
) -> None:
    """Put a text of the office in force; `before` is the text that was in force when it was written (empty: none).

    Raises InvalidFormError (`name`, `wording`), and WordsChangedError where another text is in force by now.
    """
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    name, wording = _checked(described, name, wording)
    row, in_force = _in_force(session, described, name)
    if in_force != before:
        raise WordsChangedError
    if row is None:
        row = EditedWords(kind=described, name_key=key_of(name), name=name)
    row.text, row.changed_at, row.changed_by = wording, now(), scope.employee_id
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # two wrote the first text at the same moment
        raise WordsChangedError from None
    record_by(
        session, scope, "words_written", object_kind="edited_words", object_id=row.id, details=_told(row, in_force)
    )


def reset_words(session: Session, scope: EmployeeScope, *, described: Described, name: str) -> None:
    """Go back to the text that ships, or to none where none ships. Raises NotFoundError where the office wrote none."""
    require_live(session, scope, Permission.WRITE_ANNOUNCEMENTS)
    row, in_force = _in_force(session, described, name)
    if row is None:
        raise NotFoundError("To objaśnienie nie ma własnego tekstu.")
    session.delete(row)
    session.flush()
    record_by(session, scope, "words_reset", object_kind="edited_words", object_id=row.id, details=_told(row, in_force))


def _in_force(session: Session, described: Described, name: str) -> tuple[EditedWords | None, str]:
    """The office's row, locked where there is one, and the text in force."""
    key = key_of(name)
    row = session.scalars(
        select(EditedWords).where(EditedWords.kind == described, EditedWords.name_key == key).with_for_update()
    ).first()
    shipped = shipped_words().get((described, key))
    return row, row.text if row else shipped.text if shipped else ""


def _checked(described: Described, name: str, wording: str) -> tuple[str, str]:
    errors = []
    clean_name, clean_text = one_line(name, longest=LONGEST_NAME), several_lines(wording, longest=LONGEST_TEXT)
    if described is Described.DOCUMENT_TYPE and clean_name not in DOCUMENT_TYPES:
        errors.append(("name", "Nie ma takiego rodzaju dokumentu."))
    if not clean_name or not key_of(clean_name):
        errors.append(("name", f"Podaj nazwę składnika, najwyżej {LONGEST_NAME} znaków."))
    if not clean_text or not any(sign.isalnum() for sign in clean_text):
        errors.append(("wording", f"Wpisz objaśnienie, najwyżej {LONGEST_TEXT} znaków."))
    if errors:
        raise InvalidFormError(errors)
    return clean_name or "", clean_text or ""


def _told(row: EditedWords, before: str) -> dict[str, str | int | bool | None]:
    """What the audit log keeps: of what, and the text that was in force."""
    return {"name": row.name, "before": before}


def _line(kind: Described, name: str, shipped: Words | None, row: EditedWords | None) -> WordsLine:
    ships = shipped.text if shipped else ""
    return WordsLine(
        kind=kind,
        name=row.name if row else name,
        text=row.text if row else ships,
        shipped=ships,
        changed_at=row.changed_at if row else None,
    )
