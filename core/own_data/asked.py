"""Own data of what was asked and reported, with the answers, and of who looked; never notes among employees, never names."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.audit.views import PURPOSE_WORDS, ROLE_WORDS, DataView, Purpose
from core.faults.categories import category_name
from core.faults.models import FaultMessage, FaultPhoto, FaultReport, FaultStatus, FaultStep, StepKind
from core.faults.own import OFFICE_ONLY
from core.faults.words import STATUS_WORDS, STEP_WORDS
from core.own_data.sections import Enclosed, Row, Section, Whose
from core.questions.models import Author, QuestionMessage, QuestionThread

OFFICE, OWN = "rejon", "Ty"


def _who(proxy: str | None) -> str:
    return f"pełnomocnik: {proxy}" if proxy else OWN


def _own_messages(whose: Whose) -> Select[QuestionThread, QuestionMessage]:
    return (
        select(QuestionThread, QuestionMessage)
        .join(QuestionMessage, QuestionMessage.thread_id == QuestionThread.id)
        .where(QuestionThread.tenant_id == whose.tenant_id, QuestionMessage.internal.is_(False))
        .order_by(QuestionMessage.id)
    )


def _questions(session: Session, whose: Whose) -> Iterator[Row]:
    for thread, one in session.execute(_own_messages(whose)):
        who = _who(one.proxy) if one.author == Author.TENANT else OFFICE
        yield thread.number, thread.title, one.written_at, who, one.body, _attachment(one), thread.closed_at


def _attachments(session: Session, whose: Whose) -> Iterator[Enclosed]:
    for _, one in session.execute(_own_messages(whose).where(QuestionMessage.attachment_sha256.is_not(None))):
        yield Enclosed(_attachment(one) or "", one.attachment_sha256 or "")


def _attachment(one: QuestionMessage) -> str | None:
    suffix = PurePosixPath(one.attachment_name or "").suffix
    return f"pytania/wiadomosc-{one.id}{suffix}" if one.attachment_name else None


def _faults(session: Session, whose: Whose) -> Iterator[Row]:
    own = select(FaultReport).where(FaultReport.tenant_id == whose.tenant_id).order_by(FaultReport.id)
    for one in session.scalars(own):
        answers = "; ".join(f"{question}: {answer}" for question, answer in json.loads(one.answers))
        yield (
            one.number,
            one.created_at,
            category_name(one.category),
            answers,
            one.description,
            one.at_home,
            STATUS_WORDS[FaultStatus(one.status)],
            one.due_on,
            one.closed_at,
            one.rating,
        )


def _fault_messages(session: Session, whose: Whose) -> Iterator[Row]:
    rows = session.execute(
        select(FaultReport.number, FaultMessage)
        .join(FaultMessage, FaultMessage.report_id == FaultReport.id)
        .where(FaultReport.tenant_id == whose.tenant_id, FaultMessage.internal.is_(False))
        .order_by(FaultMessage.id)
    )
    for number, one in rows:
        yield number, one.at, _who(one.proxy) if one.by_tenant else OFFICE, one.body


def _fault_steps(session: Session, whose: Whose) -> Iterator[Row]:
    rows = session.execute(
        select(FaultReport.number, FaultStep)
        .join(FaultStep, FaultStep.report_id == FaultReport.id)
        .where(FaultReport.tenant_id == whose.tenant_id, FaultStep.kind.not_in(OFFICE_ONLY))
        .order_by(FaultStep.id)
    )
    for number, one in rows:
        yield number, one.at, STEP_WORDS[StepKind(one.kind)], one.note


def _fault_photos(session: Session, whose: Whose) -> Iterator[Enclosed]:
    rows = session.execute(
        select(FaultReport.id, FaultPhoto.nth, FaultPhoto.sha256)
        .join(FaultPhoto, FaultPhoto.report_id == FaultReport.id)
        .where(FaultReport.tenant_id == whose.tenant_id)
        .order_by(FaultReport.id, FaultPhoto.nth)
    )
    for report, nth, sha256 in rows:
        yield Enclosed(f"zgloszenia/zgloszenie-{report}-zdjecie-{nth}.jpg", sha256)


def _views(session: Session, whose: Whose) -> Iterator[Row]:
    own = select(DataView).where(DataView.tenant_id == whose.tenant_id).order_by(DataView.day, DataView.id)
    for one in session.scalars(own):
        roles = ", ".join(ROLE_WORDS[Role(role)] for role in one.roles.split())
        yield one.day, roles or "obsługa techniczna", PURPOSE_WORDS[Purpose(one.purpose)]


QUESTIONS = Section(
    "pytania",
    "Pytania i odpowiedzi",
    "Twoje pytania do nas i odpowiedzi, wiadomość po wiadomości; załączniki są w folderze „pytania”.",
    ("numer", "temat", "kiedy", "kto", "tresc", "plik", "zamknieto"),
    _questions,
    _attachments,
)
FAULTS = Section(
    "zgloszenia",
    "Zgłoszenia awarii i usterek",
    "Co zgłoszono i co się z tym stało; zdjęcia są w folderze „zgloszenia”.",
    ("numer", "kiedy", "rodzaj", "odpowiedzi", "opis", "kiedy_w_domu", "stan", "termin", "zakonczono", "ocena"),
    _faults,
    _fault_photos,
)
FAULT_STEPS = Section(
    "zgloszenia_przebieg",
    "Przebieg zgłoszeń",
    "Co kolejno działo się z Twoimi zgłoszeniami.",
    ("numer", "kiedy", "co", "uwagi"),
    _fault_steps,
)
FAULT_MESSAGES = Section(
    "zgloszenia_wiadomosci",
    "Wiadomości do zgłoszeń",
    "Rozmowa z rejonem o Twoich zgłoszeniach.",
    ("numer", "kiedy", "kto", "tresc"),
    _fault_messages,
)
VIEWS = Section(
    "wglady",
    "Kto oglądał Twoje dane",
    "Dzień, rola pracownika i co otworzył.",
    ("dzien", "kto", "co"),
    _views,
)
