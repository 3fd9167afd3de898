"""A small city whose every word from elsewhere holds one canary: what sings where it must not is a leak."""

import dataclasses
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, Realm
from core.access.scopes import EmployeeScope, Role, TenantScope
from core.accounts.employees import EmployeeAction
from core.accounts.gates import Gate
from core.accounts.locking import LockReason, lock_account
from core.accounts.models import Employee, PortalAccount, TermsAcceptance, TermsVersion
from core.accounts.office import OfficeAction
from core.accounts.terms_publishing import TermsDraft
from core.accounts.text_size import TextSize
from core.activation.codes import code_of
from core.activation.models import ActivationRequest, RequestState
from core.activation.reasons import RejectReason
from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient, AnnouncementVersion
from core.announcements.writing import AnnouncementPlan, AnnouncementText
from core.audit.queries import EventFilter
from core.audit.views import DataView, Purpose
from core.clock import now, today
from core.contact.changing import MailingAddress
from core.contact.models import ChangeState, ContactChange, ContactKind
from core.documents.pictures import CleanPicture
from core.documents.storage import keep_bytes
from core.exports.finance import FinanceOrder
from core.exports.models import ApiConsumer, Export
from core.exports.reading_source import ReadingFilter
from core.exports.readings import ReadingOrder
from core.faults.incidents import IncidentText
from core.faults.models import FaultIncident, FaultMessage, FaultPhoto, FaultReport, FaultStatus, FaultStep, StepKind
from core.faults.sending import FaultForm
from core.imports.options import LoadOptions
from core.ledger.balances import tenant_balance
from core.ledger.debtors import Part
from core.ledger.entries import LedgerFilter
from core.ledger.maintained import rebuild
from core.meters.models import ReadingStatus, Source
from core.meters.photos import attach_photo
from core.meters.replacing import NewMeter
from core.meters.window_models import ReadingWindow
from core.meters.window_planning import WindowPlan
from core.notices.inbox import Telling, tell
from core.notices.models import Notice, NoticeKind
from core.outbox.models import MailState, OutgoingMail
from core.plain_words.models import Described
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import ServiceDistrict, Tenancy, Tenant
from tests.access.letters import household_letters, letter_arguments
from tests.access.own_data import household_own_data
from tests.access.proxies import household_grants
from tests.access.questions import household_question, question_arguments
from tests.access.suspense import suspense_arguments
from tests.cast import (
    make_account,
    make_batch,
    make_building,
    make_district,
    make_employee,
    make_entry,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)

CANARY = "Kanarek"
Arguments = Mapping[str, Any]
Scope = TenantScope | EmployeeScope


@dataclass
class World:
    """Who is there; all is committed."""

    anna: Tenant
    anna_account: int
    district: ServiceDistrict
    staff: int  # an employee of the district
    own: Arguments  # arguments by name that lead to Anna and to the own district
    foreign: Arguments  # the same, to the neighbour and the other district


def make_world(session: Session, folder: Path) -> World:
    """Anna in the district CENTRUM, her neighbour in POLESIE, and requests, mail and files of both."""
    terms = TermsVersion(version="1.0", text="Regulamin", text_hash="0" * 64, published_at=now())
    session.add(terms)
    session.flush()
    centre, other = make_district(session, code="CENTRUM"), make_district(session, code="POLESIE")
    staff = make_employee(session, *Role, districts=(centre,))
    file = folder / "plik.csv"
    file.write_text("nr;kwota\n1;2\n", encoding="utf-8")
    anna, account, own = _household(session, terms, centre, name="Anna Kowalska", street="Kwiatowa", serial=1)
    jan, _, foreign = _household(session, terms, other, name=f"{CANARY} Jan", street="Ptasia", serial=2)
    common = _common(session, staff, terms, file)
    rebuild(session)
    for tenant in (anna, jan):  # of both, so that it is the district that keeps the employee from the neighbour's
        session.add(
            DataView(tenant_id=tenant.id, employee_id=staff.id, roles="", purpose=Purpose.TENANT_VIEW, day=today(),
                     first_at=now())
        )  # fmt: skip
    world = World(anna, account.id, centre, staff.id, {**common, **own}, {**common, **foreign})
    session.commit()
    return world


def _household(
    session: Session, terms: TermsVersion, district: ServiceDistrict, *, name: str, street: str, serial: int
) -> tuple[Tenant, PortalAccount, dict[str, Any]]:
    word = name.split()[0]
    tenant = make_tenant(session, name, tenant_no=f"{word}-{serial}")
    premises = make_premises(session, building=make_building(session, street=street, district=district))
    tenancy = make_tenancy(session, tenant, tenancy_no=f"{word}/{serial}/2010", premises=premises)
    make_entry(session, tenancy, "2026-10-01", debit="100.00", due_on="2026-10-10", description=f"Czynsz {word}")
    meter = make_meter(session, premises, place=f"łazienka {word}")
    reading = make_reading(session, meter, "2026-06-01", "10", source=Source.TENANT, status=ReadingStatus.TO_CLARIFY)
    window = ReadingWindow(
        building_id=premises.building_id,
        opens_on=today() - timedelta(days=2),
        closes_on=today() + timedelta(days=8),
        grace_days=0,
        created_at=now(),
    )
    telling = Telling(tenant.id, "reading/1", {"meter": word, "read_on": "1", "value": "1", "reason": word})
    tell(session, kind=NoticeKind.READING_REJECTED, tellings=[telling], shown_until=today())
    notice_id = session.scalars(select(Notice.id).where(Notice.tenant_id == tenant.id)).one()
    session.add(window)
    session.flush()
    export = Export(
        kind="readings",
        profile="full",
        file_format="csv",
        pseudonymous=True,
        districts=str(district.id),
        file_name=f"odczyty-{word}.csv",
        sha256=keep_bytes(word.encode()),
        manifest=json.dumps(
            {"suma_zuzycie_m3": "0.000", "sha256": "0" * 64, "zapisy": {"korekta": 0, "anulowanie": 0}}
        ),
        created_at=now(),
    )
    session.add(export)
    session.flush()
    attach_photo(session, reading.id, CleanPicture(word.encode(), 1, 1, "0" * 64))
    announcement_id = _announcement(session, district, tenancy, word)
    fault = household_fault(session, tenancy, word, serial)
    change = ContactChange(
        tenant_id=tenant.id, kind=ContactKind.ADDRESS, state=ChangeState.WAITING, old=f"Adres {word}", new=f"Nowy {word}",
        asked_at=now(),
    )  # fmt: skip
    session.add(change)
    account = make_account(session, tenant)
    account.login, account.email = word.lower(), f"{word}@example.com".lower()
    session.add(
        TermsAcceptance(account_id=account.id, terms_version_id=terms.id, text_hash=terms.text_hash, accepted_at=now())
    )
    scope = sign_in_tenant(session, tenant, account_id=account.id)
    letters = household_letters(session, district, tenancy, word)
    request = ActivationRequest(
        number=f"IOK/2026/{serial:06d}",
        submission_key=str(serial) * 32,
        state=RequestState.SUBMITTED,
        kind="person",
        name=name,
        tenant_no=tenant.tenant_no,
        street=street,
        building_no="12",
        premises_no="7",
        email=account.email,
        terms_version_id=terms.id,
        submitted_at=now(),
        district_id=district.id,
    )
    session.add(request)
    session.flush()
    device = select(PortalSession.id).where(PortalSession.key_hash == scope.session_key)
    return (
        tenant,
        account,
        {
            "tenant_id": tenant.id,
            "tenancy_id": tenancy.id,
            "tenancy_no": tenancy.tenancy_no,
            "meter_id": meter.id,
            "reading_id": reading.id,
            "reading_ids": [reading.id],
            "window_id": window.id,
            "point_id": meter.point_id,
            "notice_id": notice_id,
            "export_id": export.id,
            "announcement_id": announcement_id,
            "change_id": change.id,
            **letters,
            **household_question(session, tenancy, letters["letter_id"], word),
            **household_own_data(session, account, word),
            **household_grants(session, tenancy, account, word),
            **fault,
            "numbers": [tenancy.tenancy_no],
            "export_finance.order": FinanceOrder("ledger", district_ids=frozenset({district.id})),
            "order": ReadingOrder(chosen=ReadingFilter(district_ids=frozenset({district.id}))),
            "plan_window.plan": WindowPlan(
                today() + timedelta(days=20), today() + timedelta(days=30), building_id=premises.building_id
            ),
            "replace_meter.new": NewMeter(f"N/{word}", 5, 3, Decimal(0)),
            "tenancy_ids": [tenancy.id],
            "account_id": account.id,
            "request_id": request.id,
            "find_by_code.code": code_of(request.number),
            "session_id": session.scalar(device),
            "find_tenants.text": word,
            "search_everything.text": word,
            "find_letters.text": word,
            "find_letters.most": 8,
            "find_premises.text": premises.code,
            "find_meters.text": meter.meter_no,
            "next_due.current": tenant_balance(session, scope, as_of=today()).tenancies[0],
            "district_id": district.id,
        },
    )


def _announcement(session: Session, district: ServiceDistrict, tenancy: Tenancy, word: str) -> int:
    """A current one to the tenant of this tenancy, with an attachment, by an editor of the district."""
    audience = Audience(AudienceKind.TENANCY, (tenancy.id,), within=(district.id,))
    one = Announcement(
        kind=AnnouncementKind.PLAIN,
        audience=audience.to_json(),
        created_at=now(),
        published_at=now() - timedelta(hours=1),
        visible_from=now() - timedelta(hours=1),
        recipients=1,
    )
    session.add(one)
    session.flush()
    version = AnnouncementVersion(
        announcement_id=one.id,
        nth=1,
        title=f"Remont {word}",
        body=word,
        attachment_sha256=keep_bytes(f"%PDF {word}".encode()),
        attachment_name=f"{word}.pdf",
        written_at=now(),
    )
    whom = AnnouncementRecipient(announcement_id=one.id, tenant_id=tenancy.tenant_id, tenancy_id=tenancy.id)
    session.add_all([version, whom])
    session.flush()
    return one.id


def household_fault(session: Session, tenancy: Tenancy, word: str, serial: int) -> dict[str, Any]:
    """An open report with a photo, a message and a note, and an incident of the building that it does not hang on."""
    building_id = tenancy.premises.building_id
    incident = FaultIncident(
        building_id=building_id, branch="water", title=f"Awaria {word}", body=word, opened_at=now(), opened_by=None
    )
    report = FaultReport(
        number=f"A/{serial:06}/2025",
        submission_key=word,
        tenant_id=tenancy.tenant_id,
        tenancy_id=tenancy.id,
        building_id=building_id,
        category="water_drain",
        answers=json.dumps([["Co się zatkało?", word]]),
        description=f"Zlew {word}",
        at_home=word,
        status=FaultStatus.ACCEPTED,
        due_on=today(),
        created_at=now(),
    )
    session.add_all([incident, report])
    session.flush()
    photo = FaultPhoto(
        report_id=report.id, nth=1, sha256=keep_bytes(f"foto {word}".encode()), original_sha256="0" * 64, width=1,
        height=1, taken_in_at=now(),
    )  # fmt: skip
    session.add_all(
        [
            photo,
            FaultStep(report_id=report.id, at=now(), kind=StepKind.SENT, by_tenant=True, note=word),
            FaultMessage(report_id=report.id, at=now(), by_tenant=True, internal=False, body=word),
            FaultMessage(report_id=report.id, at=now(), by_tenant=False, internal=True, body=word),
        ]
    )
    session.flush()
    return {"report_id": report.id, "incident_id": incident.id, "photo_id": photo.id}


def _fault_arguments() -> dict[str, Any]:
    answers = {"what": "zlew", "rises": "nie", "neighbours": "nie"}
    text = IncidentText("Zatkany pion", "Nie używaj zlewów.")
    return {
        "form": FaultForm("water_drain", "Zlew jest zatkany.", "key", answers),
        "category": "water_drain",
        "rating": 5,
        "body": "Dzień dobry",
        "note": "Zrobione",
        "reopen_report.reason": "Znowu cieknie",
        "change_deadline.reason": "Czekamy na części",
        "due_on": today() + timedelta(days=5),
        "to": FaultStatus.DONE,
        "instead_of": None,
        "declare_incident.text": text,
        "change_incident.text": text,
    }


def _announcement_arguments() -> dict[str, Any]:
    text = AnnouncementText("Tytuł", "Treść")
    plan = AnnouncementPlan(AnnouncementKind.PLAIN, Audience(AudienceKind.ALL))
    return {
        "write_draft.text": text,
        "write_draft.plan": plan,
        "change_draft.text": text,
        "change_draft.plan": plan,
        "correct_announcement.text": text,
        "recipients": 1,
        "size": TextSize.LARGE,
        "described": Described.COMPONENT,
        "write_words.name": "Balkon",
        "reset_words.name": "Balkon",
        "wording": "Opłata za balkon.",
        "before": "",
        "address": MailingAddress("Kwiatowa 1", "90-001", "Łódź"),
        "phone": "600 700 800",
        "email": "nowy@example.com",
        "give_consent.version": "1.0",
        "reject_address.reason": "Nie ma takiej ulicy",
        "settle_refused_email.reason": "Wyjaśniono",
    }


def _common(session: Session, staff: Employee, terms: TermsVersion, file: Path) -> dict[str, Any]:
    mail = OutgoingMail(
        deduplication_key="k",
        template="password_changed",
        recipient="urzad@example.com",
        parameters='{"login": "a"}',
        state=MailState.DEAD,
        created_at=now(),
        due_at=now(),
    )
    session.add(mail)
    session.add(ApiConsumer(name="Rozliczenia", token_hash="0" * 64, scope="readings", created_at=now()))
    session.flush()
    return {
        **_announcement_arguments(),
        **letter_arguments(),
        **_fault_arguments(),
        **question_arguments(),
        "employee_id": staff.id,
        "batch_id": (batch := make_batch(session)).id,
        **suspense_arguments(session, batch),
        "mail_id": mail.id,
        "terms_id": terms.id,
        "code": "000000",
        "token": "x" * 43,
        "current": "Zielona7Brama",
        "new": "Niebieska8Brama",
        "repeated": "Niebieska8Brama",
        "login": "nowy",
        "name": "Nowy Pracownik",
        "subject": "abc",
        "roles": [Role.CLERK],
        "mint_for.action": EmployeeAction.BLOCK,
        "ask_first.action": OfficeAction.LOCK,
        "carry_out.action": OfficeAction.LOCK,
        "message": "Proszę o uzupełnienie.",
        "value": Decimal("12.5"),
        "final_value": Decimal("12.5"),
        "read_on": date(2026, 6, 20),
        "replaced_on": date(2026, 6, 20),
        "reject_reading.reason": "Zły licznik",
        "correct_reading.reason": "Pomyłka",
        "reason": RejectReason.NO_TITLE,
        "document_shown": True,
        "wanted": (),
        "token_scope": "readings",
        "revoke_consumer.name": "Rozliczenia",
        "received_on": today(),
        "ledger_page.chosen": LedgerFilter(),
        "number_of_lines.chosen": LedgerFilter(),
        "every_line.chosen": LedgerFilter(),
        "ledger_file.chosen": LedgerFilter(),
        "ledger_file.file_format": "csv-pl",
        "balance_confirmation.day": today(),
        "payment_slip.amount": Decimal(10),
        "part": Part(),
        "event_page.chosen": EventFilter(),
        "since": today() - timedelta(days=60),
        "until": today(),
        "as_of": date(2026, 11, 1),
        "version": "2.0",
        "text": "Nowy regulamin",
        "changes": "Zmiany",
        "draft": TermsDraft(version="2.0", text="Nowy regulamin", changes="Zmiany", accounts=1, token="x" * 43),
        "kind": "ledger",
        "path": file,
        "file_name": file.name,
        "options": LoadOptions(),
        "close_month.month": "2020-01",
        "waiting_until.month": "2020-01",
        "reopen_month.month": "2020-01",
        "reopen_month.reason": "Korekta po kontroli",
        "ask_load.reason": "Wyciąg przyszedł po terminie",
        "ask_undo.reason": "Zły plik z systemu księgowego",
        "refuse_request.answer": "Proszę zaksięgować w bieżącym miesiącu",
        "period_requests.waiting": True,
    }


def tenant_in(session: Session, world: World) -> TenantScope:
    """Anna, signed in."""
    return sign_in_tenant(session, world.anna, account_id=world.anna_account)


def employee_in(session: Session, world: World, *roles: Role) -> EmployeeScope:
    """The employee of Anna's district, signed in with these roles."""
    return sign_in_employee(session, *roles, districts=(world.district,), employee_id=world.staff)


def never(session: Session, scope: Scope) -> Scope:
    """Nobody: no such session was ever there."""
    return dataclasses.replace(scope, session_key="f" * 64)


def ended(session: Session, scope: Scope) -> Scope:
    """Signed out."""
    return _changed(session, scope, ended_at=now())


def idle(session: Session, scope: Scope) -> Scope:
    """Away for more than a quarter of an hour."""
    return _changed(session, scope, seen_at=now() - timedelta(minutes=16))


def too_old(session: Session, scope: Scope) -> Scope:
    """Signed in for more than eight hours."""
    return _changed(session, scope, expires_at=now() - timedelta(seconds=1))


def locked(session: Session, scope: Scope) -> Scope:
    """Locked while signed in."""
    if isinstance(scope, TenantScope):
        lock_account(session, realm=Realm.TENANT, subject_id=scope.account_id, reason=LockReason.GUESSES)
    else:
        lock_account(session, realm=Realm.STAFF, subject_id=scope.employee_id or 0, reason=LockReason.GUESSES)
    return scope


def of_the_other_realm(session: Session, scope: Scope) -> Scope:
    """The key of a living session, of the other world."""
    realm = Realm.STAFF if isinstance(scope, TenantScope) else Realm.TENANT
    return _changed(session, scope, realm=realm)


def of_somebody_else(session: Session, scope: Scope) -> Scope:
    """The key of another person's living session."""
    return _changed(session, scope, subject_id=987_654)


def _changed(session: Session, scope: Scope, **values: Any) -> Scope:
    session.execute(update(PortalSession).where(PortalSession.key_hash == scope.session_key).values(**values))
    return scope


def before_gate(session: Session, scope: Scope, gate: Gate) -> Scope:
    """Signed in and standing before this gate."""
    if isinstance(scope, TenantScope):
        if gate is Gate.TERMS:
            newer = TermsVersion(version=secrets.token_hex(8), text="Nowy", text_hash="1" * 64, published_at=now())
            session.add(newer)
        else:
            session.execute(update(PortalAccount).values(password_hash=None, initial_password_hash="-"))
    elif gate is Gate.OWN_PASSWORD:
        session.execute(update(Employee).values(must_change_password=True))
    else:
        session.execute(update(Employee).values(totp_secret="A" * 32, totp_confirmed_at=now()))
    session.flush()
    return _changed(session, scope, restricted=True)
