"""Signing in against the password's hash alone: how much of it is work that no guard could spare.

Floor: argon2id of the same password against the same stored hash. Both run in one process, in turns, on one thread, so
the figure is per core; the whole sign-in is the attempt on record, the hash, the ticket and the session it is turned
into, over a database of its own on the disk. CPU time is compared: a core that waits for the disk serves somebody else
meanwhile; elapsed time stands beside it.
"""

import json
import statistics
import subprocess
import sys
import time

from bench.import_ledger import database, seed_registry
from core import db
from core.access.models import Realm
from core.accounts.creating import create_portal_account
from core.accounts.passwords import hasher, signing_in_hash
from core.accounts.sign_in import redeem, sign_in

LOGIN, PASSWORD = "anna", "Kamienica7x"
WARM, TURNS = 5, 150


def measure() -> dict[str, float]:
    """Medians of a whole sign-in and of a bare verification, in seconds."""
    db.migrate()
    seed_registry()
    with db.transaction() as session:
        account = create_portal_account(session, tenant_no="000007", login=LOGIN, password=PASSWORD)
        stored = signing_in_hash(account) or ""
    clocks = {"cpu": time.thread_time, "elapsed": time.perf_counter}
    turns: dict[str, list[float]] = {f"{kind}_{what}": [] for kind in clocks for what in ("whole", "bare")}
    for turn in range(WARM + TURNS):
        before = {kind: clock() for kind, clock in clocks.items()}
        _sign_in()
        between = {kind: clock() for kind, clock in clocks.items()}
        hasher.verify(stored, PASSWORD)
        for kind, clock in clocks.items() if turn >= WARM else ():
            turns[f"{kind}_whole"].append(between[kind] - before[kind])
            turns[f"{kind}_bare"].append(clock() - between[kind])
    return {name: statistics.median(taken) for name, taken in turns.items()}


def _sign_in() -> None:
    ticket = sign_in(Realm.TENANT, login=LOGIN, password=PASSWORD, network="192.0.2.7", device="Firefox")
    with db.transaction() as session:
        redeem(session, realm=Realm.TENANT, ticket=ticket)


def compare(server: str | None) -> None:
    """Print the ratio on each database."""
    for kind in ("sqlite", "postgresql") if server else ("sqlite",):
        with database(kind, server) as environment:
            done = subprocess.run(
                [sys.executable, "-m", "bench.sign_in"], env=environment, capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise RuntimeError(done.stderr)
        result = json.loads(done.stdout.splitlines()[-1])
        cpu, elapsed = (result[f"{kind}_bare"] / result[f"{kind}_whole"] for kind in ("cpu", "elapsed"))
        print(
            f"sign-ins a second on one core, {kind}: {1 / result['cpu_whole']:.0f}, {cpu:.2f} × bare argon2id (goal ≥ 0.7; "
            f"{1 / result['cpu_bare']:.0f} verifications a second; {elapsed:.2f} × by the clock, disk and all)"
        )


if __name__ == "__main__":
    print(json.dumps(measure()))
