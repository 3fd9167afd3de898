"""Proxies in the world of the access tests: which doors are theirs, grants of a household, and one who comes in by a grant."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyGrant, ProxyLevel
from core.access.scopes import Proxy, TenantScope
from core.accounts.models import PortalAccount
from core.clock import now, today
from core.db import Base
from core.proxies.grants import GrantForm
from core.registry.models import Tenancy, Tenant
from tests.cast import make_premises, make_tenancy, make_tenant, sign_in_tenant

# Every other door of tenants is closed to proxies: one's contact data, consent, inbox, own data, closing, proxies.
_SEE = (
    "charges.card.premises_card charges.schedule.charge_schedule ledger.balances.next_due ledger.balances.tenancy_balance "
    "ledger.balances.tenant_balance ledger.ageing.tenancy_ageing ledger.history.charges_by_component "
    "ledger.monthly_charge.coming_charges ledger.monthly_charge.compare_months "
    "ledger.documents.ledger_page ledger.entries.ledger_span ledger.history.balance_history "
    "ledger.history.monthly_totals overview.tenant_home overview.new_counts registry.premises.premises_details "
    "registry.queries.require_own_tenancy audit.tenant_view.require_view registry.queries.tenancies_of "
    "meters.monthly.months_of_water meters.own_windows.own_window meters.photos.photo_of_own_reading "
    "meters.queries.meters_of_tenancy ledger.lines.every_line ledger.lines.number_of_lines "
    "paying.confirmation.balance_confirmation paying.files.ledger_file paying.payments.dues "
    "paying.slip.payment_slip paying.statement.statement paying.statement_paper.statement_paper paying.tenancy.parties "
    # their own account
    "accounts.devices.end_device accounts.devices.end_other_devices accounts.devices.sign_in_history "
    "accounts.devices.signed_in_devices accounts.gates.open_gates accounts.own_passwords.change_password "
    "accounts.own_passwords.set_first_password accounts.terms.accept_terms accounts.terms.accepted_before "
    "accounts.terms.accepted_terms accounts.text_size.choose_text_size proxies.acting.standings "
    "proxies.acting.act_for proxies.acting.give_up proxies.invitation.accept_as"
)
_READINGS = "meters.submitting.correct_own_reading meters.submitting.submit_reading meters.submitting.withdraw_reading"
_EVERYTHING = (
    "announcements.own.open_announcement announcements.own.own_announcements announcements.own.own_attachment "
    "correspondence.own.open_letter correspondence.own.own_certificate correspondence.own.own_letter "
    "correspondence.own.own_letter_file correspondence.own.own_letters questions.asking.ask_question "
    "questions.asking.close_own questions.asking.reply questions.own.own_question_attachment questions.own.own_thread "
    "questions.own.own_threads questions.subjects.own_subject faults.following.rate_report "
    "faults.following.reopen_report faults.following.write_message faults.own.known_incidents faults.own.open_fault "
    "faults.own.own_faults faults.photos.own_fault_photo faults.sending.join_incident faults.sending.send_report"
)
PROXY_DOORS: dict[str, ProxyLevel] = {
    door: level
    for level, doors in ((ProxyLevel.SEE, _SEE), (ProxyLevel.READINGS, _READINGS), (ProxyLevel.EVERYTHING, _EVERYTHING))
    for door in doors.split()
}
# Of what these touch, nothing hangs on a tenancy: one's own account, or an object named beside it.
OF_NO_TENANCY = frozenset(door for door in _SEE.split() if door.startswith(("accounts.", "proxies.")))


def household_grants(session: Session, tenancy: Tenancy, account: PortalAccount, word: str) -> dict[str, Any]:
    """A grant that the household's tenant gave, and one that their account holds for a relative."""
    relative = make_tenant(session, f"Babcia {word}", tenant_no=f"B-{word}")
    beside = make_premises(session, building=tenancy.premises.building, premises_no=f"9{tenancy.id}")
    kept = make_tenancy(session, relative, tenancy_no=f"B/{word}", premises=beside)
    given = make_grant(session, tenancy, make_proxy_account(session, f"Wnuk {word}"), ProxyLevel.SEE)
    held = make_grant(session, kept, account, ProxyLevel.SEE)
    form = GrantForm(tenancy.id, "Maria Nowa", "maria@example.com", ProxyLevel.SEE, today() + timedelta(days=30))
    return {
        "grant_id": given.id,
        "act_for.grant_id": held.id,
        "give_up.grant_id": held.id,
        "invite_proxy.form": form,
        "grant_by_office.form": form,
    }


def make_proxy_account(session: Session, name: str) -> PortalAccount:
    """An account of somebody who is no tenant."""
    account = PortalAccount(
        person_name=name, login=f"p-{name.lower().replace(' ', '')}"[:40], password_hash="-", created_at=now(),
        email=f"{name.lower().replace(' ', '.')}@example.com",
    )  # fmt: skip
    session.add(account)
    session.flush()
    return account


def make_grant(session: Session, tenancy: Tenancy, account: PortalAccount, level: ProxyLevel) -> ProxyGrant:
    """A grant in force for this tenancy."""
    grant = ProxyGrant(
        tenant_id=tenancy.tenant_id, tenancy_id=tenancy.id, level=level, person_name="Pełnomocnik", email="p@example.com",
        valid_to=today(), granted_at=now(), invited_until=now(), accepted_at=now(), account_id=account.id,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    return grant


def proxy_in(session: Session, tenancy: Tenancy, level: ProxyLevel) -> TenantScope:
    """A live session of a proxy for this tenancy, who is no tenant."""
    account = session.query(PortalAccount).filter_by(login="p-maria").one_or_none()
    account = account or make_proxy_account(session, "Maria")
    grant = make_grant(session, tenancy, account, level)
    tenant = session.get_one(Tenant, tenancy.tenant_id)
    scope = sign_in_tenant(session, tenant, account_id=account.id)
    acting = PortalSession.key_hash == scope.session_key
    session.execute(update(PortalSession).where(acting).values(proxy_grant_id=grant.id))
    by = Proxy(grant.id, tenancy.id, level, grant.valid_to, tenant.name)
    return TenantScope(account.id, tenant.id, scope.session_key, "Maria", proxy=by)


def give_tenancy_to(session: Session, tenancy_id: int, tenant_id: int) -> None:
    """Make a tenancy, and all that hangs on it, that of another tenant."""
    for table in Base.metadata.tables.values():
        if {"tenant_id", "tenancy_id"} <= set(table.columns.keys()):
            whose = table.update().where(table.c.tenancy_id == tenancy_id)
            session.execute(whose.values(tenant_id=tenant_id))
    session.execute(update(Tenancy).where(Tenancy.id == tenancy_id).values(tenant_id=tenant_id))
