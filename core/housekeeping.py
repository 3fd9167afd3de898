"""What comes with the day: what is removed when its time is over, and what tenants are told on a date.

`python -m core expire` does it, and once a day the apps themselves.

Each kind is a transaction of its own, and doing it twice, or in two processes at once, changes nothing more. How long
things are kept is `core.settings.Retention`. Ledgers stay: five years after a year's end have not passed anywhere yet.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from core.access.models import ConfirmationToken, PortalSession, ThrottleEvent
from core.accounts.models import RecoveryLink, SignInAttempt, SignInTicket
from core.activation.completing import complete_requests
from core.activation.expiring import expire_requests
from core.activation.models import ActivationRequest, ActivationStep, ActivationTenancy, RequestState
from core.announcements.models import AnnouncementVersion
from core.announcements.publishing import extend_audiences
from core.audit.cutting import cut_log
from core.audit.views import DataView
from core.batches.models import ImportBatch
from core.clock import local, now, today
from core.contact.email_change import void_forgotten_changes
from core.correspondence.models import Letter
from core.correspondence.sending import discard_forgotten_batches
from core.db import changed_rows, transaction
from core.documents.storage import drop_file, drop_old_copies, kept_before
from core.errors import DomainError
from core.exports.models import Export
from core.faults.models import FaultPhoto
from core.ledger.maintained import remove_old_dues
from core.meters.models import ReadingPhoto
from core.meters.telling import tell_of_verifications, tell_of_windows
from core.meters.window_planning import extend_series
from core.notice_mail import mail_digests
from core.notices.models import Notice
from core.outbox.models import MailState, OutgoingMail
from core.own_data.asking import KEPT as OWN_DATA_KEPT
from core.own_data.models import DataExport, ExportState
from core.proxies.forgetting import close_idle_proxy_accounts, forget_invited
from core.questions.models import QuestionMessage
from core.settings import settings

LIMITS_KEPT = timedelta(days=7)  # longer than any window of `take_use`
AT_ONCE = 500  # ids in one statement
ORPHANS_KEPT = timedelta(days=2)  # longer than anything that keeps a file and writes of it later
NOTICES_KEPT = timedelta(days=180)
CONFIRMATIONS_KEPT = timedelta(days=1)  # they work for an hour
CAME_TO_NOTHING = (
    RequestState.REJECTED,
    RequestState.EXPIRED,
    RequestState.WITHDRAWN,
    RequestState.SUPERSEDED,
)


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of one kind: how many went, or why they could not (Polish, as the name)."""

    kind: str
    count: int
    refusal: str | None = None


def expire() -> list[Removal]:
    """Expire applications without paper and remove everything whose time is over; opens its own transactions."""
    return [_in_turn(kind, rule) for kind, rule in RULES.items()]


def remove_old_notices(session: Session) -> int:
    """Remove notices that matter to nobody any more."""
    over = Notice.shown_until < today() - NOTICES_KEPT
    return changed_rows(session, delete(Notice).where(over))


def remove_old_requests(session: Session) -> int:
    """Remove applications that came to nothing, with all they say of a person and their PDF; the audit log keeps ids."""
    last_step = (
        select(ActivationStep.request_id)
        .group_by(ActivationStep.request_id)
        .having(func.max(ActivationStep.at) < _days_ago(settings().retention.requests))
    )
    rows = session.execute(
        select(ActivationRequest.id, ActivationRequest.document_sha256).where(
            ActivationRequest.state.in_(CAME_TO_NOTHING), ActivationRequest.id.in_(last_step)
        )
    ).all()
    removed = 0
    for start in range(0, len(rows), AT_ONCE):
        ids = [row.id for row in rows[start : start + AT_ONCE]]
        session.execute(delete(ActivationStep).where(ActivationStep.request_id.in_(ids)))
        session.execute(delete(ActivationTenancy).where(ActivationTenancy.request_id.in_(ids)))
        removed += changed_rows(session, delete(ActivationRequest).where(ActivationRequest.id.in_(ids)))
    _drop_unneeded(session, (row.document_sha256 for row in rows))
    return removed


def remove_old_mail(session: Session) -> int:
    """Remove messages delivered or given up on long ago, with files that nothing else needs."""
    before = _days_ago(settings().retention.mail)
    over = or_(
        and_(OutgoingMail.state == MailState.SENT, OutgoingMail.sent_at < before),
        and_(OutgoingMail.state == MailState.DEAD, OutgoingMail.due_at < before),
    )
    attached = session.scalars(
        select(OutgoingMail.attachment_sha256).where(over, OutgoingMail.attachment_sha256.is_not(None)).distinct()
    ).all()
    removed = changed_rows(session, delete(OutgoingMail).where(over))
    _drop_unneeded(session, attached)
    return removed


def remove_dead_links(session: Session) -> int:
    """Remove recovery links that were used or are too old."""
    dead = or_(RecoveryLink.used_at.is_not(None), RecoveryLink.expires_at <= now())
    return changed_rows(session, delete(RecoveryLink).where(dead))


def remove_dead_tickets(session: Session) -> int:
    """Remove sign-in tickets that were used or are too old."""
    dead = or_(SignInTicket.redeemed_at.is_not(None), SignInTicket.expires_at <= now())
    return changed_rows(session, delete(SignInTicket).where(dead))


def remove_old_confirmations(session: Session) -> int:
    """Remove questions to employees that nobody answered."""
    old = ConfirmationToken.minted_at < now() - CONFIRMATIONS_KEPT
    return changed_rows(session, delete(ConfirmationToken).where(old))


def remove_old_uses(session: Session) -> int:
    """Remove uses that no limit counts any more."""
    return changed_rows(session, delete(ThrottleEvent).where(ThrottleEvent.at < now() - LIMITS_KEPT))


def remove_old_sessions(session: Session) -> int:
    """Remove sessions long over: ended, or not used for so long that they ended by themselves."""
    before = _days_ago(settings().retention.sessions)
    over = or_(PortalSession.ended_at < before, and_(PortalSession.ended_at.is_(None), PortalSession.seen_at < before))
    return changed_rows(session, delete(PortalSession).where(over))


def remove_old_attempts(session: Session) -> int:
    """Remove attempts to sign in that neither a lock nor the history on screen asks for."""
    old = SignInAttempt.at < _days_ago(settings().retention.attempts)
    return changed_rows(session, delete(SignInAttempt).where(old))


def remove_old_views(session: Session) -> int:
    """Remove the notes of who looked at whose data, as long after as the audit log is kept."""
    old = DataView.day < local(_days_ago(settings().retention.audit)).date()
    return changed_rows(session, delete(DataView).where(old))


def remove_own_data(session: Session) -> int:
    """Remove files with tenants' own data after their seven days, and what became of none."""
    before = now() - OWN_DATA_KEPT
    over = or_(
        and_(DataExport.state == ExportState.READY, DataExport.ready_at <= before),
        and_(DataExport.state == ExportState.FAILED, DataExport.asked_at <= before),
    )
    files = session.scalars(select(DataExport.sha256).where(over)).all()
    removed = changed_rows(session, delete(DataExport).where(over))
    _drop_unneeded(session, files)
    return removed


def cut_old_events(session: Session) -> int:
    """Cut old events off the audit log; raises AuditBrokenError and removes nothing where they do not fit together."""
    return cut_log(session, before=_days_ago(settings().retention.audit))


def remove_old_copies(_: Session) -> int:
    """Remove this machine's copies of files in a bucket that nobody has used for long; without a bucket there are none."""
    return drop_old_copies()


def drop_orphans(session: Session) -> int:
    """Remove files that no row refers to: what a program kept that ended before it wrote down what for."""
    return _drop_unneeded(session, kept_before(now() - ORPHANS_KEPT))


# Everything that refers to a kept file: of some hashes, those it needs. A test compares this with the tables.
REFERENCES: tuple[Callable[[list[str]], Select[str | None]], ...] = (
    lambda some: select(ActivationRequest.document_sha256).where(ActivationRequest.document_sha256.in_(some)),
    lambda some: select(OutgoingMail.attachment_sha256).where(
        OutgoingMail.attachment_sha256.in_(some), OutgoingMail.state != MailState.SENT
    ),
    lambda some: select(ImportBatch.sha256).where(ImportBatch.sha256.in_(some)),
    lambda some: select(Export.sha256).where(Export.sha256.in_(some)),
    lambda some: select(QuestionMessage.attachment_sha256).where(QuestionMessage.attachment_sha256.in_(some)),
    lambda some: select(FaultPhoto.sha256).where(FaultPhoto.sha256.in_(some)),
    lambda some: select(ReadingPhoto.sha256).where(ReadingPhoto.sha256.in_(some)),
    lambda some: select(AnnouncementVersion.attachment_sha256).where(AnnouncementVersion.attachment_sha256.in_(some)),
    lambda some: select(Letter.sha256).where(Letter.sha256.in_(some)),
    lambda some: select(DataExport.sha256).where(DataExport.sha256.in_(some)),
)

# In this order: an application that expires now is kept for its time, and the audit log hears of everything first.
RULES: dict[str, Callable[[Session], int]] = {
    "Wnioski wygasłe bez złożenia": expire_requests,
    "Wnioski zakończone własnym hasłem": complete_requests,
    "Wnioski bez dalszego biegu": remove_old_requests,
    "Okna odczytowe z powtarzania": extend_series,
    "Nowi odbiorcy ogłoszeń": extend_audiences,
    "Porzucone zmiany adresu e-mail": void_forgotten_changes,
    "Niewysłane paczki pism": discard_forgotten_batches,
    "Powiadomienia o oknach odczytowych": tell_of_windows,
    "Powiadomienia o legalizacji": tell_of_verifications,
    "Wiadomości z nowościami dnia": mail_digests,
    "Stare powiadomienia": remove_old_notices,
    "Odnośniki do odzyskania dostępu": remove_dead_links,
    "Bilety logowania": remove_dead_tickets,
    "Pytania bez odpowiedzi": remove_old_confirmations,
    "Liczniki ograniczeń": remove_old_uses,
    "Zakończone sesje": remove_old_sessions,
    "Próby logowania": remove_old_attempts,
    "Wiadomości doręczone i nieudane": remove_old_mail,
    "Wglądy w dane": remove_old_views,
    "Konta pełnomocników bez pełnomocnictw": close_idle_proxy_accounts,
    "Dane dawnych pełnomocników": forget_invited,
    "Terminy płatności sprzed lat": remove_old_dues,
    "Pliki z danymi najemców": remove_own_data,
    "Zdarzenia dziennika": cut_old_events,
    "Pliki, których nic nie potrzebuje": drop_orphans,
    "Nieużywane kopie plików": remove_old_copies,
}


def _in_turn(kind: str, rule: Callable[[Session], int]) -> Removal:
    try:
        with transaction() as session:
            return Removal(kind, rule(session))
    except DomainError as refusal:
        return Removal(kind, 0, refusal.message)


def _days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)


def _drop_unneeded(session: Session, hashes: Iterable[str | None]) -> int:
    """Remove those files that nothing refers to any more; how many went."""
    # Before the commit: were the program to end in between, a row without its file is removed by the next run, while a
    # file without its row would stay until the sweep.
    wanted, dropped = sorted({one for one in hashes if one}), 0
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        needed = {sha256 for rows in REFERENCES for sha256 in session.scalars(rows(some))}
        dropped += sum(drop_file(sha256) for sha256 in some if sha256 not in needed)
    return dropped
