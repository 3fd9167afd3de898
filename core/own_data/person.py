"""Own data of the person and of the account: who, how reached, what was agreed to, and who signed in."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import PortalSession, Realm
from core.accounts.attempts import login_key
from core.accounts.devices import device_name
from core.accounts.models import (
    AccountState,
    ClosingRequest,
    ClosingState,
    Outcome,
    PortalAccount,
    SignInAttempt,
    TermsAcceptance,
    TermsVersion,
)
from core.accounts.notice_choice import muted_in
from core.activation.models import ActivationRequest, RequestState
from core.contact.models import ChangeState, ContactChange, ContactDetails, ContactKind, DeliveryConsent
from core.notices.models import Topic
from core.own_data.models import DataExport, ExportState
from core.own_data.sections import Row, Section, Whose, yes
from core.registry.models import Tenant

ACCOUNT_WORDS = {
    AccountState.ACTIVE: "czynne",
    AccountState.LOCKED: "zablokowane",
    AccountState.CLOSED: "zamknięte",
}
TOPIC_WORDS = {
    Topic.READINGS: "odczyty",
    Topic.VERIFICATION: "legalizacja",
    Topic.ANNOUNCEMENTS: "ogłoszenia",
    Topic.CONTACT: "dane kontaktowe",
    Topic.LETTERS: "pisma",
    Topic.FAULTS: "zgłoszenia",
    Topic.QUESTIONS: "pytania",
    Topic.ACCOUNT: "konto",
}
KIND_WORDS = {
    ContactKind.EMAIL: "adres e-mail",
    ContactKind.PHONE: "telefon",
    ContactKind.ADDRESS: "adres do korespondencji",
}
CHANGE_WORDS = {
    ChangeState.ASKED: "czeka na kod",
    ChangeState.WAITING: "czeka na rejon",
    ChangeState.DONE: "zmieniono",
    ChangeState.REJECTED: "odrzucono",
    ChangeState.FROZEN: "wstrzymano",
    ChangeState.VOID: "przerwano",
}
REQUEST_WORDS = {
    RequestState.SUBMITTED: "czeka na podpisany wniosek",
    RequestState.FILED: "złożony",
    RequestState.IN_REVIEW: "sprawdzany",
    RequestState.CORRECTION: "do uzupełnienia",
    RequestState.APPROVED: "uznany",
    RequestState.CREDENTIALS_SENT: "wysłano dane do logowania",
    RequestState.COMPLETED: "zakończony",
    RequestState.REJECTED: "odrzucony",
    RequestState.EXPIRED: "wygasł",
    RequestState.WITHDRAWN: "wycofany",
    RequestState.SUPERSEDED: "zastąpiony nowszym",
}
CLOSING_WORDS = {
    ClosingState.OPEN: "czeka na rejon",
    ClosingState.WITHDRAWN: "wycofana",
    ClosingState.CLOSED: "konto zamknięto",
    ClosingState.REJECTED: "odrzucona",
}
EXPORT_WORDS = {
    ExportState.WAITING: "czeka",
    ExportState.MAKING: "przygotowuje się",
    ExportState.READY: "gotowy",
    ExportState.FAILED: "nie powstał",
}


def _person(session: Session, whose: Whose) -> Iterator[Row]:
    one = session.get_one(Tenant, whose.tenant_id)
    own = session.get(ContactDetails, whose.tenant_id)
    yield (
        one.tenant_no,
        "firma" if one.kind == "company" else "osoba",
        one.name,
        one.nip,
        one.email,
        one.phone,
        one.mailing_address,
        own.phone if own else None,
        own.address if own else None,
        own.changed_at if own else None,
    )


def _changes(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(
        select(ContactChange).where(ContactChange.tenant_id == whose.tenant_id).order_by(ContactChange.id)
    ):
        kind, state = KIND_WORDS[ContactKind(one.kind)], CHANGE_WORDS[ChangeState(one.state)]
        yield kind, one.old, one.new, state, one.asked_at, one.decided_at, one.reason


def _consents(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(
        select(DeliveryConsent).where(DeliveryConsent.tenant_id == whose.tenant_id).order_by(DeliveryConsent.id)
    ):
        yield one.version, one.text_hash, one.given_at, one.withdrawn_at


def _accounts(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(
        select(PortalAccount).where(PortalAccount.id.in_(whose.account_ids)).order_by(PortalAccount.id)
    ):
        muted = muted_in(one.muted_topics)
        yield (
            one.login,
            one.email,
            ACCOUNT_WORDS[AccountState(one.state)],
            one.created_at,
            one.password_set_at,
            one.locked_at,
            one.former_email,
            one.former_email_until,
            ", ".join(TOPIC_WORDS[topic] for topic in Topic if topic not in muted),
            yes(one.daily_digest),
            one.text_percent,
        )


def _sessions(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(
        select(PortalSession)
        .where(PortalSession.realm == Realm.TENANT, PortalSession.subject_id.in_(whose.account_ids))
        .order_by(PortalSession.id)
    ):
        yield device_name(one.device), one.network or None, one.started_at, one.seen_at, one.ended_at


def _attempts(session: Session, whose: Whose) -> Iterator[Row]:
    """Without the network: whoever typed a wrong password may have been somebody else."""
    for login in whose.logins:
        rows = session.execute(
            select(SignInAttempt.at, SignInAttempt.outcome)
            .where(
                SignInAttempt.realm == Realm.TENANT,
                SignInAttempt.login_hash == login_key(Realm.TENANT, login),
                SignInAttempt.outcome != Outcome.CLEARED,
            )
            .order_by(SignInAttempt.id)
        )
        for at, outcome in rows:
            yield login, at, "udane" if outcome == Outcome.RIGHT else "nieudane"


def _terms(session: Session, whose: Whose) -> Iterator[Row]:
    rows = session.execute(
        select(TermsVersion.version, TermsAcceptance.text_hash, TermsAcceptance.accepted_at)
        .join(TermsVersion, TermsVersion.id == TermsAcceptance.terms_version_id)
        .where(TermsAcceptance.account_id.in_(whose.account_ids))
        .order_by(TermsAcceptance.id)
    )
    for one in rows:
        yield one.version, one.text_hash, one.accepted_at


def _applications(session: Session, whose: Whose) -> Iterator[Row]:
    """Those that led to an account of the tenant's. Others in their name may be somebody else's, with other addresses."""
    for one in session.scalars(
        select(ActivationRequest)
        .where(ActivationRequest.account_id.in_(whose.account_ids), ActivationRequest.tenant_id == whose.tenant_id)
        .order_by(ActivationRequest.id)
    ):
        yield (
            one.number,
            REQUEST_WORDS[RequestState(one.state)],
            one.name,
            one.tenant_no,
            one.tenancy_no,
            one.street,
            one.building_no,
            one.premises_no,
            one.email,
            one.phone,
            one.submitted_at,
            one.filed_on,
            one.decided_at,
        )


def _closings(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(
        select(ClosingRequest).where(ClosingRequest.account_id.in_(whose.account_ids)).order_by(ClosingRequest.id)
    ):
        state = CLOSING_WORDS[ClosingState(one.state)]
        yield one.asked_at, one.reason, state, one.decided_at, one.answer


def _exports(session: Session, whose: Whose) -> Iterator[Row]:
    for one in session.scalars(
        select(DataExport)
        .where(DataExport.tenant_id == whose.tenant_id, DataExport.account_id.in_(whose.account_ids))
        .order_by(DataExport.id)
    ):
        yield one.asked_at, EXPORT_WORDS[ExportState(one.state)], one.ready_at


PERSON = Section(
    "osoba",
    "Osoba i dane kontaktowe",
    "Kim jesteś w ewidencji wynajmującego i jak się z Tobą kontaktujemy.",
    ("numer_najemcy", "rodzaj", "nazwa", "nip", "email_w_ewidencji", "telefon_w_ewidencji", "adres_w_ewidencji",
     "telefon_z_portalu", "adres_z_portalu", "zmieniono"),
    _person,
)  # fmt: skip
CHANGES = Section(
    "zmiany_danych",
    "Zmiany danych kontaktowych",
    "Każda zmiana adresu e-mail, telefonu i adresu do korespondencji.",
    ("dane", "poprzednio", "nowe", "stan", "zlozono", "zakonczono", "powod"),
    _changes,
)
CONSENTS = Section(
    "zgody",
    "Zgody na pisma w portalu",
    "Do której wersji treści była zgoda i kiedy ją cofnięto.",
    ("wersja", "skrot_tekstu_sha256", "wyrazono", "cofnieto"),
    _consents,
)
ACCOUNTS = Section(
    "konta",
    "Konto w portalu",
    "Identyfikator, adres e-mail i wybory. Haseł tu nie ma: nie znamy ich.",
    ("identyfikator", "email", "stan", "zalozono", "haslo_ustawiono", "zablokowano", "poprzedni_email",
     "poprzedni_email_do", "powiadomienia_e_mailem", "raz_dziennie",
     "wielkosc_tekstu_procent"),
    _accounts,
)  # fmt: skip
SESSIONS = Section(
    "sesje",
    "Sesje",
    "Gdzie i kiedy było się zalogowanym.",
    ("urzadzenie", "adres_sieci", "zalogowano", "ostatnio_uzywane", "zakonczono"),
    _sessions,
)
ATTEMPTS = Section(
    "logowania",
    "Próby logowania",
    "Udane i nieudane próby logowania Twoim identyfikatorem, tak długo, jak je przechowujemy.",
    ("identyfikator", "kiedy", "wynik"),
    _attempts,
)
TERMS = Section(
    "regulaminy",
    "Zaakceptowane regulaminy",
    "Wersje regulaminu i skrót tekstu, który był wtedy pokazany.",
    ("wersja", "skrot_tekstu_sha256", "zaakceptowano"),
    _terms,
)
APPLICATIONS = Section(
    "wnioski_o_konto",
    "Wnioski o konto",
    "To, co podano we wniosku, z którego powstało konto.",
    ("numer", "stan", "nazwa", "numer_najemcy", "numer_umowy", "ulica", "numer_budynku", "numer_lokalu", "email",
     "telefon", "wyslano", "zlozono", "rozpatrzono"),
    _applications,
)  # fmt: skip
CLOSINGS = Section(
    "zamkniecie_konta",
    "Prośby o zamknięcie konta",
    "Twoje prośby i odpowiedzi rejonu.",
    ("zlozono", "powod", "stan", "zakonczono", "odpowiedz"),
    _closings,
)
EXPORTS = Section(
    "pliki_z_danymi",
    "Pliki z danymi",
    "Kiedy proszono o taki plik jak ten.",
    ("poproszono", "stan", "gotowy"),
    _exports,
)
