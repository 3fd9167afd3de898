"""What faults there are: a tree of two levels; each leaf asks what matters and says by when it is dealt with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import is_working_day
from core.errors import InvalidFormError
from core.words import one_line

LONGEST_ANSWER = 200
YES_NO = ("tak", "nie", "nie wiem")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a leaf; without options it is answered in a few words of one's own, or not at all."""

    key: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A kind of fault. `days` until it is to be dealt with, counted as working days unless `calendar`."""

    code: str
    name: str
    days: int
    questions: tuple[Question, ...]
    calendar: bool = False

    def due_on(self, day: date) -> date:
        """By when a fault reported on that day is to be dealt with."""
        if self.calendar:
            return day + timedelta(days=self.days)
        left = self.days
        while left:
            day += timedelta(days=1)
            left -= is_working_day(day)
        return day


@dataclass(frozen=True, slots=True)
class Branch:
    """Leaves of one trade."""

    code: str
    name: str
    leaves: tuple[Leaf, ...]


def _asked(key: str, text: str, *options: str) -> Question:
    return Question(key, text, options or YES_NO)


def _told(key: str, text: str) -> Question:
    return Question(key, text)


_ROOM = _asked("room", "Gdzie to jest?", "kuchnia", "łazienka", "pokój", "przedpokój", "inne miejsce")
_SINCE = _asked("since", "Od kiedy?", "od dziś", "od kilku dni", "od dawna")
_STAIRCASE = _told("where", "Która klatka i które piętro?")
_NEIGHBOURS = _asked("neighbours", "Czy sąsiedzi mają to samo?")

BRANCHES = (
    Branch(
        "water",
        "Woda i kanalizacja",
        (
            Leaf("water_leak", "Cieknie kran, rura albo zawór", 2, (
                _ROOM,
                _asked("closed", "Czy da się zakręcić zawór?"),
                _asked("below", "Czy woda przecieka do sąsiadów?"),
            )),
            Leaf("water_none", "Nie ma wody", 1, (
                _asked("kind", "Jakiej wody nie ma?", "zimnej", "ciepłej", "żadnej"), _NEIGHBOURS, _SINCE,
            ), calendar=True),
            Leaf("water_drain", "Zatkany odpływ albo kanalizacja", 2, (
                _asked("what", "Co się zatkało?", "zlew", "wanna lub prysznic", "toaleta", "pion w budynku"),
                _asked("rises", "Czy ścieki podchodzą do góry?"),
                _NEIGHBOURS,
            )),
            Leaf("water_other", "Inna sprawa z wodą", 7, (_ROOM, _SINCE)),
        ),
    ),
    Branch(
        "heating",
        "Ogrzewanie, piec, wentylacja",
        (
            Leaf("heating_cold", "Zimne grzejniki", 1, (
                _asked("how_many", "Ile grzejników jest zimnych?", "jeden", "kilka", "wszystkie"),
                _NEIGHBOURS,
                _asked("child", "Czy mieszka z Tobą małe dziecko albo osoba chora?"),
            ), calendar=True),
            Leaf("heating_leak", "Cieknie grzejnik", 1, (
                _asked("closed", "Czy da się zakręcić grzejnik?"), _ROOM,
            ), calendar=True),
            Leaf("heating_stove", "Piec albo kuchenka", 3, (
                _asked("what", "Co to za urządzenie?", "piec kaflowy", "piec gazowy", "kuchenka", "inne"), _SINCE,
            )),
            Leaf("heating_vent", "Komin albo wentylacja", 3, (
                _asked("back", "Czy dym albo powietrze wraca do mieszkania?"), _ROOM,
            )),
        ),
    ),
    Branch(
        "power",
        "Prąd i oświetlenie mieszkania",
        (
            Leaf("power_none", "Nie ma prądu w mieszkaniu", 1, (
                _asked("fuse", "Czy bezpieczniki są włączone?"), _NEIGHBOURS,
            ), calendar=True),
            Leaf("power_socket", "Gniazdko albo włącznik", 5, (
                _ROOM, _asked("warm", "Czy gniazdko jest gorące albo osmalone?"),
            )),
            Leaf("power_other", "Inna sprawa z prądem", 7, (_ROOM, _SINCE)),
        ),
    ),
    Branch(
        "openings",
        "Okna i drzwi",
        (
            Leaf("openings_window", "Okno", 14, (
                _ROOM,
                _asked("closes", "Czy okno się zamyka?"),
                _asked("glass", "Czy szyba jest wybita?"),
            )),
            Leaf("openings_door", "Drzwi do mieszkania", 7, (_asked("locks", "Czy drzwi da się zamknąć na klucz?"),)),
        ),
    ),
    Branch(
        "shell",
        "Dach i elewacja",
        (
            Leaf("shell_roof", "Przecieka dach albo sufit", 3, (
                _asked("drips", "Czy woda kapie teraz?"), _asked("light", "Czy woda dochodzi do lampy albo gniazdka?"),
                _SINCE,
            )),
            Leaf("shell_facade", "Odpada tynk, gzyms albo rynna", 1, (
                _asked("pavement", "Czy może spaść na chodnik albo wejście?"), _told("where", "W którym miejscu budynku?"),
            ), calendar=True),
            Leaf("shell_damp", "Wilgoć albo pleśń", 14, (
                _ROOM, _SINCE, _told("size", "Jak duże jest to miejsce?"),
            )),
        ),
    ),
    Branch(
        "common",
        "Części wspólne",
        (
            Leaf("common_light", "Nie świeci światło na klatce", 3, (_STAIRCASE,)),
            Leaf("common_entrance", "Drzwi wejściowe, domofon", 3, (
                _asked("what", "Co nie działa?", "drzwi", "zamek", "domofon"), _told("where", "Która klatka?"),
            )),
            Leaf("common_stairs", "Schody, poręcz, piwnica, strych", 5, (
                _asked("danger", "Czy ktoś może się przewrócić albo zranić?"), _STAIRCASE,
            )),
            Leaf("common_clean", "Porządek, śnieg, robactwo", 5, (
                _asked("what", "Czego dotyczy sprawa?", "sprzątanie", "śnieg i lód", "robactwo, szczury", "śmieci"),
                _STAIRCASE,
            )),
        ),
    ),
    Branch(
        "lift",
        "Winda",
        (
            Leaf("lift_stands", "Winda nie działa", 1, (
                _told("where", "Która klatka?"), _asked("alone", "Czy ktoś w budynku nie może zejść po schodach?"),
            ), calendar=True),
            Leaf("lift_odd", "Winda działa źle", 3, (
                _told("what", "Co się dzieje?"), _asked("often", "Jak często?", "zawsze", "czasami"),
            )),
        ),
    ),
    Branch("other", "Inna sprawa", (Leaf("other", "Inna awaria albo usterka", 14, (_SINCE,)),)),
)  # fmt: skip

LEAVES: Mapping[str, Leaf] = {leaf.code: leaf for branch in BRANCHES for leaf in branch.leaves}
_BRANCH_OF: Mapping[str, Branch] = {leaf.code: branch for branch in BRANCHES for leaf in branch.leaves}
_BRANCHES: Mapping[str, Branch] = {branch.code: branch for branch in BRANCHES}


def branch_of(category: str) -> str:
    """The code of a leaf's branch."""
    return _BRANCH_OF[category].code


def branch_name(code: str) -> str:
    """A branch in words; of one that the tree no longer has, its code."""
    return _BRANCHES[code].name if code in _BRANCHES else code


def category_name(code: str) -> str:
    """A leaf in words, with its branch; of one that the tree no longer has, its code."""
    if code not in LEAVES:
        return code
    branch, leaf = _BRANCH_OF[code], LEAVES[code]
    return leaf.name if len(branch.leaves) == 1 else f"{branch.name}: {leaf.name.lower()}"


def answered(leaf: Leaf, answers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Questions and answers as they are kept, in words. Raises InvalidFormError (fields: the keys of the questions).

    What has options must be answered by one of them; the rest may stay empty.
    """
    kept, errors = [], []
    for question in leaf.questions:
        answer = one_line(answers.get(question.key, ""), longest=LONGEST_ANSWER)
        if answer is None:
            errors.append((question.key, f"Skróć odpowiedź do {LONGEST_ANSWER} znaków: {question.text}"))
        elif question.options and answer not in question.options:
            errors.append((question.key, f"Odpowiedz na pytanie: {question.text}"))
        elif answer:
            kept.append((question.text, answer))
    if errors:
        raise InvalidFormError(errors)
    return kept
