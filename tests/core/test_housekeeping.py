"""What is removed when its time is over, what stays, and that a second run finds nothing."""

import hashlib
import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from freezegun import freeze_time
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.access.models import ConfirmationToken, PortalSession, Realm, ThrottleEvent
from core.accounts.models import Outcome, RecoveryLink, SignInAttempt, SignInTicket, TermsVersion
from core.activation.models import ActivationRequest, ActivationStep, ActivationTenancy, RequestState
from core.audit.events import broken_link, record
from core.audit.models import Actor, AuditEvent
from core.clock import now
from core.commands import cli
from core.correspondence.filing import file_batch
from core.correspondence.matching import Doubt
from core.correspondence.models import Letter, LetterBatch
from core.db import Base, reading, transaction
from core.documents.attachments import Attachment
from core.documents.pictures import CleanPicture
from core.documents.storage import keep_bytes, keep_file, kept_file
from core.errors import NotFoundError
from core.faults.models import FaultPhoto
from core.housekeeping import REFERENCES, expire
from core.outbox.models import MailState, OutgoingMail
from core.own_data.models import DataExport
from core.settings import Retention, settings
from tests.cast import make_account, make_batch, make_tenancy, make_tenant
from tests.conftest import forget_settings
from tests.core.correspondence.cast import clerk, paper
from tests.core.faults.cast import form, report, resident
from tests.core.questions.cast import ask, at_home
from tests.s3 import TestBucket, use_bucket
from tests.servers import free_port

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _today(database: str) -> Iterator[None]:
    with freeze_time(NOW, real_asyncio=True):  # the client of buckets pauses before it tries again
        yield


def ago(**time: int) -> datetime:
    return NOW - timedelta(**time)


def removed(kind: str) -> int:
    """What a run removed of a kind; a second one finds nothing of any."""
    first, second = expire(), expire()
    assert [one for one in second if one.count or one.refusal] == []
    return {one.kind: one.count for one in first}[kind]


def left(table: type[Base]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def kept(tmp_path: Path, text: str) -> str:
    source = tmp_path / "document"
    source.write_text(text, encoding="utf-8")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    keep_file(source, sha256)
    return sha256


def is_kept(sha256: str) -> bool:
    try:
        return kept_file(sha256).exists()
    except NotFoundError:
        return False


def add_request(session: Session, state: RequestState, moved_at: datetime, *, document: str | None = None) -> int:
    number = next(_numbers)
    terms = session.scalar(select(TermsVersion.id)) or _terms(session)
    request = ActivationRequest(
        number=f"IOK/2026/{number:06d}",
        submission_key=f"key-{number}",
        state=state,
        kind="person",
        name="Anna Kowalska",
        street="Kwiatowa",
        building_no="12",
        email="anna@example.com",
        terms_version_id=terms,
        submitted_at=moved_at - timedelta(days=5),
        document_sha256=document,
    )
    session.add(request)
    session.flush()
    for at, step in ((moved_at - timedelta(days=5), RequestState.SUBMITTED), (moved_at, state)):
        session.add(ActivationStep(request_id=request.id, at=at, state=step))
    session.add(ActivationTenancy(request_id=request.id, tenancy_id=make_tenancy(session, make_tenant(session)).id))
    session.flush()
    return request.id


def _terms(session: Session) -> int:
    terms = TermsVersion(version="1.0", text="Regulamin", text_hash="0" * 64, published_at=ago(days=400))
    session.add(terms)
    session.flush()
    return terms.id


def add_mail(session: Session, state: MailState, at: datetime, *, attachment: str | None = None) -> None:
    session.add(
        OutgoingMail(
            deduplication_key=f"mail-{next(_numbers)}",
            template="expired",
            recipient="anna@example.com",
            attachment_sha256=attachment,
            attachment_name="wniosek.pdf" if attachment else None,
            state=state,
            created_at=at,
            due_at=at,
            sent_at=at if state is MailState.SENT else None,
        )
    )
    session.flush()


@pytest.mark.parametrize(
    "state", [RequestState.REJECTED, RequestState.EXPIRED, RequestState.WITHDRAWN, RequestState.SUPERSEDED]
)
def test_application_that_came_to_nothing_goes_after_thirty_days(state: RequestState, tmp_path: Path) -> None:
    with transaction() as session:
        old = add_request(session, state, ago(days=30, seconds=1), document=kept(tmp_path, "old"))
        young = add_request(session, state, ago(days=29, hours=23), document=kept(tmp_path, "young"))
        record(session, actor=Actor.SYSTEM, action="request_rejected", object_kind="activation_request", object_id=old)
    assert removed("Wnioski bez dalszego biegu") == 1
    with reading() as session:
        assert session.scalars(select(ActivationRequest.id)).all() == [young]
        assert set(session.scalars(select(ActivationStep.request_id))) == {young}
        assert set(session.scalars(select(ActivationTenancy.request_id))) == {young}
        assert str(old) in session.scalars(select(AuditEvent.object_id)).all()
    assert not is_kept(hashlib.sha256(b"old").hexdigest())
    assert is_kept(hashlib.sha256(b"young").hexdigest())


def test_application_without_paper_expires_and_is_kept_for_its_time() -> None:
    with transaction() as session:
        add_request(session, RequestState.SUBMITTED, ago(days=56))
    assert removed("Wnioski wygasłe bez złożenia") == 1
    with reading() as session:
        assert session.scalars(select(ActivationRequest.state)).all() == [RequestState.EXPIRED]


def test_application_under_way_or_completed_stays() -> None:
    came_to_nothing = {"rejected", "expired", "withdrawn", "superseded"}
    others = [state for state in RequestState if state not in came_to_nothing and state is not RequestState.SUBMITTED]
    with transaction() as session:
        for state in others:
            add_request(session, state, ago(days=400))
    assert removed("Wnioski bez dalszego biegu") == 0
    assert left(ActivationRequest) == len(others)


@pytest.mark.parametrize("other", ["request", "mail", "batch", "fault", "question"])
def test_file_that_something_else_needs_stays(other: str, tmp_path: Path) -> None:
    document = kept(tmp_path, "shared")
    with transaction() as session:
        add_request(session, RequestState.REJECTED, ago(days=31), document=document)
        if other == "request":
            add_request(session, RequestState.COMPLETED, ago(days=31), document=document)
        elif other == "mail":
            add_mail(session, MailState.WAITING, ago(days=1), attachment=document)
        elif other == "fault":
            made = report(session, resident(session), form(photos=(CleanPicture(b"shared", 1, 1, "0" * 64),)))
            assert set(session.scalars(select(FaultPhoto.sha256).where(FaultPhoto.report_id == made))) == {document}
        elif other == "question":
            ask(session, at_home(session).scope, attachment=Attachment("plan.pdf", b"shared"))
        else:
            make_batch(session).sha256 = document
    removed("Wnioski bez dalszego biegu")
    assert is_kept(document)


def test_delivered_and_undeliverable_mail_goes_after_thirty_days(tmp_path: Path) -> None:
    document = kept(tmp_path, "attached")
    with transaction() as session:
        for state in MailState:
            for at in (ago(days=30, seconds=1), ago(days=29)):
                add_mail(
                    session, state, at, attachment=document if state is MailState.DEAD and at < ago(days=30) else None
                )
    assert removed("Wiadomości doręczone i nieudane") == 2
    with reading() as session:
        states = sorted(session.scalars(select(OutgoingMail.state)))
    assert states == ["dead", "sending", "sending", "sent", "waiting", "waiting"]
    assert not is_kept(document)


def test_copies_of_a_bucket_go_after_a_month_unused_and_the_folder_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: TestBucket
) -> None:
    with monkeypatch.context() as patch:
        patch.delenv("IOK_FILES_URL")
        patch.delenv("IOK_FILES_ENDPOINT")
        settings.cache_clear()
        in_folder = kept_file(kept(tmp_path, "in the folder"))
        with transaction() as session:
            make_batch(session).sha256 = in_folder.name
        os.utime(in_folder, (0, 0))
        assert removed("Nieużywane kopie plików") == 0
    settings.cache_clear()
    old, used = kept_file(kept(tmp_path, "old")), kept_file(kept(tmp_path, "used"))
    for copy, at in ((old, ago(days=30, seconds=1)), (used, ago(days=30))):
        os.utime(copy, (at.timestamp(), at.timestamp()))
    assert removed("Nieużywane kopie plików") == 1
    assert (in_folder.exists(), old.exists(), used.exists()) == (True, False, True)
    assert kept_file(old.name).read_text() == "old"


def test_file_of_old_mail_goes_from_the_bucket(tmp_path: Path, bucket: TestBucket) -> None:
    document = kept(tmp_path, "attached")
    with transaction() as session:
        add_mail(session, MailState.DEAD, ago(days=31), attachment=document)
    assert bucket.content(document) == b"attached"
    assert removed("Wiadomości doręczone i nieudane") == 1
    assert bucket.content(document) is None


def test_row_stays_as_long_as_its_file_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: TestBucket
) -> None:
    with transaction() as session:
        add_mail(session, MailState.DEAD, ago(days=31), attachment=kept(tmp_path, "attached"))
    use_bucket(bucket, monkeypatch, IOK_FILES_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    refused = [one for one in expire() if one.refusal]
    assert [(one.kind, one.count) for one in refused] == [
        ("Wiadomości doręczone i nieudane", 0),
        ("Pliki, których nic nie potrzebuje", 0),
    ]
    assert all("niedostępne" in (one.refusal or "") for one in refused)
    assert left(OutgoingMail) == 1


def test_file_that_no_row_refers_to_goes_after_two_days(tmp_path: Path) -> None:
    fresh, old = keep_bytes(b"%PDF nowy"), keep_bytes(b"%PDF stary")
    needed = kept(tmp_path, "potrzebny")
    with transaction() as session:
        make_batch(session).sha256 = needed
    for sha256 in (old, needed):
        os.utime(kept_file(sha256), (ago(days=3).timestamp(),) * 2)
    assert removed("Pliki, których nic nie potrzebuje") == 1
    assert kept_file(needed)
    assert kept_file(fresh)
    with pytest.raises(NotFoundError):
        kept_file(old)


def test_file_in_a_bucket_that_no_row_refers_to_goes(bucket: TestBucket) -> None:
    old = keep_bytes(b"%PDF stary")
    with freeze_time(NOW + timedelta(days=365), real_asyncio=True):  # the server has a clock of its own
        assert {one.kind: one.count for one in expire()}["Pliki, których nic nie potrzebuje"] == 1
    with pytest.raises(NotFoundError):
        kept_file(old)


def test_every_column_with_the_hash_of_a_kept_file_keeps_it() -> None:
    told_of = {column for rows in REFERENCES for column in rows([]).selected_columns}
    # What was handed in before it was cleaned, and what was shown on opening, are proofs and no files of ours.
    proofs = {"original_sha256", "opened_sha256"}
    there = {
        column
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sha256") and column.name not in proofs
    }
    assert {str(one) for one in told_of} == {str(one) for one in there}


def test_batch_of_letters_that_nobody_sends_goes_after_thirty_days() -> None:
    with transaction() as session:
        scope = clerk(session)
        batch_id = file_batch(session, scope, name="a", papers=[paper("a", Doubt.NO_NUMBER)], refusals=[])
        young = file_batch(session, scope, name="b", papers=[paper("b", Doubt.NO_NUMBER)], refusals=[])
        session.execute(update(LetterBatch).where(LetterBatch.id == batch_id).values(created_at=ago(days=31)))
    assert removed("Niewysłane paczki pism") == 1
    with reading() as session:
        assert session.scalars(select(Letter.batch_id)).all() == [young]


def test_files_with_own_data_go_after_seven_days() -> None:
    with transaction() as session:
        tenant = make_tenant(session)
        files = []
        for state, days in (("ready", 7), ("ready", 6), ("failed", 7), ("failed", 6), ("waiting", 30)):
            files.append(keep_bytes(f"{state} {days}".encode()) if state == "ready" else None)
            session.add(
                DataExport(
                    tenant_id=tenant.id, account_id=1, state=state, asked_at=ago(days=days), sha256=files[-1],
                    ready_at=ago(days=days) if state == "ready" else None,
                )
            )  # fmt: skip
    assert removed("Pliki z danymi najemców") == 2
    with reading() as session:
        left = session.execute(select(DataExport.state, DataExport.sha256).order_by(DataExport.id)).all()
    assert [tuple(one) for one in left] == [("ready", files[1]), ("failed", None), ("waiting", None)]
    assert kept_file(files[1] or "").exists()
    with pytest.raises(NotFoundError):
        kept_file(files[0] or "")


def test_dead_links_go_and_a_live_one_stays() -> None:
    with transaction() as session:
        account_id = make_account(session, make_tenant(session)).id
        for number, (expires_at, used_at) in enumerate(
            [(ago(seconds=0), None), (ago(minutes=-5), ago(minutes=1)), (ago(seconds=-1), None)]
        ):
            link = RecoveryLink(
                token_hash=str(number), account_id=account_id, made_at=NOW, expires_at=expires_at, used_at=used_at
            )
            session.add(link)
    assert removed("Odnośniki do odzyskania dostępu") == 2
    with reading() as session:
        assert session.scalars(select(RecoveryLink.token_hash)).all() == ["2"]


def test_dead_tickets_go_and_a_live_one_stays() -> None:
    with transaction() as session:
        for number, (expires_at, redeemed_at) in enumerate(
            [(ago(seconds=0), None), (ago(seconds=-20), ago(seconds=1)), (ago(seconds=-1), None)]
        ):
            ticket = SignInTicket(
                ticket_hash=str(number), realm=Realm.TENANT, subject_id=1, expires_at=expires_at, redeemed_at=redeemed_at,
                device="", network="",
            )  # fmt: skip
            session.add(ticket)
    assert removed("Bilety logowania") == 2
    with reading() as session:
        assert session.scalars(select(SignInTicket.ticket_hash)).all() == ["2"]


def test_confirmations_nobody_gave_go_after_a_day() -> None:
    with transaction() as session:
        for name, minted_at in (("old", ago(days=1, seconds=1)), ("new", ago(hours=1))):
            session.add(ConfirmationToken(token_hash=name, purpose="close", object_id="1", minted_at=minted_at))
    assert removed("Pytania bez odpowiedzi") == 1
    assert left(ConfirmationToken) == 1


def test_uses_that_no_limit_counts_go() -> None:
    with transaction() as session:
        for at in (ago(days=7, seconds=1), ago(days=6)):
            session.add(ThrottleEvent(purpose="recovery", key_hash="0", at=at))
    assert removed("Liczniki ograniczeń") == 1
    assert left(ThrottleEvent) == 1


def test_sessions_go_thirty_days_after_their_end() -> None:
    old, young = ago(days=30, seconds=1), ago(days=29)
    cases = {"ended long ago": (old, old), "left long ago": (old, None), "ended": (old, young), "left": (young, None)}
    with transaction() as session:
        for name, (seen_at, ended_at) in cases.items():
            one = PortalSession(
                key_hash=name, realm=Realm.TENANT, subject_id=1, started_at=old, seen_at=seen_at, expires_at=seen_at,
                ended_at=ended_at,
            )  # fmt: skip
            session.add(one)
    assert removed("Zakończone sesje") == 2
    with reading() as session:
        assert set(session.scalars(select(PortalSession.key_hash))) == {"ended", "left"}


def test_attempts_go_after_ninety_days() -> None:
    with transaction() as session:
        for at in (ago(days=90, seconds=1), ago(days=89)):
            session.add(SignInAttempt(realm=Realm.TENANT, login_hash="0", network="", at=at, outcome=Outcome.WRONG))
    assert removed("Próby logowania") == 1
    assert left(SignInAttempt) == 1


def test_audit_log_keeps_two_years_and_verifies() -> None:
    for at in (ago(days=732), ago(days=731, seconds=1), ago(days=730)):
        with freeze_time(at), transaction() as session:
            record(session, actor=Actor.SYSTEM, action="tried", object_kind="thing", object_id=1)
    assert removed("Zdarzenia dziennika") == 2
    with reading() as session:
        assert broken_link(session) == (2, None)


def test_broken_audit_log_is_said_and_does_not_stop_the_rest() -> None:
    with transaction() as session:
        session.add(ThrottleEvent(purpose="recovery", key_hash="0", at=ago(days=8)))
    with freeze_time(ago(days=800)), transaction() as session:
        record(session, actor=Actor.SYSTEM, action="tried", object_kind="thing", object_id=1)
        session.execute(update(AuditEvent).values(action="forged"))
    done = CliRunner().invoke(cli, ["expire"])
    assert done.exit_code == 1
    assert "Zdarzenia dziennika: Dziennik zdarzeń jest naruszony" in done.stderr
    assert "Liczniki ograniczeń: 1" in done.stdout
    assert left(AuditEvent) == 1


def test_command_says_one_line_a_kind() -> None:
    done = CliRunner().invoke(cli, ["expire"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == len(expire())
    assert all(line.endswith(": 0") for line in done.stdout.splitlines())


def test_days_are_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        session.add(
            SignInAttempt(realm=Realm.TENANT, login_hash="0", network="", at=ago(days=4), outcome=Outcome.WRONG)
        )
    monkeypatch.setenv("IOK_KEEP_ATTEMPTS", "3")
    forget_settings()
    assert settings().retention == Retention(attempts=3)
    assert removed("Próby logowania") == 1


@pytest.mark.parametrize("days", ["1", "0", "-5", "dwa", "٣", "99999"])
def test_days_that_are_none_are_refused(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_KEEP_AUDIT", days)
    settings.cache_clear()
    with pytest.raises(ValueError, match="IOK_KEEP_AUDIT"):
        settings()
    monkeypatch.delenv("IOK_KEEP_AUDIT")
    assert now() == NOW
