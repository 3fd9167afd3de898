"""Tables of one's own account: devices, attempts to sign in, accepted terms."""

from collections.abc import Sequence

from core.accounts.devices import SignedInDevice, SignInLine
from core.accounts.terms import AcceptedTerms
from ui import formats
from ui.layout import badge
from ui.tables import Column, table


def devices_table(devices: Sequence[SignedInDevice]) -> None:
    """Live sessions, this one first."""
    table(
        devices,
        [
            Column("Urządzenie", lambda one: one.device),
            Column("Zalogowano", lambda one: formats.instant(one.started_at)),
            Column("Ostatnio używane", lambda one: formats.instant(one.seen_at)),
            Column("To urządzenie", lambda one: badge("tak", "good") if one.here else "nie"),
        ],
        caption="Sesje, od tej tutaj",
    )


def history_table(attempts: Sequence[SignInLine]) -> None:
    """Attempts to sign in, the newest first."""
    table(
        attempts,
        [
            Column("Kiedy", lambda one: formats.instant(one.at)),
            Column("Wynik", lambda one: badge("udane", "good") if one.right else badge("nieudane", "attention")),
        ],
        caption="Próby logowania, od najnowszych",
    )


def terms_table(accepted: Sequence[AcceptedTerms]) -> None:
    """Accepted versions of the terms, the newest first."""
    table(
        accepted,
        [
            Column("Wersja", lambda one: one.version),
            Column("Zaakceptowano", lambda one: formats.instant(one.accepted_at)),
            Column("Skrót tekstu (SHA-256)", lambda one: one.text_hash[:16] + "…"),
        ],
        caption="Zaakceptowane wersje regulaminu",
    )
