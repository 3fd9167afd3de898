"""Announcements of the demo city: one urgent, one for everybody, one over, one still a draft."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.sign_in import operator_scope
from core.announcements.models import Announcement, AnnouncementKind
from core.announcements.publishing import announce_due, ask_publishing, publish
from core.announcements.writing import AnnouncementPlan, AnnouncementText, write_draft
from core.clock import now, today
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import ServiceDistrict


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    body: str
    kind: AnnouncementKind = AnnouncementKind.PLAIN
    district: str | None = None  # its code; None: the whole city
    age: int = 0  # days since it appeared
    lasts: int = 14  # days from today; below 0: it is over
    draft: bool = False


TOLD = (
    _Told(
        "Przegląd przewodów kominowych w grudniu",
        "W grudniu kominiarze sprawdzą przewody w budynkach komunalnych.\n\n"
        "Prosimy:\n- odsłonić kratki wentylacyjne,\n- wpuścić kominiarza, który pokaże **legitymację**.\n\n"
        "Przegląd jest bezpłatny. Nikt nie pobiera za niego opłat na miejscu.",
        age=3,
    ),
    _Told(
        "Przerwa w dostawie wody jutro od 8 do 16",
        "Z powodu awarii sieci **jutro od 8:00 do 16:00** nie będzie zimnej wody.\n\n"
        "Beczkowóz stanie przy wejściu do rejonu. Wodę do picia przygotuj na zapas.",
        kind=AnnouncementKind.EMERGENCY,
        district="RON Bałuty",
        lasts=2,
    ),
    _Told(
        "Godziny przyjęć w okresie świątecznym",
        "Rejony Obsługi Najemców były otwarte do 13:00.",
        age=330,
        lasts=-320,
    ),
    _Told("Nowe stawki za wywóz odpadów", "Tekst do uzupełnienia po uchwale Rady Miejskiej.", draft=True),
)


def make_announcements(session: Session) -> None:
    """Write and publish them, as if it had been done when they say."""
    districts = dict(session.execute(select(ServiceDistrict.code, ServiceDistrict.id)).all())
    for one in TOLD:
        audience = Audience(AudienceKind.ALL)
        if one.district is not None:
            if one.district not in districts:  # a small city has not all of them
                continue
            audience = Audience(AudienceKind.DISTRICT, (districts[one.district],))
        _make(session, one, audience)
    announce_due(session)


def _make(session: Session, one: _Told, audience: Audience) -> None:
    scope = operator_scope()
    plan = AnnouncementPlan(one.kind, audience, None, today() + timedelta(days=max(one.lasts, 0)))
    made = write_draft(session, scope, text=AnnouncementText(one.title, one.body), plan=plan)
    if one.draft:
        return
    question = ask_publishing(session, scope, announcement_id=made)
    publish(session, scope, announcement_id=made, recipients=question.recipients, token=question.token)
    then = now() - timedelta(days=one.age)
    values = {"published_at": then, "visible_from": then, "expires_on": today() + timedelta(days=one.lasts)}
    session.execute(update(Announcement).where(Announcement.id == made).values(values))
