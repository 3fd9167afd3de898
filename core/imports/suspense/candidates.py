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
LONG = 6  # signs of a number that may be two signs apart, and of a word that is a name by itself
ACCOUNT_DIGITS = 12  # at the end of an account number, to be taken for one
FAINT = 4  # this many times weaker than the strongest is not worth a look
COMMON = 30  # an amount or an account of more tenancies points to none of them by itself
ASKED_AT_ONCE = 50  # numbers compared with all others at a time
NEITHER = r"[^0-9a-z]"  # letter nor digit
_SCHEMA = {"id": pl.Int64, "tenancy_no": pl.String, "tenant_no": pl.String, "name": pl.String, "account": pl.String}


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
    """All tenancies of the city, to be asked for many clues at once; read once.

    Columns are looked through for what the clues ask, because most of a city is never asked for.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        columns = (Tenancy.id, Tenancy.tenancy_no, Tenant.tenant_no, Tenant.name, Tenancy.bank_account_no)
        query = select(*columns).join(Tenant, Tenant.id == Tenancy.tenant_id)
        self._rows = pl.concat([pl.DataFrame(schema=_SCHEMA), *bulk.stream(session, query, _SCHEMA)])

    def candidates(self, clues: Sequence[Clue], *, most: int = SHOWN) -> list[list[TenancyCandidate]]:
        """The likeliest tenancies for each clue, at most `most`."""
        found = [_Found() for _ in clues]
        self._by_numbers(clues, found)
        self._by_texts(clues, found)
        self._near(clues, found)
        self._by_amounts(clues, found)
        return self._told([one.best(most) for one in found])

    def _told(self, best: Sequence[Sequence[tuple[int, tuple[Sign, ...]]]]) -> list[list[TenancyCandidate]]:
        wanted = sorted({key for ranked in best for key, _ in ranked})
        places = _places(self.session, wanted)
        rows = self._rows.filter(pl.col("id").is_in(wanted)).select("id", "tenancy_no", "tenant_no", "name").iter_rows()
        known = {key: (tenancy_no, tenant_no, name, places[key]) for key, tenancy_no, tenant_no, name in rows}
        return [[TenancyCandidate(key, *known[key], signs) for key, signs in ranked] for ranked in best]

    def _having(self, values: pl.Series, wanted: Collection[str]) -> dict[str, list[int]]:
        """Tenancies by value, of those whose own of `values` is wanted."""
        met = values.is_in([one for one in wanted if one])
        return _index(zip(values.filter(met), self._rows["id"].filter(met), strict=True))

    def _by_numbers(self, clues: Sequence[Clue], found: Sequence[_Found]) -> None:
        by_tenancy_no = self._having(self._rows["tenancy_no"], {clue.tenancy_no for clue in clues})
        by_tenant_no = self._having(self._rows["tenant_no"], {clue.tenant_no for clue in clues})
        bare = {clue.tenancy_no: _bare(clue.tenancy_no) for clue in clues if clue.tenancy_no not in by_tenancy_no}
        by_written = self._having(_bare_column(self._rows["tenancy_no"]), set(bare.values())) if bare else {}
        for clue, one in zip(clues, found, strict=True):
            of_tenant = by_tenant_no.get(clue.tenant_no, ())
            for key in by_tenancy_no.get(clue.tenancy_no, ()):
                one.add([key], Sign.KNOWN if key in of_tenant else Sign.TENANCY_NO)
            if not any(Sign.KNOWN in signs for signs in one.signs.values()):
                one.add(of_tenant, Sign.TENANT_NO)
            one.add(by_written.get(bare.get(clue.tenancy_no, ""), ()), Sign.WRITTEN)

    def _by_texts(self, clues: Sequence[Clue], found: Sequence[_Found]) -> None:
        """Accounts of tenancies, and tenants of whom every word of the name stands in the text."""
        texts = {text for clue in clues for text in clue.texts}
        ends = {text: _account_ends(text) for text in texts}
        words = {text: sorted(set(_words(plain(text)))) for text in texts}
        accounts = self._rows["account"].str.tail(ACCOUNT_DIGITS)
        by_account = self._having(accounts, {end for own in ends.values() for end in own})
        by_name = self._named({word for own in words.values() for word in own})
        for clue, one in zip(clues, found, strict=True):
            for text in clue.texts:
                for end in ends[text]:
                    whose = by_account.get(end, ())
                    one.add(whose if len(whose) <= COMMON else (), Sign.ACCOUNT)
                for key in _name_keys(words[text]):
                    one.add(by_name.get(key, ()), Sign.NAME)

    def _named(self, words: Collection[str]) -> dict[str, list[int]]:
        """Tenancies by the key of their tenant's name, at least those whose name has one of these words."""
        if not words:
            return {}
        names = plain_column(self._rows["name"])
        met = names.str.contains_any(sorted(words))
        return _index(zip(map(_name_key, names.filter(met)), self._rows["id"].filter(met), strict=True))

    def _near(self, clues: Sequence[Clue], found: Sequence[_Found]) -> None:
        """Numbers that are one or two signs apart."""
        self._near_in("tenancy_no", [clue.tenancy_no for clue in clues], found, (Sign.ONE_APART, Sign.TWO_APART))
        self._near_in("tenant_no", [clue.tenant_no for clue in clues], found, (Sign.TENANT_ONE_APART,))

    def _near_in(self, column: str, asked: Sequence[str], found: Sequence[_Found], signs: tuple[Sign, ...]) -> None:
        """`signs`: what a number means that is one sign apart, two signs apart."""
        near = self._numbers_near(column, {number for number in asked if number}, len(signs))
        for number, one in zip(asked, found, strict=True):
            for key, apart in near.get(number, ()):
                if Sign.WRITTEN not in one.signs.get(key, ()):
                    one.add([key], signs[apart - 1])

    def _numbers_near(self, column: str, asked: Collection[str], farthest: int) -> dict[str, list[tuple[int, int]]]:
        """Tenancies and how many signs their numbers are apart, by the number that was asked for."""
        ids, numbers, wanted = self._rows["id"].to_list(), self._rows[column].to_list(), sorted(asked)
        near: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            some = wanted[start : start + ASKED_AT_ONCE]
            apart = process.cdist(some, numbers, scorer=OSA.distance, score_cutoff=farthest)
            which, places = ((apart > 0) & (apart <= farthest)).nonzero()
            for at, place, signs in zip(which.tolist(), places.tolist(), apart[which, places].tolist(), strict=True):
                if signs == 1 or len(some[at]) >= LONG:
                    near[some[at]].append((ids[place], signs))
        return near

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


def _index(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    for value, key in pairs:
        index[value].append(key)
    return dict(index)


def plain_column(texts: pl.Series) -> pl.Series:
    """`plain` of many texts at once: the few that have more than Polish letters go through it one by one."""
    made = texts.str.to_lowercase().str.replace_many(list("ąćęłńóśźż"), list("acelnoszz"))
    odd = made.str.contains(r"[^\x00-\x7F]").arg_true()
    return made.scatter(odd, [plain(text) for text in texts.gather(odd)])


def _bare_column(numbers: pl.Series) -> pl.Series:
    """`_bare` of many numbers at once."""
    return plain_column(numbers).str.replace_all(NEITHER, "")


def _bare(number: str) -> str:
    """A number by its letters and digits alone."""
    return re.sub(NEITHER, "", plain(number))


def _account_ends(text: str) -> set[str]:
    digits = re.findall(r"[0-9][0-9 ]{10,}[0-9]", text)
    return {number.replace(" ", "")[-ACCOUNT_DIGITS:] for number in digits}


def _words(plain_text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9]+", plain_text) if len(word) > 1]


def _name_keys(words: Sequence[str]) -> set[str]:
    """The keys of all names that these words, in the order of the alphabet, may make: each pair, and each long one."""
    pairs = {f"{one} {other}" for at, one in enumerate(words) for other in words[at + 1 :]}
    return pairs | {word for word in words if len(word) >= LONG}


def _name_key(plain_name: str) -> str:
    """The two longest words of a name, in the order of the alphabet: what a title of a transfer repeats of it."""
    words = sorted(set(_words(plain_name)), key=lambda word: (-len(word), word))[:2]
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
