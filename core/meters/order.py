"""The states of a device that count follow one another: none goes backwards but over zero."""

from dataclasses import replace

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInputError
from core.meters.episodes import device_of, removal_of
from core.meters.ladder import Answer, Device, Flag, State, follows, judge
from core.meters.models import Meter
from core.meters.windows import falls_into, windows_of_meter
from core.money import in_units


class OutOfOrderError(InvalidInputError):
    """The state does not fit between its neighbours: something else has to be mended first."""

    def __init__(self, neighbour: State, *, later: bool) -> None:
        which = "następny" if later else "poprzedni"
        super().__init__(
            f"Ten stan nie pasuje do sąsiednich: {which} odczyt, z {neighbour.read_on:%d.%m.%Y}, to "
            f"{in_units(neighbour.value, 'm³')}. Najpierw popraw tamten odczyt albo wpisz wymianę licznika.",
            field="value",
        )


def flags_between_neighbours(session: Session, meter: Meter, state: State) -> tuple[Flag, ...]:
    """The flags of a state that is to count, wherever in time; raises OutOfOrderError and ReadingRefusedError."""
    whole = device_of(session, meter)
    before = replace(whole, states=[one for one in whole.states if one.read_on < state.read_on])
    in_window = falls_into(windows_of_meter(session, meter), read_on=state.read_on)
    verdict = judge(before, state, today=today(), in_window=in_window, answer=Answer.OTHER)
    if Flag.LOWER in verdict.flags:
        raise OutOfOrderError(before.last, later=False)
    after = [one for one in whole.states if one.read_on > state.read_on][:1]
    if after and not follows(replace(before, states=[*before.states, state]), after[0]):
        raise OutOfOrderError(after[0], later=True)
    return verdict.flags


def require_order(session: Session, meter: Meter) -> None:
    """Refuse what was just taken off a device where a later state turned over zero from it; raises OutOfOrderError."""
    whole = device_of(session, meter)
    if broken := first_out_of_order(whole, meter):
        raise OutOfOrderError(broken, later=True)


def first_out_of_order(whole: Device, meter: Meter) -> State | None:
    """The first state that goes backwards from the one before it; None where all follow one another."""
    states = [*whole.states, *removal_of(meter)]
    for place, state in enumerate(states):
        if not follows(replace(whole, states=states[:place]), state):
            return state
    return None
