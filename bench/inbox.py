"""A tenant's inbox among a million notices against the bare indexed query through the same connection."""

import json
import statistics
import sys
import time
from datetime import date

import polars as pl
from sqlalchemy import select, text

from bench.announcements import seed
from bench.import_ledger import database, run_apart
from core import bulk, db
from core.access.scopes import TenantScope
from core.clock import now, today
from core.notices.inbox import SHOWN, inbox
from core.notices.models import Notice
from core.overview import new_counts
from core.registry.models import Tenant
from tests.cast import sign_in_tenant

TENANTS = 20_000
BARE = """
    SELECT id, kind, facts, created_at FROM notice
    WHERE tenant_id = :tenant AND dismissed_at IS NULL AND shown_until >= :day ORDER BY id DESC LIMIT :most
"""


def fill(notices: int) -> list[TenantScope]:
    """So many notices over the tenants, half of them put away; and sessions of some of the tenants."""
    seed(TENANTS)
    ids = range(1, notices + 1)
    with db.transaction() as session:
        then = bulk.instant(session, now())
        frame = pl.DataFrame(
            {"id": ids, "tenant_id": [at % TENANTS + 1 for at in ids], "kind": ["letter"] * notices,
             "key": [f"b{at}" for at in ids], "facts": ['{"letters": "1"}'] * notices, "created_at": [then] * notices,
             "shown_until": [date(2099, 1, 1)] * notices, "dismissed_at": [then if at // TENANTS % 2 else None for at in ids],
             "mailed_at": [then] * notices, "waits_for_digest": [False] * notices}
        )  # fmt: skip
        bulk.insert_all(session, Notice.__table__, frame)  # type: ignore[arg-type]
        tenants = session.scalars(select(Tenant).where(Tenant.id % (TENANTS // 200) == 0)).all()
        return [sign_in_tenant(session, one) for one in tenants]


def measure(argument: str) -> dict[str, float]:
    """Median milliseconds of the inbox, of the bare query, and of the counts in the menu, taking turns."""
    scopes = fill(int(argument))
    ours, bare, counted = [], [], []
    for scope in scopes:
        with db.reading() as session:
            session.execute(text("SELECT 1"))
            start = time.perf_counter()
            asked = {"tenant": scope.tenant_id, "day": today(), "most": SHOWN}
            found = session.execute(text(BARE), asked).all()
            middle = time.perf_counter()
            shown = inbox(session, scope)
            end = time.perf_counter()
            new_counts(session, scope)
            last = time.perf_counter()
        assert len(shown) == len(found) == SHOWN
        bare.append(middle - start)
        ours.append(end - middle)
        counted.append(last - end)
    return {name: 1000 * statistics.median(times) for name, times in
            (("ours", ours), ("bare", bare), ("counted", counted))}  # fmt: skip


def compare(notices: int, server: str | None) -> None:
    """Print the ratio of each database."""
    for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
        with database(kind, server) as environment:
            found = run_apart("bench.inbox", "inbox", str(notices), environment)
        print(
            f"home inbox at {notices:,} notices, {kind}: {found['ours'] / found['bare']:.2f} × the bare indexed query "
            f"(goal ≤ 2; {found['ours']:.2f} ms against {found['bare']:.2f} ms, with the look at the session; "
            f"counts of the menu {found['counted']:.2f} ms)"
        )


def main() -> None:
    """One measurement of this process."""
    _, argument = sys.argv[1:3]
    db.migrate()
    print(json.dumps(measure(argument)))


if __name__ == "__main__":
    main()
