"""Own data of what was told: announcements, letters and notices."""

import json
from collections.abc import Iterator

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.announcements.models import Announcement, AnnouncementRecipient, AnnouncementVersion
from core.announcements.reach import CURRENT_TEXT
from core.clock import now
from core.correspondence.kinds import NAMES, LetterKind
from core.correspondence.models import Letter
from core.notice_mail import DIGEST_WORDS
from core.notices.models import Notice, NoticeKind
from core.own_data.sections import Enclosed, Row, Section, Whose

NUMBERS = ("announcement_id", "version", "letters")  # of use to a program only


def _announcements(session: Session, whose: Whose) -> Iterator[Row]:
    """The text as it was opened; of one not opened the title only, as in the list on screen."""
    rows = session.execute(
        select(Announcement, AnnouncementRecipient, AnnouncementVersion.title)
        .join(AnnouncementRecipient, AnnouncementRecipient.announcement_id == Announcement.id)
        .join(AnnouncementVersion, CURRENT_TEXT)
        .where(
            AnnouncementRecipient.tenant_id == whose.tenant_id,
            Announcement.visible_from <= now(),
            or_(Announcement.withdrawn_at.is_(None), AnnouncementRecipient.opened_at.is_not(None)),
        )
        .order_by(Announcement.visible_from, Announcement.id)
    ).all()
    for one, mine, title in rows:
        text = session.scalar(
            select(AnnouncementVersion.body).where(
                AnnouncementVersion.announcement_id == one.id, AnnouncementVersion.nth == mine.opened_version
            )
        )
        yield one.visible_from, title, mine.opened_at, text, one.expires_on, one.withdrawn_at


def _own_letters(whose: Whose) -> Select[Letter]:
    return (
        select(Letter)
        .where(Letter.tenant_id == whose.tenant_id, Letter.visible_at.is_not(None), Letter.recalled_at.is_(None))
        .order_by(Letter.visible_at, Letter.id)
    )


def _letters(session: Session, whose: Whose) -> Iterator[Row]:
    """Of one not opened only that it is there: read here, it would be read past the record of its opening."""
    for one in session.scalars(_own_letters(whose)):
        kind = NAMES[LetterKind(one.kind)]
        if one.opened_at is None:
            yield one.dated, kind, one.visible_at, None, None, None, None, None
        else:
            yield (
                one.dated,
                kind,
                one.visible_at,
                one.opened_at,
                one.letter_no or None,
                one.title,
                _letter_name(one),
                one.sha256,
            )


def _opened_letters(session: Session, whose: Whose) -> Iterator[Enclosed]:
    for one in session.scalars(_own_letters(whose).where(Letter.opened_at.is_not(None))):
        yield Enclosed(_letter_name(one), one.sha256 or "")


def _letter_name(letter: Letter) -> str:
    return f"pisma/{letter.dated}-pismo-{letter.id}.pdf"


def _notices(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(select(Notice).where(Notice.tenant_id == whose.tenant_id).order_by(Notice.id)):
        facts = "; ".join(fact for name, fact in json.loads(one.facts).items() if fact and name not in NUMBERS)
        yield one.created_at, DIGEST_WORDS[NoticeKind(one.kind)], facts, one.shown_until, one.dismissed_at


ANNOUNCEMENTS = Section(
    "ogloszenia",
    "Ogłoszenia",
    "Ogłoszenia do Ciebie i kiedy zostały otwarte; treść tych otwartych.",
    ("widoczne_od", "tytul", "otwarto", "tresc", "aktualne_do", "wycofano"),
    _announcements,
)
LETTERS = Section(
    "pisma",
    "Pisma",
    "Pisma otwarte w portalu są w folderze „pisma”. Pism, których jeszcze nie otwarto, tu nie ma: podajemy tylko ich "
    "datę i rodzaj. Przeczytasz je w portalu, na stronie Korespondencja, bo pierwsze otwarcie pisma jest zapisywane.",
    ("data", "rodzaj", "w_portalu_od", "otwarto", "numer", "tytul", "plik", "skrot_pliku_sha256"),
    _letters,
    _opened_letters,
)
NOTICES = Section(
    "powiadomienia",
    "Powiadomienia",
    "O czym była mowa na stronie głównej.",
    ("kiedy", "rodzaj", "tresc", "wazne_do", "odlozono"),
    _notices,
)
