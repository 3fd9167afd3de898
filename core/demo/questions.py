"""Questions of the demo city: one about a charge, answered with a note behind it; one in general, which waits."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, Realm
from core.access.scopes import Role, TenantScope
from core.access.sessions import key_of, start_session
from core.accounts.models import EmployeeRole, PortalAccount
from core.accounts.sign_in import operator_scope, tenant_scope
from core.clock import now
from core.ledger.models import LedgerEntry
from core.questions.answering import answer_question, write_note
from core.questions.asking import ask_question
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind
from core.questions.subjects import Subject
from core.registry.models import Tenancy

ASKED, ANSWERED, WAITS = timedelta(days=6), timedelta(days=5), timedelta(days=2)


def make_questions(session: Session) -> None:
    """Ask and answer them, as if it had been done in the last days."""
    first, second = session.scalars(select(PortalAccount).order_by(PortalAccount.id).limit(2)).all()
    _answered(session, first)
    _waiting(session, second)


def _answered(session: Session, account: PortalAccount) -> None:
    entry_id = session.scalar(
        select(LedgerEntry.id)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(Tenancy.tenant_id == account.tenant_id, LedgerEntry.document_type == "NAL")
        .order_by(LedgerEntry.booked_on.desc(), LedgerEntry.id.desc())
        .limit(1)
    )
    subject = Subject(SubjectKind.ENTRY, entry_id) if entry_id is not None else Subject()
    body = "Dzień dobry,\nczy ta opłata się zmieniła? Wydaje mi się wyższa niż wiosną.\n\nPozdrawiam"
    thread_id = _asked(session, account, subject, "Wysokość opłaty", body)
    office = operator_scope()
    write_note(session, office, thread_id=thread_id, body="Stawka zmieniona uchwałą, zawiadomienie wysłane listem.")
    answer = "Dzień dobry,\ntak, stawka zmieniła się od tego roku. Wszystkie stawki są na stronie Lokale."
    answer_question(session, office, thread_id=thread_id, body=answer)
    head = session.scalar(
        select(EmployeeRole.employee_id)
        .where(EmployeeRole.role == Role.HEAD)
        .order_by(EmployeeRole.employee_id)
        .limit(1)
    )
    _as_if(session, thread_id, asked=ASKED)
    of_office = (QuestionMessage.thread_id == thread_id) & (QuestionMessage.author == Author.OFFICE)
    then = now() - ANSWERED
    session.execute(update(QuestionMessage).where(of_office).values(employee_id=head, written_at=then))
    waited = of_office & QuestionMessage.waited_since.is_not(None)
    session.execute(update(QuestionMessage).where(waited).values(waited_since=now() - ASKED))
    session.execute(update(QuestionThread).where(QuestionThread.id == thread_id).values(first_answered_at=then))


def _waiting(session: Session, account: PortalAccount) -> None:
    body = "Dzień dobry,\nczy mogę dostać drugi klucz do suszarni? Kogo o to poprosić?"
    thread_id = _asked(session, account, Subject(), "Klucz do suszarni", body)
    _as_if(session, thread_id, asked=WAITS)
    waits = (QuestionThread.id == thread_id) & QuestionThread.waits_since.is_not(None)
    session.execute(update(QuestionThread).where(waits).values(waits_since=now() - WAITS))


def _asked(session: Session, account: PortalAccount, subject: Subject, title: str, body: str) -> int:
    scope = _signed_in(session, account)
    thread_id = ask_question(session, scope, subject=subject, title=title, body=body)
    session.execute(delete(PortalSession).where(PortalSession.key_hash == scope.session_key))
    return thread_id


def _signed_in(session: Session, account: PortalAccount) -> TenantScope:
    raw_id = start_session(session, realm=Realm.TENANT, subject_id=account.id, device="", network="")
    return tenant_scope(session, key_of(raw_id))


def _as_if(session: Session, thread_id: int, *, asked: timedelta) -> None:
    then = now() - asked
    session.execute(update(QuestionThread).where(QuestionThread.id == thread_id).values(opened_at=then))
    of_tenant = (QuestionMessage.thread_id == thread_id) & (QuestionMessage.author == Author.TENANT)
    session.execute(update(QuestionMessage).where(of_tenant).values(written_at=then))
