"""What a question is about: the tenant's own letter, ledger line or reading, named in an address and in a title."""

import re
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.correspondence.models import Letter
from core.correspondence.own import own_letter
from core.errors import InvalidInputError, NotFoundError
from core.ledger.document_types import DOCUMENT_TYPES
from core.ledger.models import LedgerEntry
from core.meters.models import Meter, MeterPoint, MeterReading
from core.meters.reach import NO_SUCH_READING
from core.money import in_units, in_zloty, to_grosze
from core.questions.models import QuestionThread, SubjectKind
from core.registry.models import Tenancy

LONGEST_TITLE = 200  # of the column
NO_SUCH_ENTRY = "Nie ma takiej operacji w Twojej kartotece."
NO_SUCH_SUBJECT = "Nie wiemy, o co chcesz zapytać. Zadaj pytanie na stronie Korespondencja, w widoku „Pytania”."
_WORDS = {"pismo": SubjectKind.LETTER, "operacja": SubjectKind.ENTRY, "odczyt": SubjectKind.READING}
_WRITTEN = re.compile(r"(pismo|operacja|odczyt)-([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about; without a number in general."""

    kind: SubjectKind = SubjectKind.GENERAL
    object_id: int | None = None


@dataclass(frozen=True, slots=True)
class OwnSubject:
    """A subject that was found to be the tenant's. In general there is neither a title nor a tenancy."""

    title: str
    tenancy_id: int | None


def subject_word(subject: Subject) -> str:
    """The subject as addresses write it: `pismo-12`, `operacja-12`, `odczyt-12`; empty in general."""
    word = next((word for word, kind in _WORDS.items() if kind is subject.kind), "")
    return f"{word}-{subject.object_id}" if word else ""


def subject_named(written: str) -> Subject:
    """The subject that an address names; whose it is is asked when it is looked for. Raises NotFoundError."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise NotFoundError(NO_SUCH_SUBJECT)
    return Subject(_WORDS[found[1]], int(found[2]))


def subject_of_thread(thread: QuestionThread) -> Subject:
    """What a thread is about; without a number in general, or where what it was about has been taken back."""
    return Subject(SubjectKind(thread.subject_kind), thread.letter_id or thread.entry_id or thread.reading_id)


def own_subject(session: Session, scope: TenantScope, *, subject: Subject) -> OwnSubject:
    """What the tenant is about to ask of. Raises NotFoundError for what is not theirs, InvalidInputError for a letter
    that is not opened yet.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    if subject.kind is SubjectKind.GENERAL:
        return OwnSubject("", None)
    finders = {SubjectKind.LETTER: _letter, SubjectKind.ENTRY: _entry, SubjectKind.READING: _reading}
    title, tenancy_id = finders[subject.kind](session, scope, subject.object_id or 0)
    return OwnSubject(title[:LONGEST_TITLE], tenancy_id)


def _letter(session: Session, scope: TenantScope, letter_id: int) -> tuple[str, int | None]:
    letter = own_letter(session, scope, letter_id=letter_id)
    if letter.opened_at is None:  # one that is recalled unopened must leave nothing behind
        raise InvalidInputError("Najpierw otwórz to pismo na stronie Korespondencja, a potem o nie zapytaj.")
    tenancy_id = session.scalar(select(Letter.tenancy_id).where(Letter.id == letter_id))
    return f"{letter.title}, pismo z {letter.dated:%d.%m.%Y}", tenancy_id


def _entry(session: Session, scope: TenantScope, entry_id: int) -> tuple[str, int | None]:
    entry = session.scalar(
        select(LedgerEntry)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(LedgerEntry.id == entry_id, scope.owns(Tenancy.tenant_id, Tenancy.id))
    )
    if entry is None:
        raise NotFoundError(NO_SUCH_ENTRY)
    kind = DOCUMENT_TYPES.get(entry.document_type, entry.document_type)
    amount = in_zloty(to_grosze(entry.debit - entry.credit))
    what = entry.component or entry.description
    return f"{kind} z {entry.booked_on:%d.%m.%Y}, {amount}{f': {what}' if what else ''}", entry.tenancy_id


def _reading(session: Session, scope: TenantScope, reading_id: int) -> tuple[str, int | None]:
    """A reading from the tenant's premises and time, whoever read it; unlike a change it needs no hold on the device."""
    row = session.execute(
        select(MeterReading.read_on, MeterReading.value, Meter.meter_no, Tenancy.id)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Tenancy, Tenancy.premises_id == MeterPoint.premises_id)
        .where(
            MeterReading.id == reading_id,
            scope.owns(Tenancy.tenant_id, Tenancy.id),
            Tenancy.valid_from <= MeterReading.read_on,
            or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= MeterReading.read_on),
        )
        .order_by(Tenancy.valid_from.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFoundError(NO_SUCH_READING)
    read_on, value, meter_no, tenancy_id = row
    return f"Odczyt z {read_on:%d.%m.%Y}: {in_units(value, 'm³')}, licznik {meter_no}", tenancy_id
