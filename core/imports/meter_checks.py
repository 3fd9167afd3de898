"""What a file says of devices must agree with what was read from them: no state that counts may go backwards by it."""

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.imports.findings import Cause, unusable
from core.meters.episodes import device_of
from core.meters.models import COUNTING, Meter, MeterReading
from core.meters.order import first_out_of_order
from core.money import in_units

_AT_ONCE = 500


def require_states_in_order(session: Session, changed: Mapping[int, int]) -> None:
    """Refuse a file whose devices (id → line) do not fit their readings; raises UnusableFileError for the first.

    It stops the whole file, also one that is loaded without its errors: the row is in by the time this is known.
    """
    read = exists().where(MeterReading.meter_id == Meter.id, MeterReading.status.in_(COUNTING))
    ids = sorted(changed)
    for start in range(0, len(ids), _AT_ONCE):
        some = select(Meter).where(Meter.id.in_(ids[start : start + _AT_ONCE]), read)
        for meter in session.scalars(some.execution_options(populate_existing=True)):
            _require(session, meter, changed[meter.id])


def _require(session: Session, meter: Meter, line: int) -> None:
    device = device_of(session, meter)
    first, last = device.states[0], device.last
    if first.read_on < meter.installed_on:
        raise unusable(
            Cause.READING,
            f"Licznik {meter.meter_no} ma odczyt z {first.read_on:%d.%m.%Y}, sprzed montażu. "
            "Popraw datę montażu albo odrzuć tamten odczyt.",
            line=line,
            column="data_montazu",
        )
    if meter.removed_on is not None and last.read_on > meter.removed_on:
        raise unusable(
            Cause.READING,
            f"Licznik {meter.meter_no} ma odczyt z {last.read_on:%d.%m.%Y}, po demontażu. "
            "Popraw datę demontażu albo odrzuć tamten odczyt.",
            line=line,
            column="data_demontazu",
        )
    if off := next((state for state in device.states if not device.dial.fits(state.value)), None):
        raise unusable(
            Cause.READING,
            f"Tarcza licznika {meter.meter_no} nie pokaże stanu {in_units(off.value, 'm³')} "
            f"z {off.read_on:%d.%m.%Y}. Popraw liczbę cyfr albo tamten odczyt.",
            line=line,
            column="cyfry",
        )
    if broken := first_out_of_order(device, meter):
        raise unusable(
            Cause.READING,
            f"Stany licznika {meter.meter_no} nie pasują do jego odczytów: stan {in_units(broken.value, 'm³')} "
            f"z {broken.read_on:%d.%m.%Y} jest niższy niż poprzedni. Popraw plik albo tamten odczyt.",
            line=line,
            column="stan_demontazu" if broken.read_on == meter.removed_on else "stan_montazu",
        )
