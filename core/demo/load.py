"""Makes the demo city: its files first, then everything through the import, the accounts all at once, then applications."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, exists, inspect, select, update
from sqlalchemy.orm import Session

from core import db
from core.accounts.creating import create_employee, create_portal_account
from core.accounts.models import Employee, PortalAccount
from core.accounts.sign_in import operator_scope
from core.accounts.terms import current_terms, publish_shipped_terms, write_acceptance
from core.batches.models import BatchState, ImportBatch
from core.clock import today
from core.demo import cast
from core.demo.announcements import make_announcements
from core.demo.applications import make_applications
from core.demo.city import build_city
from core.demo.faults import make_faults
from core.demo.files import write_files
from core.demo.letters import make_correspondence
from core.demo.questions import make_questions
from core.demo.streets import DISTRICTS
from core.errors import DomainError, NotPermittedError
from core.imports.desk import import_file
from core.imports.kinds import KINDS
from core.imports.models import SuspendedRow
from core.imports.options import LoadOptions
from core.imports.report import BatchReport
from core.imports.undo import undo_batch
from core.meters.window_planning import WindowPlan, plan_window
from core.overview import DEMO_FILES
from core.registry.models import Building, PropertyAdministrator, ServiceDistrict, Tenant
from core.settings import settings

WINDOW = timedelta(days=9)  # how long the demo city's reading window is open from today on


class NotEmptyError(DomainError):
    """There is something in the database already; the demo city never mixes with it."""

    def __init__(self) -> None:
        super().__init__(
            "Baza danych nie jest pusta: miasto demonstracyjne powstaje tylko w pustej. Nic nie zmieniono."
        )


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was made: the folder of the files and what became of each, by kind."""

    folder: Path
    batches: dict[str, BatchReport]


def is_empty() -> bool:
    """Whether the database holds nothing yet (no tables, none of anybody's rows, or an unfinished demo city)."""
    if not inspect(db.read_engine()).has_table(ImportBatch.__tablename__):
        return True
    with db.reading() as session:
        if _any(session, exists().select_from(Employee), exists().select_from(PortalAccount)):
            return False
        if _unfinished(session):
            return True
        return not _any(session, *(exists().select_from(table) for table in (Building, Tenant, SuspendedRow)))


def make_demo(*, tenancies: int, years: int, seed: int, said: Callable[[str], None] = lambda line: None) -> DemoReport:
    """Write the files of the city under `var/demo/` and load them; the city ends today.

    `said` is told, in Polish, what is being done. Raises NotPermittedError in production and NotEmptyError where the
    database holds anything.
    """
    if settings().production:
        raise NotPermittedError("To instalacja produkcyjna: miasto demonstracyjne nie może w niej powstać.")
    if not is_empty():
        raise NotEmptyError
    db.migrate()
    _take_back_unfinished()
    said(f"Tworzę pliki (umowy: {tenancies}, lata: {years})…")
    city = build_city(tenancies=tenancies, seed=seed, day=today())
    folder = settings().var / "demo"
    paths = write_files(folder, city=city, years=years, seed=seed)
    batches = {}
    for kind, path in paths.items():
        said(f"Wczytuję: {KINDS[kind].title} ({path.name})…")
        # A grown city has amounts far above a tenancy's median, as in life; the batch records that they were accepted.
        options = LoadOptions(accept_warnings=True)
        batches[kind] = import_file(operator_scope(), kind=kind, path=path, options=options)
    with db.transaction() as session:
        _describe_districts(session)
        _make_accounts(session)
        days = WindowPlan(today(), today() + WINDOW, reading_day=today() + WINDOW, grace_days=3, every_months=3)
        plan_window(session, operator_scope(), plan=days)
        make_announcements(session)
        make_faults(session)
    said("Piszę pisma…")
    make_correspondence()
    with db.transaction() as session:
        make_questions(session)
    said("Składam wnioski o konta…")
    make_applications()
    return DemoReport(folder, batches)


def _any(session: Session, *conditions: ColumnElement[bool]) -> bool:
    return any(session.scalar(select(condition)) for condition in conditions)


def _unfinished(session: Session) -> bool:
    """Whether all that was ever loaded are files of a demo city whose making broke off: the accounts come last."""
    names = session.scalars(select(ImportBatch.file_name).where(ImportBatch.state == BatchState.COMMITTED)).all()
    return bool(names) and all(name.startswith(DEMO_FILES) for name in names)


def _take_back_unfinished() -> None:
    """Undo what a broken-off attempt loaded, the newest first, so that another day or seed can be made instead."""
    with db.reading() as session:
        left = session.scalars(
            select(ImportBatch.id).where(ImportBatch.state == BatchState.COMMITTED).order_by(ImportBatch.id.desc())
        ).all()
    for batch_id in left:
        with db.transaction() as session:
            undo_batch(session, operator_scope(), batch_id=batch_id)


def _describe_districts(session: Session) -> None:
    """The contract of the files carries a district's code only; its name and contacts are set here."""
    for one in DISTRICTS:
        name = f"Rejon Obsługi Najemców {one.code.removeprefix('RON ')}"
        described = {"name": name, "address": one.address, "phone": one.phone, "email": one.email, "hours": one.hours}
        session.execute(update(ServiceDistrict).where(ServiceDistrict.code == one.code).values(**described))


def _make_accounts(session: Session) -> None:
    publish_shipped_terms(session)
    terms = current_terms(session)
    for number, tenant in enumerate(cast.TENANTS, start=1):
        account = create_portal_account(
            session,
            tenant_no=f"{number:06d}",
            login=tenant.login,
            password=cast.TENANT_PASSWORD,
            email=f"{tenant.login}@example.com",
        )
        if terms:  # who is shown around meets the portal, not its gates
            write_acceptance(session, account_id=account.id, terms=terms)
    served = set(session.scalars(select(ServiceDistrict.code)))
    administrators = set(session.scalars(select(PropertyAdministrator.name)))
    for one in cast.EMPLOYEES:
        create_employee(
            session,
            login=one.login,
            name=one.name,
            password=cast.EMPLOYEE_PASSWORD,
            roles=(one.role,),
            district_codes=[code for code in one.districts if code in served],
            administrator=one.stands_for if one.stands_for in administrators else None,
        )
