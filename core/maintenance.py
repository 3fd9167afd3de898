"""A pause of both services, begun and ended from the console: they answer with a page that says until when.

It is a file in `var/` and not a row: the pause is often the database's own. Several machines share it with their `var/`.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import now
from core.errors import InvalidInputError
from core.settings import settings

SHORTEST_WAIT = timedelta(minutes=1)
UNKNOWN_WAIT = timedelta(minutes=10)  # what a browser is told to wait when nobody knows how long, or it takes longer


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that is on; `until` is when it is meant to end, where that is known."""

    until: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether it should have ended by now."""
        return self.until is not None and self.until <= now()

    @property
    def wait(self) -> timedelta:
        """After how long it is worth trying again."""
        if self.until is None or self.is_late:
            return UNKNOWN_WAIT
        return max(self.until - now(), SHORTEST_WAIT)


def _file() -> Path:
    return settings().var / "pause.json"


def start_pause(until: datetime | None = None) -> Pause:
    """Begin a pause, or say anew until when it is; raises InvalidInputError for an end that is past."""
    pause = Pause(until)
    if pause.is_late:
        raise InvalidInputError("Koniec przerwy już minął. Podaj późniejszą godzinę.", field="until")
    settings().var.mkdir(parents=True, exist_ok=True)
    half = _file().with_suffix(".half")
    half.write_text(json.dumps({"until": until.isoformat() if until else None}), encoding="ascii")
    half.replace(_file())
    return pause


def end_pause() -> bool:
    """End the pause; False when there was none."""
    try:
        _file().unlink()
    except FileNotFoundError:
        return False
    return True


def current_pause() -> Pause | None:
    """The pause that is on. A file that cannot be read is one without an end: whoever wrote it wanted a pause."""
    try:
        written = _file().read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Pause(None)
    try:
        until = json.loads(written)["until"]
        return Pause(None if until is None else datetime.fromisoformat(until))
    except (ValueError, TypeError, KeyError):
        return Pause(None)
