"""Who lives where in the demo city: buildings, premises, tenants, tenancies. All of it follows from size, seed and day."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from core.demo import cast, habits, names
from core.demo.streets import DISTRICTS, STREETS, Street

_ADMINISTRATORS = {district.code: district.administrators for district in DISTRICTS}
_TITLES = ("najem na czas nieoznaczony", "najem na czas oznaczony", "najem socjalny lokalu")


@dataclass(frozen=True, slots=True)
class DemoBuilding:
    """A building, with what its premises share."""

    code: str
    street: Street
    number: str
    postal_code: str
    administrator: str
    heated: bool
    lift: bool


@dataclass(frozen=True, slots=True)
class DemoPremises:
    """A flat, a shop or a garage; `area` is 0.01 m²."""

    code: str
    building: DemoBuilding
    number: str
    kind: str
    area: int
    rooms: int
    floor: int

    @property
    def heated(self) -> bool:
        """Whether the building's heating reaches it."""
        return self.building.heated and self.kind != "garaż"

    @property
    def lift(self) -> bool:
        """Whether a lift goes there."""
        return self.building.lift and self.floor > 0


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """A person or a firm, with the kinds of premises they rent."""

    number: int
    name: str
    nip: str
    email: str
    phone: str
    rents: tuple[str, ...]

    @property
    def tenant_no(self) -> str:
        """The landlord's number; its leading zeros matter."""
        return f"{self.number:06d}"


@dataclass(frozen=True, slots=True)
class DemoTenancy:
    """A tenancy and how it is paid for."""

    number: int
    tenant: DemoTenant
    premises: DemoPremises
    title: str
    valid_from: date
    valid_to: date | None
    persons: int
    payment_day: int
    habit: str
    quits: int  # payments stop this many months before the end; 0: they do not
    allowance: int  # grosze a month
    unnumbered: bool
    transfer: int  # grosze moved once between two tenancies of one tenant; > 0 taken from here, < 0 brought here

    @property
    def tenancy_no(self) -> str:
        """The number of the contract."""
        return f"N/{self.number:05d}/{self.valid_from.year}"


@dataclass(frozen=True, slots=True)
class City:
    """All of it."""

    day: date
    buildings: list[DemoBuilding] = field(default_factory=list)
    premises: list[DemoPremises] = field(default_factory=list)
    tenants: list[DemoTenant] = field(default_factory=list)
    tenancies: list[DemoTenancy] = field(default_factory=list)


def build_city(*, tenancies: int, seed: int, day: date) -> City:
    """The city with that many tenancies as it stands on that day; the first tenants are those of the cast."""
    rng = Random(f"city/{seed}")  # noqa: S311
    city = City(day)
    city.tenants.extend(_tenants(rng, tenancies))
    wanted = [kind for tenant in city.tenants for kind in tenant.rents]
    _build(
        rng, city, flats=wanted.count("mieszkalny") * 102 // 100 + 1, others=len(wanted) - wanted.count("mieszkalny")
    )
    free = {kind: [one for one in city.premises if one.kind == kind] for kind in ("mieszkalny", "użytkowy", "garaż")}
    for some in free.values():
        rng.shuffle(some)
    for tenant in city.tenants:
        for nth, kind in enumerate(tenant.rents):
            city.tenancies.append(_tenancy(rng, city, tenant, free[kind].pop(), nth))
    return city


def _tenants(rng: Random, tenancies: int) -> list[DemoTenant]:
    found: list[DemoTenant] = []
    left = tenancies
    while left:
        tenant = _tenant(rng, len(found) + 1, left)
        found.append(tenant)
        left -= len(tenant.rents)
    return found


def _tenant(rng: Random, number: int, left: int) -> DemoTenant:
    known = cast.TENANTS[number - 1] if number <= len(cast.TENANTS) else None
    company = known.company if known else rng.random() < 0.03
    second = known.second_tenancy if known else rng.random() < 0.04
    rents: tuple[str, ...] = ("użytkowy",) if company else ("mieszkalny",)
    if second and left > 1:
        rents += ("garaż",) if known or rng.random() < 0.6 else ("użytkowy",)
    made_up = names.company(rng) if company else names.person(rng)
    name = known.name if known else made_up
    reachable = rng.random() < 0.55
    return DemoTenant(
        number=number,
        name=name,
        nip=names.nip(rng) if company else "",
        email=names.mailbox("biuro" if company else name, number) if known or reachable else "",
        phone=names.phone(rng) if rng.random() < 0.8 else "",
        rents=rents,
    )


def _build(rng: Random, city: City, *, flats: int, others: int) -> None:
    taken: set[tuple[str, str]] = set()
    have = {"mieszkalny": 0, "użytkowy": 0, "garaż": 0}
    while have["mieszkalny"] < flats or have["użytkowy"] < others or have["garaż"] < others:
        building = _building(rng, len(city.buildings) + 1, taken)
        city.buildings.append(building)
        size = rng.randint(5, 22)
        kinds = ["mieszkalny"] * size + ["użytkowy"] * rng.choice((0, 1, 1, 2)) + ["garaż"] * rng.choice((0, 0, 1, 3))
        if have["mieszkalny"] >= flats:  # only shops and garages are still wanted
            kinds = ["użytkowy", "garaż"]
        for nth, kind in enumerate(kinds, start=1):
            have[kind] += 1
            city.premises.append(_premises(rng, building, nth, kind))


def _building(rng: Random, number: int, taken: set[tuple[str, str]]) -> DemoBuilding:
    while True:
        street = rng.choice(STREETS)
        house = f"{rng.randint(1, 140)}{rng.choice(('', '', '', '', 'a', 'b'))}"
        if (street.name, house) not in taken:
            break
    taken.add((street.name, house))
    return DemoBuilding(
        code=f"B{number:04d}",
        street=street,
        number=house,
        postal_code=f"{street.postal_prefix}{rng.randint(1, 79):02d}",
        administrator=rng.choice(_ADMINISTRATORS[street.district]),
        heated=rng.random() < 0.62,
        lift=rng.random() < 0.2,
    )


def _premises(rng: Random, building: DemoBuilding, nth: int, kind: str) -> DemoPremises:
    least, most = {"mieszkalny": (2200, 7800), "użytkowy": (1800, 9000), "garaż": (1400, 2100)}[kind]
    area = rng.randint(least, most)
    return DemoPremises(
        code=f"{building.code}/{nth:03d}",
        building=building,
        number=f"U{nth}" if kind == "użytkowy" else f"G{nth}" if kind == "garaż" else str(nth),
        kind=kind,
        area=area,
        rooms=max(1, min(5, area // 1700)) if kind == "mieszkalny" else 0,
        floor=(nth - 1) // 4 if kind == "mieszkalny" else 0,
    )


def _tenancy(rng: Random, city: City, tenant: DemoTenant, premises: DemoPremises, nth: int) -> DemoTenancy:
    known = cast.TENANTS[tenant.number - 1] if tenant.number <= len(cast.TENANTS) else None
    habit = known.habit if known else habits.choose(rng)
    pair = len(tenant.rents) > 1  # both stand all the while, so that money moved from one reaches the other
    valid_from, valid_to = _period(rng, city.day, settled=known is not None or pair)
    flat = premises.kind == "mieszkalny"
    return DemoTenancy(
        number=len(city.tenancies) + 1,
        tenant=tenant,
        premises=premises,
        title=rng.choices(_TITLES, (86, 8, 6))[0] if flat else "najem lokalu użytkowego" if not nth else _TITLES[0],
        valid_from=valid_from,
        valid_to=valid_to,
        persons=rng.choices((1, 2, 3, 4, 5, 6), (30, 30, 18, 14, 5, 3))[0] if flat else 0,
        payment_day=10 if known else rng.choices((10, 15, 20, 5), (85, 8, 4, 3))[0],
        habit=habit,
        quits=rng.randint(2, 11) if flat and not known and habit in ("late", "partial") and rng.random() < 0.12 else 0,
        allowance=known.allowance if known else rng.randint(90, 310) * 100 if flat and rng.random() < 0.07 else 0,
        unnumbered=known.unnumbered if known else rng.random() < 0.006,
        transfer=0 if not pair else 15_000 if nth == 0 else -15_000,
    )


def _period(rng: Random, day: date, *, settled: bool) -> tuple[date, date | None]:
    """From the first of a month; most tenancies are old and open, some are new, a few have ended."""
    years = rng.uniform(11, 32) if settled or rng.random() < 0.88 else rng.uniform(0.2, 4)
    months = day.year * 12 + day.month - 1 - int(years * 12)
    valid_from = date(months // 12, months % 12 + 1, 1)
    ended = rng.random() < 0.03 and not settled and years > 4
    return valid_from, date(day.year - rng.randint(1, 2), 6, 30) if ended else None
