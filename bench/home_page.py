"""The tenant's home page over a large ledger, against an empty page: CPU of the server per run, over its own protocol.

Both servers run with the product's settings, one after the other, each asked for the same number of runs by one connected
browser. CPU time is compared, because elapsed time holds pauses of the network that no script can shorten.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.import_ledger import database, seed_registry
from bench.ledger_file import write_ledger
from core import db
from core.access.models import Realm
from core.access.sessions import start_session
from core.accounts.creating import create_portal_account
from core.accounts.sign_in import operator_scope
from core.imports.desk import import_file
from core.imports.options import LoadOptions
from tests.servers import running
from tests.ws_client import client, texts
from ui.service import SERVICES

WARM, RUNS, ROUNDS = 20, 200, 3
TICK = os.sysconf("SC_CLK_TCK")


def prepare(rows: int) -> str:
    """A ledger of so many rows, and a tenant who is signed in; returns the session's id for the cookie."""
    db.migrate()
    seed_registry()
    with tempfile.TemporaryDirectory(prefix="iok-bench-") as folder:
        path = Path(folder) / "ledger.csv"
        write_ledger(path, rows=rows)
        import_file(operator_scope(), kind="ledger", path=path, options=LoadOptions(accept_warnings=True))
    with db.transaction() as session:
        account = create_portal_account(session, tenant_no="000007", login=None, password="Kamienica7x")
        return start_session(session, realm=Realm.TENANT, subject_id=account.id, device="", network="")


def cpu_per_run(app: str, cookie: str, shows: str) -> float:
    """Seconds of CPU that the server spends on one run of the page."""
    with (
        tempfile.TemporaryDirectory(prefix="iok-bench-") as folder,
        running(app, folder=Path(folder)) as server,
        client(server.port, cookie=cookie) as tab,
    ):
        if shows not in texts(tab.rerun()):
            raise RuntimeError(f"{app} did not show {shows!r}")
        for _ in range(WARM):
            tab.rerun()
        before = _cpu(server.pid)
        for _ in range(RUNS):
            tab.rerun()
        return (_cpu(server.pid) - before) / RUNS


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK  # utime and stime, see proc(5)


def compare(rows: int) -> None:
    """Print the ratio, over a fresh SQLite database."""
    with database("sqlite", None) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "bench.home_page", str(rows)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    result = json.loads(done.stdout.splitlines()[-1])
    print(
        f"home page over {rows:,} ledger rows: {result['home'] / result['empty']:.2f} × an empty page (goal ≤ 3; "
        f"{1000 * result['home']:.1f} ms of CPU a run against {1000 * result['empty']:.1f} ms)"
    )


def main() -> None:
    """Prepare and measure in this process; the best of a few rounds of each, interleaved."""
    cookie = f"{SERVICES[Realm.TENANT].cookie_name}={prepare(int(sys.argv[1]))}"
    rounds = [
        (cpu_per_run("app_tenant.py", cookie, "Strona główna"), cpu_per_run("bench/empty_app.py", "", "Strona"))
        for _ in range(ROUNDS)
    ]
    print(json.dumps({"home": min(home for home, _ in rounds), "empty": min(empty for _, empty in rounds)}))


if __name__ == "__main__":
    main()
