"""Whose a row in suspense may be: tenancies ranked by the signs that point to them, each sign told."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import bulk
from core.ledger.models import RecentDue
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.words import plain

SHOWN = 8
FARTHEST = 2  # signs apart, of a number of at least LONG signs; one of a shorter one
LONG = 6
ACCOUNT_DIGITS = 12  # at the end of an account number, to be taken for one
FAINT = 4  # this many times weaker than the strongest is not worth a look
COMMON = 30  # an amount that so many tenancies are charged points to none of them by itself


class Sign(StrEnum):
    """What points from a row to a tenancy."""

    KNOWN = "known"  # both numbers, which have come into the registry since
    TENANCY_NO = "tenancy_no"
    ACCOUNT = "account"
    TENANT_NO = "tenant_no"
    WRITTEN = "written"  # the tenancy's number but for signs between its digits
    NAME = "name"
    ONE_APART = "one_apart"
    TENANT_ONE_APART = "tenant_one_apart"
    TWO_APART = "two_apart"
    AMOUNT = "amount"


WEIGHTS: dict[Sign, int] = {
    Sign.KNOWN: 200,
    Sign.TENANCY_NO: 60,
    Sign.ACCOUNT: 60,
    Sign.TENANT_NO: 40,
    Sign.WRITTEN: 40,
    Sign.NAME: 35,
    Sign.ONE_APART: 25,
    Sign.TENANT_ONE_APART: 15,
    Sign.TWO_APART: 10,
    Sign.AMOUNT: 10,
}

SIGN_WORDS: dict[Sign, str] = {
    Sign.KNOWN: "kontrahent i umowa są już w ewidencji",
    Sign.TENANCY_NO: "ten sam numer umowy, inny kontrahent",
    Sign.ACCOUNT: "numer rachunku umowy w treści",
    Sign.TENANT_NO: "ten sam kontrahent, inna umowa",
    Sign.WRITTEN: "ten sam numer umowy, inaczej zapisany",
    Sign.NAME: "nazwisko lub nazwa najemcy w treści",
    Sign.ONE_APART: "numer umowy różni się jednym znakiem",
    Sign.TENANT_ONE_APART: "numer kontrahenta różni się jednym znakiem",
    Sign.TWO_APART: "numer umowy różni się dwoma znakami",
    Sign.AMOUNT: "kwota równa opłacie tej umowy",
}


@dataclass(frozen=True, slots=True)
class Clue:
    """What rows of one unknown payer say about whose they are; amounts in PLN."""

    tenant_no: str
    tenancy_no: str
    texts: frozenset[str] = frozenset()
    amounts: frozenset[Decimal] = frozenset()


@dataclass(frozen=True, slots=True)
class TenancyCandidate:
    """A tenancy that rows may belong to; the strongest sign first."""

    tenancy_id: int
    tenancy_no: str
    tenant_no: str
    name: str
    address: str
    signs: tuple[Sign, ...]

    @property
    def score(self) -> int:
        """The weight of all signs together."""
        return sum(WEIGHTS[sign] for sign in self.signs)

    @property
    def why(self) -> str:
        """The signs in words."""
        return ", ".join(SIGN_WORDS[sign] for sign in self.signs)


@dataclass(slots=True)
class _Found:
    """Signs by tenancy, for one clue."""

    signs: dict[int, set[Sign]] = field(default_factory=lambda: defaultdict(set))

    def add(self, tenancies: Iterable[int], sign: Sign) -> None:
        for tenancy_id in tenancies:
            self.signs[tenancy_id].add(sign)

    def best(self, number: int) -> list[tuple[int, tuple[Sign, ...]]]:
        """The strongest; beside a strong one nobody looks at what a slip of two digits might also mean."""
        order, weight = list(Sign), {key: sum(WEIGHTS[sign] for sign in signs) for key, signs in self.signs.items()}
        least = max(weight.values(), default=0) // FAINT
        ranked = sorted((key for key in weight if weight[key] >= least), key=lambda key: (-weight[key], key))
        return [(key, tuple(sorted(self.signs[key], key=order.index))) for key in ranked[:number]]


class Directory:
    """All tenancies of the city, to be asked for many clues; read once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        columns = (Tenancy.id, Tenancy.tenancy_no, Tenant.tenant_no, Tenant.name, Tenancy.bank_account_no)
        schema = {
            "id": pl.Int64,
            "tenancy_no": pl.String,
            "tenant_no": pl.String,
            "name": pl.String,
            "account": pl.String,
        }
        query = select(*columns).join(Tenant, Tenant.id == Tenancy.tenant_id).order_by(Tenancy.id)
        rows = pl.concat([pl.DataFrame(schema=schema), *bulk.stream(session, query, schema)])
        self._ids: list[int] = rows["id"].to_list()
        self._tenancy_nos: list[str] = rows["tenancy_no"].to_list()
        self._tenant_nos: list[str] = rows["tenant_no"].to_list()
        self._names: list[str] = rows["name"].to_list()
        self._by_tenancy_no = {number: at for at, number in enumerate(self._tenancy_nos)}
        self._by_tenant_no = _index(self._tenant_nos)
        self._by_written = _index([_bare(number) for number in self._tenancy_nos])
        accounts = [(one or "")[-ACCOUNT_DIGITS:] for one in rows["account"].to_list()]
        self._by_account = {one: at for at, one in enumerate(accounts) if len(one) == ACCOUNT_DIGITS}
        self._by_name = _index([_name_key(name) for name in self._names])

    def candidates(self, clues: Sequence[Clue], *, most: int = SHOWN) -> list[list[TenancyCandidate]]:
        """The likeliest tenancies for each clue, at most `most`."""
        found = [self._by_numbers(clue) for clue in clues]
        self._near(clues, found)
        self._by_amounts(clues, found)
        best = [one.best(most) for one in found]
        places = _places(self.session, {key for ranked in best for key, _ in ranked})
        at = {tenancy_id: index for index, tenancy_id in enumerate(self._ids)}
        return [
            [
                TenancyCandidate(
                    key, self._tenancy_nos[at[key]], self._tenant_nos[at[key]], self._names[at[key]], places[key], signs
                )
                for key, signs in ranked
            ]
            for ranked in best
        ]

    def _by_numbers(self, clue: Clue) -> _Found:
        found = _Found()
        place = self._by_tenancy_no.get(clue.tenancy_no)
        if place is not None:
            same = self._tenant_nos[place] == clue.tenant_no
            found.add([self._ids[place]], Sign.KNOWN if same else Sign.TENANCY_NO)
        if not (place is not None and self._tenant_nos[place] == clue.tenant_no):
            found.add(self._of(self._by_tenant_no.get(clue.tenant_no, ())), Sign.TENANT_NO)
        if place is None and (bare := _bare(clue.tenancy_no)):
            found.add(self._of(self._by_written.get(bare, ())), Sign.WRITTEN)
        for text in clue.texts:
            found.add(self._of(self._accounts_in(text)), Sign.ACCOUNT)
            found.add(self._of(self._names_in(text)), Sign.NAME)
        return found

    def _of(self, places: Iterable[int]) -> list[int]:
        return [self._ids[place] for place in places]

    def _accounts_in(self, text: str) -> list[int]:
        digits = re.findall(r"[0-9][0-9 ]{10,}[0-9]", text)
        ends = {number.replace(" ", "")[-ACCOUNT_DIGITS:] for number in digits}
        return [self._by_account[end] for end in ends if end in self._by_account]

    def _names_in(self, text: str) -> list[int]:
        """Tenants of whom every word of the name stands in the text: asked for by each pair of its words, and each word."""
        words = sorted(set(_words(text)))
        keys = {word for word in words if len(word) >= LONG} | {
            f"{one} {other}" for one in words for other in words if one < other
        }
        return [place for key in keys for place in self._by_name.get(key, ())]

    def _near(self, clues: Sequence[Clue], found: Sequence[_Found]) -> None:
        """Numbers that are one or two signs apart."""
        self._near_in(self._tenancy_nos, [clue.tenancy_no for clue in clues], found, (Sign.ONE_APART, Sign.TWO_APART))
        self._near_in(self._tenant_nos, [clue.tenant_no for clue in clues], found, (Sign.TENANT_ONE_APART, None))

    def _near_in(
        self, numbers: Sequence[str], asked: Sequence[str], found: Sequence[_Found], signs: tuple[Sign, Sign | None]
    ) -> None:
        near: dict[str, list[tuple[int, int]]] = {}
        for number in {number for number in asked if number}:
            most = FARTHEST if len(number) >= LONG else 1
            close = process.extract(number, numbers, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None)
            near[number] = [(place, int(apart)) for _, apart, place in close if apart]
        for number, one in zip(asked, found, strict=True):
            for place, apart in near.get(number, ()):
                sign = signs[apart - 1]
                key = self._ids[place]
                if sign is not None and Sign.WRITTEN not in one.signs.get(key, ()):
                    one.add([key], sign)

    def _by_amounts(self, clues: Sequence[Clue], found: Sequence[_Found]) -> None:
        """Who is charged exactly this in a month; an amount of many tenancies only beside another sign."""
        amounts = {amount for clue in clues for amount in clue.amounts if amount > 0}
        charged: dict[Decimal, set[int]] = defaultdict(set)
        ordered = sorted(amounts)
        for start in range(0, len(ordered), 500):
            rows = self.session.execute(
                select(RecentDue.debit, RecentDue.tenancy_id)
                .where(RecentDue.debit.in_(ordered[start : start + 500]))
                .group_by(RecentDue.debit, RecentDue.tenancy_id)
            )
            for amount, tenancy_id in rows:
                charged[amount].add(tenancy_id)
        for clue, one in zip(clues, found, strict=True):
            for amount in clue.amounts & charged.keys():
                known = charged[amount] & one.signs.keys()
                one.add(charged[amount] if len(charged[amount]) <= COMMON else known, Sign.AMOUNT)


def _index(values: Sequence[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        index[value].append(place)
    return index


def _bare(number: str) -> str:
    """A number by its letters and digits alone."""
    return re.sub(r"[^0-9a-z]", "", plain(number))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9]+", plain(text)) if len(word) > 1]


def _name_key(name: str) -> str:
    """The two longest words of a name, in the order of the alphabet: what a title of a transfer repeats of it."""
    words = sorted(set(_words(name)), key=lambda word: (-len(word), word))[:2]
    return " ".join(sorted(words)) if len(words) == 2 or (words and len(words[0]) >= LONG) else ""


def _places(session: Session, tenancy_ids: Collection[int]) -> dict[int, str]:
    """Where the premises of tenancies are, in a line."""
    ids, found = sorted(tenancy_ids), {}
    for start in range(0, len(ids), 5_000):
        rows = session.execute(
            select(Tenancy.id, Building.street, Building.building_no, Premises.premises_no, Premises.kind)
            .join(Premises, Premises.id == Tenancy.premises_id)
            .join(Building, Building.id == Premises.building_id)
            .where(Tenancy.id.in_(ids[start : start + 5_000]))
        )
        for key, street, building_no, premises_no, kind in rows:
            found[key] = premises_line(street, building_no, premises_no, kind=kind)
    return found
