"""Every door of the core against everybody who must not pass it, on both databases."""

import ast
import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core import db
from core.access.confirmations import ConfirmationUsedError
from core.access.models import ProxyEnd, ProxyGrant, ProxyLevel
from core.access.scopes import GRANTS, EmployeeScope, GateClosedError, Role, TenantScope
from core.accounts.gates import Gate
from core.clock import now, today
from core.errors import DomainError, NotFoundError, NotPermittedError, SessionEndedError
from core.registry.models import Tenancy
from core.settings import ROOT
from tests.access import world as who
from tests.access.proxies import OF_NO_TENANCY, PROXY_DOORS, give_tenancy_to, proxy_in
from tests.access.registry import doors, scopes_of
from tests.access.table import INSIDE, ROWS, Foreign, Row
from tests.access.world import CANARY, Arguments, Scope, World, employee_in, make_world, tenant_in

REFUSALS = (SessionEndedError, NotPermittedError, GateClosedError)
STATES = (who.never, who.ended, who.idle, who.too_old, who.locked, who.of_the_other_realm, who.of_somebody_else)
DOORS = doors()
Enter = Callable[[Session, World], Scope]


@pytest.fixture
def city(database: str, tmp_path: Path) -> World:
    with Session(db.engine(), expire_on_commit=False) as session:
        return make_world(session, tmp_path)


def test_every_door_has_a_row_and_every_row_a_door() -> None:
    assert DOORS.keys() - ROWS.keys() - INSIDE == set(), "doors without a row"
    assert (ROWS.keys() | INSIDE) - DOORS.keys() == set(), "rows without a door"
    assert ROWS.keys() & INSIDE == set()


def test_screens_use_no_door_that_stays_inside() -> None:
    hidden = {name.rpartition(".")[2] for name in INSIDE}
    for file in [*ROOT.glob("ui/*.py"), *ROOT.glob("pages/**/*.py"), *ROOT.glob("app_*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("core"):
                assert not {name.name for name in node.names} & hidden, file


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_session_that_does_not_live_opens_nothing(city: World, state: Callable[[Session, Scope], Scope]) -> None:
    wrong = [
        (name, answer)
        for name, door, _ in rows()
        for enter in entrances(door)
        if not isinstance(answer := knock(door, city, city.own, enter, state), SessionEndedError)
    ]
    assert not wrong, listed(wrong)


@pytest.mark.parametrize(
    "gate", [(TenantScope, Gate.TERMS), (TenantScope, Gate.OWN_PASSWORD), (EmployeeScope, Gate.OWN_PASSWORD),
             (EmployeeScope, Gate.SECOND_FACTOR)], ids=lambda gate: f"{gate[0].__name__}-{gate[1]}"
)  # fmt: skip
def test_who_stands_before_a_gate_passes_that_gate_only(city: World, gate: tuple[type[Scope], Gate]) -> None:
    kind, first = gate

    def waiting(session: Session, scope: Scope) -> Scope:
        return who.before_gate(session, scope, first)

    wrong = []
    for name, door, row in rows():
        for enter in entrances(door, kind):
            answer = knock(door, city, city.own, enter, waiting)
            opens = row.at_gates or row.gate is first
            if isinstance(answer, REFUSALS) if opens else not isinstance(answer, GateClosedError):
                wrong.append((name, answer))
    assert not wrong, listed(wrong)


def test_gate_is_passed_once(city: World) -> None:
    wrong = [
        (name, answer)
        for name, door, row in rows()
        for enter in entrances(door)
        if row.gate and not row.at_will
        if not isinstance(answer := knock(door, city, city.own, enter), GateClosedError)
    ]
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("role", Role)
def test_role_opens_what_its_permissions_say(city: World, role: Role) -> None:
    wrong = []
    for name, door, row in rows():
        if EmployeeScope not in scopes_of(door) or row.gate:
            continue
        answer = knock(door, city, city.own, lambda session, world: employee_in(session, world, role))
        granted = row.permission is None or row.permission in GRANTS[role]
        if isinstance(answer, REFUSALS) if granted else not isinstance(answer, NotPermittedError):
            wrong.append((name, answer))
    assert not wrong, listed(wrong)


def test_nothing_of_a_neighbour_and_of_another_district_comes_back(city: World) -> None:
    wrong = []
    for name, door, row in rows():
        if row.foreign is Foreign.CITY_WIDE:
            continue
        for enter in entrances(door):
            answer = knock(door, city, city.foreign, enter)
            refused = isinstance(answer, NotFoundError) or row.foreign is not Foreign.REFUSES
            if CANARY.lower() in spelled(answer).lower() or not refused:
                wrong.append((name, answer))
    assert not wrong, listed(wrong)


def test_own_things_are_not_refused(city: World) -> None:
    wrong = [
        (name, answer)
        for name, door, row in rows()
        for enter in entrances(door, TenantScope if TenantScope in scopes_of(door) else EmployeeScope)
        if row.foreign is not Foreign.CITY_WIDE and not row.gate
        if isinstance(answer := knock(door, city, city.own, enter), (*REFUSALS, NotFoundError))
        and not isinstance(answer, ConfirmationUsedError)
    ]
    assert not wrong, listed(wrong)


def test_proxy_passes_the_doors_of_their_level_only(city: World) -> None:
    wrong = []
    for level in ProxyLevel:
        for name, door, row in rows():
            if TenantScope not in scopes_of(door):
                continue
            answer = knock(door, city, city.own, partial(proxy_of_anna, level=level))
            needed = PROXY_DOORS.get(name)
            closed = needed is None or not level.covers(needed)
            refused = isinstance(answer, (NotPermittedError, SessionEndedError))
            if not row.gate and (not isinstance(answer, NotPermittedError) if closed else refused):
                wrong.append((f"{level} {name}", answer))
    assert not wrong, listed(wrong)


def test_proxy_of_one_tenancy_meets_nothing_of_the_tenants_other_one(city: World) -> None:
    with Session(db.engine()) as session:
        give_tenancy_to(session, city.foreign["tenancy_id"], city.anna.id)
        session.commit()
    wrong, sung = [], set()
    for name in PROXY_DOORS.keys() - OF_NO_TENANCY:
        door, everything = DOORS[name], partial(proxy_of_anna, level=ProxyLevel.EVERYTHING)
        own = knock(door, city, city.own, everything)
        if isinstance(own, (*REFUSALS, NotFoundError)):
            wrong.append((f"own {name}", own))
        other = knock(door, city, city.foreign, everything)
        if CANARY.lower() in spelled(other).lower() or (
            ROWS[name].foreign is Foreign.REFUSES and not isinstance(other, NotFoundError)
        ):
            wrong.append((name, other))
        if CANARY.lower() in spelled(knock(door, city, city.foreign, tenant_in)).lower():
            sung.add(name)
    assert not wrong, listed(wrong)
    assert len(sung) >= 12, sung  # to Anna herself the other tenancy does speak, so that silence means something


@pytest.mark.parametrize("over", ["revoked", "expired", "moved"])
def test_grant_that_is_over_opens_nothing(city: World, over: str) -> None:
    def late(session: Session, scope: Scope) -> Scope:
        values: dict[str, dict[str, Any]] = {
            "revoked": {"ended_at": now(), "end_reason": ProxyEnd.REVOKED},
            "expired": {"valid_to": today() - timedelta(days=1)},
            "moved": {"account_id": city.anna_account},
        }
        session.execute(update(ProxyGrant).values(**values[over]))
        return scope

    wrong = [
        (name, answer)
        for name in PROXY_DOORS
        if not ROWS[name].gate
        if not isinstance(
            answer := knock(DOORS[name], city, city.own, partial(proxy_of_anna, level=ProxyLevel.EVERYTHING), late),
            NotPermittedError,
        )
    ]
    assert not wrong, listed(wrong)


def proxy_of_anna(session: Session, world: World, level: ProxyLevel) -> TenantScope:
    return proxy_in(session, session.get_one(Tenancy, world.own["tenancy_id"]), level)


def listed(wrong: list[tuple[str, Any]]) -> str:
    return "\n".join(f"{name}: {answer!r:.300}" for name, answer in wrong)


def rows() -> Iterator[tuple[str, Callable[..., Any], Row]]:
    for name, row in ROWS.items():
        yield name, DOORS[name], row


def entrances(door: Callable[..., Any], kind: type[Scope] | None = None) -> list[Enter]:
    """Everybody the door takes, with every role, so that nothing but the matter in hand keeps them out."""
    taken = scopes_of(door) & ({kind} if kind else {TenantScope, EmployeeScope})
    enter: dict[type, Enter] = {
        TenantScope: tenant_in,
        EmployeeScope: lambda session, world: employee_in(session, world, *Role),
    }
    return [enter[one] for one in sorted(taken, key=lambda one: one.__name__)]


def knock(
    door: Callable[..., Any],
    world: World,
    arguments: Arguments,
    enter: Enter,
    state: Callable[[Session, Scope], Scope] = lambda _, scope: scope,
) -> Any:
    """What the door answers: a value, or the refusal it raises. What it wrote in a session given to it is undone."""
    given = chosen(door, arguments)
    with Session(db.engine()) as session:
        scope = state(session, enter(session, world))
        if "session" in inspect.signature(door).parameters:
            try:
                return _seen(door(session, scope, **given))
            except DomainError as refusal:
                return refusal
        session.commit()
    try:
        return _seen(door(scope, **given))
    except DomainError as refusal:
        return refusal


def chosen(door: Callable[..., Any], arguments: Arguments) -> dict[str, Any]:
    """A value for every argument that has to be given, and for objects that may be."""
    given = {}
    for name, parameter in inspect.signature(door).parameters.items():
        if name in ("session", "scope"):
            continue
        named = f"{door.__name__}.{name}"
        if named in arguments or parameter.default is parameter.empty or name in ("tenancy_id", "district_id"):
            given[name] = arguments[named] if named in arguments else arguments[name]
    return given


def _seen(value: Any) -> Any:
    return list(value) if inspect.isgenerator(value) else value


def spelled(answer: Any) -> str:
    """All that an answer says."""
    if hasattr(answer, "to_csv"):
        return str(answer.to_csv())
    if isinstance(answer, bytes):
        return answer.decode("latin-1")
    return repr(answer)
