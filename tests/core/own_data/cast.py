"""Households with a row in every table that knows a tenant, each holding one word: a word in another's file is a leak."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyGrant, ProxyLevel, Realm
from core.access.scopes import TenantScope
from core.accounts.attempts import note_right_attempt
from core.accounts.models import (
    ClosingRequest,
    ClosingState,
    PortalAccount,
    TermsAcceptance,
    TermsVersion,
    UsedPassword,
)
from core.accounts.sign_in import operator_scope
from core.activation.models import ActivationRequest, RequestState
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient, AnnouncementVersion
from core.audit.views import Purpose, note_views
from core.clock import now, today
from core.contact.models import ChangeState, ContactChange, ContactDetails, ContactKind, DeliveryConsent
from core.correspondence.kinds import LetterKind
from core.correspondence.models import BatchSource, Letter, LetterBatch, LetterBatchState
from core.db import reading
from core.documents.pictures import CleanPicture
from core.documents.storage import keep_bytes
from core.faults.models import FaultMessage, FaultPhoto, FaultReport, FaultStatus, FaultStep, StepKind
from core.meters.models import MeterReading, Source
from core.meters.photos import attach_photo
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.own_data.archive import write_archive
from core.own_data.models import DataExport, ExportState
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind, ThreadState
from core.registry.models import Premises, Tenancy, Tenant
from tests.cast import (
    make_account,
    make_charge,
    make_entry,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
    sign_in_tenant,
)

SECRET = "$argon2id$tajny-skrot"
STAFF = "Notatka-Urzedowa"


@dataclass
class Household:
    """Who lives there, and the session they are signed in with."""

    tenant: Tenant
    account: PortalAccount
    tenancy: Tenancy
    scope: TenantScope


def household(
    session: Session,
    word: str,
    *,
    premises: Premises | None = None,
    valid_from: date = date(2025, 1, 1),
    valid_to: date | None = None,
) -> Household:
    """A tenant whose every text says `word`."""
    tenant = make_tenant(session, f"{word} Najemca", tenant_no=f"{word}-1")
    tenant.email, tenant.phone, tenant.mailing_address = f"{word}@stary.example", f"tel {word}", f"ul. {word} 1"
    home = premises or make_premises(session)
    tenancy = make_tenancy(
        session, tenant, tenancy_no=f"{word}/1/2025", premises=home, valid_from=valid_from, valid_to=valid_to
    )
    account = make_account(session, tenant)
    account.login, account.email, account.password_hash = word.lower(), f"{word}@example.com", SECRET
    account.initial_password_hash = SECRET
    session.flush()
    _agreed(session, account, tenancy, word)
    _told(session, tenancy, word)
    _letters(session, tenancy, account, word)
    make_entry(session, tenancy, "2026-10-01", debit="1234.50", description=f"=Czynsz {word}")
    make_entry(session, tenancy, "2026-10-05", credit="1000.00", description=f"Wpłata {word}")
    make_charge(session, tenancy, f"Czynsz {word}")
    _reading(session, tenancy, account, word, read_on=valid_to or date(2026, 6, 1))
    _asked(session, tenancy, word)
    return Household(tenant, account, tenancy, sign_in_tenant(session, tenant, account_id=account.id))


def _agreed(session: Session, account: PortalAccount, tenancy: Tenancy, word: str) -> None:
    tenant_id = account.tenant_id
    terms = TermsVersion(version=f"r-{word}", text="Regulamin", text_hash=word.ljust(64, "0"), published_at=now())
    session.add(terms)
    session.flush()
    session.add_all(
        [
            TermsAcceptance(
                account_id=account.id, terms_version_id=terms.id, text_hash=terms.text_hash, accepted_at=now()
            ),
            UsedPassword(account_id=account.id, password_hash=SECRET, set_at=now()),
            ContactDetails(tenant_id=tenant_id, phone="+48600700800", address=f"Nowa {word} 2", changed_at=now()),
            DeliveryConsent(tenant_id=tenant_id, version=f"z-{word}"[:20], text_hash="0" * 64, given_at=now()),
            ContactChange(
                tenant_id=tenant_id,
                kind=ContactKind.ADDRESS,
                state=ChangeState.DONE,
                old=f"Stara {word}",
                new=f"Nowa {word}",
                asked_at=now(),
                code_hash="c0de" * 16,
                decided_by=77,
            ),
            ProxyGrant(
                tenant_id=tenant_id,
                tenancy_id=tenancy.id,
                level=ProxyLevel.SEE,
                person_name=f"Wnuk {word}",
                email=f"wnuk.{word}@example.com".lower(),
                valid_to=today(),
                granted_at=now(),
                invited_until=now(),
                token_hash=f"{word}{SECRET}".ljust(64, "0")[:64],
            ),
            ClosingRequest(
                account_id=account.id,
                reason=f"Powód {word}",
                asked_at=now(),
                state=ClosingState.WITHDRAWN,
                decided_at=now(),
            ),
            DataExport(
                tenant_id=tenant_id, account_id=account.id, state=ExportState.FAILED, asked_at=now() - timedelta(days=2)
            ),
            ActivationRequest(
                number=f"IOK/{word}",
                submission_key=word.ljust(64, "k"),
                state=RequestState.COMPLETED,
                kind="person",
                name=f"{word} Wnioskodawca",
                street=f"{word}owa",
                building_no="1",
                email=f"{word}@wniosek.example",
                terms_version_id=terms.id,
                submitted_at=now(),
                message=STAFF,
                tenant_id=tenant_id,
                account_id=account.id,
            ),
        ]
    )
    note_right_attempt(session, realm=Realm.TENANT, login=account.login, network="10.0.0.1")
    session.add(
        PortalSession(
            key_hash=word.ljust(64, "5"), realm=Realm.TENANT, subject_id=account.id, started_at=now(), seen_at=now(),
            expires_at=now(), ended_at=now(), network=f"net-{word}",
        )
    )  # fmt: skip
    session.flush()


def _told(session: Session, tenancy: Tenancy, word: str) -> None:
    for title, opened in (("Otwarte", 1), ("Nieotwarte", None)):
        one = Announcement(
            kind=AnnouncementKind.PLAIN, audience="{}", created_at=now(), published_at=now(), visible_from=now()
        )
        session.add(one)
        session.flush()
        session.add_all(
            [
                AnnouncementVersion(
                    announcement_id=one.id, nth=1, title=f"{title} {word}", body=f"Treść {title} {word}",
                    written_at=now(), written_by=77,
                ),
                AnnouncementRecipient(
                    announcement_id=one.id, tenant_id=tenancy.tenant_id, tenancy_id=tenancy.id,
                    opened_at=now() if opened else None, opened_version=opened,
                ),
            ]
        )  # fmt: skip
    telling = Telling(tenancy.tenant_id, "k", {"what": f"Zmieniono {word}."})
    tell(session, kind=NoticeKind.CONTACT_DECIDED, tellings=[telling], shown_until=today())
    session.flush()


def _letters(session: Session, tenancy: Tenancy, account: PortalAccount, word: str) -> None:
    batch = LetterBatch(
        source=BatchSource.UPLOAD, state=LetterBatchState.SENT, name=STAFF, within="[]", created_at=now(), sent_at=now()
    )
    session.add(batch)
    session.flush()
    for name in ("otwarte", "zamkniete"):
        sha256 = keep_bytes(f"%PDF pismo {name} {word}".encode())
        opened = {"opened_at": now(), "opened_sha256": sha256} if name == "otwarte" else {}
        values = {
            "batch_id": batch.id,
            "tenant_id": tenancy.tenant_id,
            "tenancy_id": tenancy.id,
            "file_name": STAFF,
            "kind": LetterKind.REMINDER,
            "dated": date(2026, 11, 20),
            "title": f"Pismo {name} {word}",
            "sha256": sha256,
            "visible_at": now(),
            "opened_account_id": account.id if opened else None,
            **opened,
        }
        session.execute(insert(Letter), [values])


def _reading(session: Session, tenancy: Tenancy, account: PortalAccount, word: str, *, read_on: date) -> None:
    premises = session.get_one(Premises, tenancy.premises_id)
    meter = make_meter(session, premises, place=f"łazienka {read_on}")
    reading = make_reading(session, meter, str(read_on), "12.5", source=Source.TENANT, account_id=account.id)
    words = {"comment": f"Opis {word}", "reason": f"Decyzja {word}", "employee_id": 77}
    session.execute(update(MeterReading).where(MeterReading.id == reading.id).values(words))
    attach_photo(session, reading.id, CleanPicture(f"JPEG {word}".encode(), 1, 1, "0" * 64))


def _asked(session: Session, tenancy: Tenancy, word: str) -> None:
    thread = QuestionThread(
        number=f"P/{word}",
        tenant_id=tenancy.tenant_id,
        tenancy_id=tenancy.id,
        subject_kind=SubjectKind.GENERAL,
        title=f"Pytanie {word}",
        state=ThreadState.OPEN,
        opened_at=now(),
        waits_since=now(),
    )
    report = FaultReport(
        number=f"A/{word}",
        submission_key=word,
        tenant_id=tenancy.tenant_id,
        tenancy_id=tenancy.id,
        building_id=session.get_one(Premises, tenancy.premises_id).building_id,
        category="water_drain",
        answers=json.dumps([["Co się zatkało?", word]]),
        description=f"Zlew {word}",
        status=FaultStatus.ACCEPTED,
        due_on=today(),
        created_at=now(),
    )
    session.add_all([thread, report])
    session.flush()
    photo = FaultPhoto(
        report_id=report.id, nth=1, sha256=keep_bytes(f"foto {word}".encode()), original_sha256="0" * 64, width=1,
        height=1, taken_in_at=now(),
    )  # fmt: skip
    asked = QuestionMessage(
        thread_id=thread.id, author=Author.TENANT, internal=False, body=f"Treść {word}", written_at=now(),
        attachment_sha256=keep_bytes(f"%PDF plan {word}".encode()), attachment_name=f"{word}.pdf",
    )  # fmt: skip
    session.add_all(
        [
            photo,
            asked,
            FaultStep(report_id=report.id, at=now(), kind=StepKind.SENT, by_tenant=True, note=f"Uwaga {word}"),
            FaultStep(report_id=report.id, at=now(), kind=StepKind.ASSIGNED, by_tenant=False, note=STAFF),
            QuestionMessage(thread_id=thread.id, author=Author.OFFICE, internal=True, body=STAFF, written_at=now()),
            FaultMessage(report_id=report.id, at=now(), by_tenant=True, internal=False, body=f"Wiadomość {word}"),
            FaultMessage(report_id=report.id, at=now(), by_tenant=False, internal=True, body=STAFF),
        ]
    )
    session.flush()
    note_views(session, operator_scope(), tenants=[tenancy.tenant_id], purpose=Purpose.LETTER)


def archive_of(one: Household, path: Path, *, as_of: datetime | None = None) -> dict[str, bytes]:
    """All files of the archive, by name."""
    with reading() as session:
        write_archive(session, path, tenant_id=one.tenant.id, as_of=as_of or now())
    return unpacked(path.read_bytes())


def unpacked(content: bytes) -> dict[str, bytes]:
    """All files of a ZIP, by name; each is whole."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def everything(files: dict[str, bytes]) -> str:
    """All that is said, in names and in contents."""
    return "\n".join(f"{name}\n{content.decode(errors='replace')}" for name, content in files.items()).lower()
