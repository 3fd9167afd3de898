"""Letters of the demo city: confirmations that were sent, reminders that wait to be sent, one letter of nobody known."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount
from core.accounts.sign_in import operator_scope
from core.clock import now, today
from core.correspondence.filing import Paper, file_batch, keep_paper
from core.correspondence.kinds import LetterKind
from core.correspondence.making import make_letters
from core.correspondence.matching import Doubt
from core.correspondence.merging import start_letters
from core.correspondence.models import Letter, LetterBatch
from core.correspondence.sending import ask_sending, send_batch
from core.correspondence.templates import LetterText, MergedLetter, set_letter, shipped_text
from core.db import transaction
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Tenancy

AGE = timedelta(days=12)  # of what was sent


def make_correspondence() -> None:
    """Write, make and send them; opens its own transactions, as the program that makes letters does."""
    with transaction() as session:
        sent = _ordered(session, LetterKind.BALANCE_CONFIRMATION, "Potwierdzenie salda")
        _ordered(session, LetterKind.REMINDER, "Przypomnienie o zaległości")
    make_letters(processes=0)
    with transaction() as session:
        _send(session, sent)
        _send(session, _lost_letter(session))


def _ordered(session: Session, kind: LetterKind, title: str) -> int:
    """To everybody who has an account: nobody else can look at them."""
    with_account = select(PortalAccount.tenant_id)
    tenancies = session.scalars(select(Tenancy.id).where(Tenancy.tenant_id.in_(with_account))).all()
    audience = Audience(AudienceKind.TENANCY, tuple(tenancies))
    text = LetterText(kind, title, shipped_text(kind))
    return start_letters(session, operator_scope(), text=text, audience=audience)


def _send(session: Session, batch_id: int) -> None:
    scope = operator_scope()
    send_batch(session, scope, batch_id=batch_id, token=ask_sending(session, scope, batch_id=batch_id).token)
    then = now() - AGE
    session.execute(update(LetterBatch).where(LetterBatch.id == batch_id).values(created_at=then, sent_at=then))
    seen = (Letter.batch_id == batch_id) & Letter.visible_at.is_not(None)
    session.execute(update(Letter).where(seen).values(visible_at=then))


def _lost_letter(session: Session) -> int:
    """A scan whose file name says nothing."""
    body = "Szanowni Państwo,\n\nw odpowiedzi na Państwa pismo informujemy, że klatka zostanie odmalowana wiosną."
    made = set_letter(MergedLetter("Odpowiedź na pismo", body, "RON/117/2026", today() - AGE, (), {}))
    sha256, pages = keep_paper(made.content)
    paper = Paper(
        file_name="skan0001.pdf",
        sha256=sha256,
        size=len(made.content),
        pages=pages,
        match=Doubt.NO_NUMBER,
        kind=LetterKind.ANSWER,
        letter_no="RON/117/2026",
        dated=today() - AGE,
        title="Odpowiedź na pismo",
    )
    return file_batch(session, operator_scope(), name="skan0001.pdf", papers=[paper], refusals=[])
