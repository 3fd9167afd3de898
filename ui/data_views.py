"""Who has looked at the tenant's data, as the tenant reads it: role, purpose and day."""

from collections.abc import Sequence

from core.audit.views import PURPOSE_WORDS, ROLE_WORDS, OwnView
from ui import formats
from ui.layout import note, section
from ui.tables import Column, table

SHOWN = 50


def views_part(views: Sequence[OwnView]) -> None:
    """The looks of the last year, the newest first."""
    section("Kto oglądał moje dane")
    if not views:
        note("W ostatnim roku żaden pracownik nie otwierał Twoich danych.")
        return
    columns: tuple[Column[OwnView], ...] = (
        Column("Dzień", lambda one: formats.day(one.day)),
        Column("Kto", lambda one: ", ".join(ROLE_WORDS[role] for role in one.roles) or "obsługa techniczna"),
        Column("Co", lambda one: PURPOSE_WORDS[one.purpose]),
    )
    table(views[:SHOWN], columns, caption="Wglądy w moje dane w ostatnim roku, od najnowszych")
    note("To otwarcia Twoich danych przez pracowników. Listy wielu osób, na przykład do druku, nie są tu liczone.")
