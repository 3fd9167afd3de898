"""Many letters from one text: counted, tried on one, started as a batch that a program makes, paused, gone on with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.charges.schedule import ChargeSchedule, ScheduleChange, changing, schedules_of
from core.clock import now, today
from core.contact.details import addresses_of
from core.correspondence.kinds import LetterKind
from core.correspondence.models import BatchSource, Letter, LetterBatch, LetterBatchState
from core.correspondence.reach import require_own_batch, written_within
from core.correspondence.templates import LetterText, MergedLetter, checked_text, set_letter
from core.db import changed_rows
from core.errors import InvalidInputError
from core.ledger.balances import TenancyBalance, balances_of, owing
from core.money import in_zloty, to_grosze
from core.registry.addresses import postal_line, premises_line
from core.registry.audiences import Audience, AudienceKind, addressed, described, limited
from core.registry.bank_accounts import grouped
from core.registry.models import Building, Premises, Tenancy, Tenant

LEAST_OVERDUE = Decimal("0.01")
MOST = 60_000
AT_ONCE = 500
NOBODY = {
    LetterKind.CHARGE_CHANGE: "Nikt z wybranych nie ma zapowiedzianej zmiany opłat. Najpierw wczytaj nowy wymiar opłat.",
    LetterKind.REMINDER: "Nikt z wybranych nie ma zaległości po terminie.",
    LetterKind.BALANCE_CONFIRMATION: "Wybrani odbiorcy nie mają żadnej umowy. Zmień odbiorców.",
}


@dataclass(frozen=True, slots=True)
class _Concerned:
    tenancy_id: int
    tenant_id: int


@dataclass(frozen=True, slots=True)
class LetterSample:
    """What would be made: how many letters, of how many tenancies asked for, and the first of them as PDF."""

    letters: int
    tenancies: int
    pdf: bytes


def sample_letter(session: Session, scope: EmployeeScope, *, text: LetterText, audience: Audience) -> LetterSample:
    """Count the letters and set the first one. Raises InvalidFormError (`title`, `body`), InvalidInputError (`audience`)."""
    require_live(session, scope, Permission.SEND_LETTERS)
    text, audience = checked_text(text), _asked_for(scope, audience)
    concerned = _concerned(session, text.kind, audience, today())
    asked = session.scalar(select(func.count()).select_from(Tenancy).where(addressed(audience, day=today()))) or 0
    (letter,) = merged(session, text, [concerned[0].tenancy_id], numbers=["WZÓR"], as_of=today())
    return LetterSample(len(concerned), asked, set_letter(letter).content)


def start_letters(session: Session, scope: EmployeeScope, *, text: LetterText, audience: Audience) -> int:
    """Begin a batch with a letter to every tenancy concerned, still without its PDF; returns the batch.

    A change of charges concerns who has one announced, a reminder who is overdue. Balances are those of today, also when the
    making takes until tomorrow. Raises as `sample_letter`.
    """
    require_live(session, scope, Permission.SEND_LETTERS)
    text, audience = checked_text(text), _asked_for(scope, audience)
    concerned = _concerned(session, text.kind, audience, today())
    batch = LetterBatch(
        source=BatchSource.TEMPLATE,
        state=LetterBatchState.MAKING,
        name=f"{text.title} ({described(session, audience)})"[:200],
        within=written_within(scope),
        created_at=now(),
        created_by=scope.employee_id,
        kind=text.kind,
        title=text.title,
        body=text.body,
        audience=audience.to_json(),
        as_of=today(),
        letters=len(concerned),
    )
    session.add(batch)
    session.flush()
    session.execute(
        insert(Letter),
        [
            {
                "batch_id": batch.id,
                "tenant_id": one.tenant_id,
                "tenancy_id": one.tenancy_id,
                "file_name": f"pismo-{nth}.pdf",
                "kind": text.kind,
                "letter_no": f"IOK/{batch.id}/{nth}/{today().year}",
                "dated": today(),
                "title": text.title,
            }
            for nth, one in enumerate(concerned, start=1)
        ],
    )
    return batch.id


def pause_letters(session: Session, scope: EmployeeScope, *, batch_id: int) -> None:
    """Stop the making; what is made stays. Raises NotFoundError, and InvalidInputError where nothing is being made."""
    _turn(session, scope, batch_id, LetterBatchState.MAKING, LetterBatchState.PAUSED)


def resume_letters(session: Session, scope: EmployeeScope, *, batch_id: int) -> None:
    """Go on with the making. Raises NotFoundError, and InvalidInputError for a batch that is not paused."""
    _turn(session, scope, batch_id, LetterBatchState.PAUSED, LetterBatchState.MAKING)


def last_text(session: Session, scope: EmployeeScope, *, kind: LetterKind) -> LetterText | None:
    """The text of the newest batch of that kind made in the employee's own districts; None: none yet."""
    require_live(session, scope, Permission.SEND_LETTERS)
    newest = session.scalars(
        select(LetterBatch)
        .where(LetterBatch.kind == kind, LetterBatch.within == written_within(scope))
        .order_by(LetterBatch.id.desc())
        .limit(1)
    ).first()
    return None if newest is None else LetterText(kind, newest.title or "", newest.body or "")


def merged(
    session: Session, text: LetterText, tenancies: Sequence[int], *, numbers: Sequence[str], as_of: date
) -> list[MergedLetter]:
    """The letters to some tenancies in their order, at most 500 at once, numbered with `numbers`."""
    balances = balances_of(session, tenancies, as_of=as_of)
    schedules = schedules_of(session, tenancies, as_of=as_of)
    rows = session.execute(
        select(Tenancy, Tenant, Premises, Building)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenancy.id.in_(tenancies))
    ).all()
    by_id = {row[0].id: row for row in rows}
    mailing = addresses_of(session, tenants={row[1].id for row in rows})
    letters = []
    for tenancy_id, number in zip(tenancies, numbers, strict=True):
        tenancy, tenant, premises, building = by_id[tenancy_id]
        place = premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind)
        home = (place, postal_line(building.postal_code, building.city))
        letters.append(
            MergedLetter(
                title=text.title,
                body=text.body,
                letter_no=number,
                dated=as_of,
                addressee=(tenant.name, *((mailing[tenant.id],) if tenant.id in mailing else home)),
                fields={
                    "najemca": tenant.name,
                    "nr_najemcy": tenant.tenant_no,
                    "umowa": tenancy.tenancy_no,
                    "lokal": place,
                    "nr_rachunku": grouped(tenancy.bank_account_no) if tenancy.bank_account_no else "podany w umowie",
                    "data": f"{as_of:%d.%m.%Y}",
                    "stan_na": f"{as_of:%d.%m.%Y}",
                    **_of_balance(balances[tenancy_id]),
                    **_of_charges(schedules[tenancy_id]),
                },
            )
        )
    return letters


def _of_balance(one: TenancyBalance) -> dict[str, str]:
    word = "do wpłaty" if one.balance > 0 else "nadpłata"
    told = f"{word} {_zloty(abs(one.balance))}" if one.balance else "konto rozliczone"
    return {"saldo": told, "zaleglosc": _zloty(one.overdue)}


def _of_charges(schedule: ChargeSchedule) -> dict[str, str]:
    fields = {"oplata": _zloty(schedule.total)}
    if schedule.announced:
        change = schedule.announced[0]
        fields |= {
            "nowa_oplata": _zloty(change.total_after),
            "zmiana_od": f"{change.day:%d.%m.%Y}",
            "skladniki": _components(change),
        }
    return fields


def _components(change: ScheduleChange) -> str:
    lines = []
    for one in change.components:
        before = _zloty(one.before.amount) if one.before else "nie było"
        after = _zloty(one.after.amount) if one.after else "nie będzie"
        lines.append(f"- {one.component}: {before} → {after}")
    return "\n".join(lines)


def _zloty(amount: Decimal) -> str:
    return in_zloty(to_grosze(amount))


def _concerned(session: Session, kind: LetterKind, audience: Audience, day: date) -> list[_Concerned]:
    """Whom the letters go to, by number of tenancy. Raises InvalidInputError (`audience`) for nobody or too many."""
    chosen = addressed(audience, day=day)
    if kind is LetterKind.REMINDER:
        chosen &= owing(as_of=day, least=LEAST_OVERDUE)
    elif kind is LetterKind.CHARGE_CHANGE:
        chosen &= changing(after=day)
    rows = session.execute(select(Tenancy.id, Tenancy.tenant_id).where(chosen).order_by(Tenancy.tenancy_no)).all()
    found = [_Concerned(*row) for row in rows]
    if kind is LetterKind.CHARGE_CHANGE:
        found = [one for some in _pieces(found) for one in _with_a_change(session, some, day)]
    if not found:
        raise InvalidInputError(NOBODY[kind], field="audience")
    if len(found) > MOST:
        raise InvalidInputError(
            f"Pism byłoby {len(found)}, a jedna paczka może ich mieć {MOST}. Zawęź odbiorców.", field="audience"
        )
    return found


def _with_a_change(session: Session, some: Sequence[_Concerned], day: date) -> list[_Concerned]:
    """A line that begins later may say what held before: then nothing changes and there is nothing to write."""
    schedules = schedules_of(session, [one.tenancy_id for one in some], as_of=day)
    return [one for one in some if schedules[one.tenancy_id].announced]


def _pieces(found: Sequence[_Concerned]) -> Iterator[Sequence[_Concerned]]:
    for start in range(0, len(found), AT_ONCE):
        yield found[start : start + AT_ONCE]


def _asked_for(scope: EmployeeScope, audience: Audience) -> Audience:
    if audience.kind is not AudienceKind.ALL and not audience.values:
        raise InvalidInputError("Wybierz, do kogo mają trafić pisma.", field="audience")
    return limited(scope, audience)


def _turn(
    session: Session, scope: EmployeeScope, batch_id: int, before: LetterBatchState, after: LetterBatchState
) -> None:
    require_live(session, scope, Permission.SEND_LETTERS)
    batch = require_own_batch(session, scope, batch_id)
    stands = (LetterBatch.id == batch.id) & (LetterBatch.state == before)
    if changed_rows(session, update(LetterBatch).where(stands).values(state=after, leased_until=None)) != 1:
        raise InvalidInputError("Przygotowywanie tej paczki już się skończyło albo ktoś je zatrzymał.")
