"""Publishing an announcement to a whole city against the bare INSERT … SELECT of its recipients."""

import json
import statistics
import sys
import time

import polars as pl
from sqlalchemy import text

from bench.import_ledger import database, run_apart
from core import bulk, db
from core.accounts.sign_in import operator_scope
from core.announcements.models import AnnouncementKind
from core.announcements.publishing import announce_due, ask_publishing, publish
from core.announcements.writing import AnnouncementPlan, AnnouncementText, write_draft
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Building, Premises, Tenancy, Tenant

BARE = """
    INSERT INTO announcement_recipient (announcement_id, tenant_id, tenancy_id)
    SELECT :one, tenant_id, id FROM tenancy
"""


def seed(tenants: int) -> None:
    """So many tenants, each with one tenancy."""
    ids = range(1, tenants + 1)
    with db.transaction() as session:
        buildings = range(1, tenants // 20 + 2)
        houses = len(buildings)
        frames = {
            Building: pl.DataFrame({"id": buildings, "code": [f"B{at}" for at in buildings], "street": ["Piotrkowska"] * houses,
                                    "building_no": [str(at) for at in buildings], "postal_code": ["90-001"] * houses,
                                    "city": ["Łódź"] * houses, "borough": ["Śródmieście"] * houses}),
            Premises: pl.DataFrame({"id": ids, "code": [f"L{at}" for at in ids], "building_id": [at // 20 + 1 for at in ids],
                                    "premises_no": [str(at) for at in ids], "kind": ["mieszkalny"] * tenants,
                                    "usable_area": [5000] * tenants}),
            Tenant: pl.DataFrame({"id": ids, "tenant_no": [f"{at:06d}" for at in ids], "kind": ["person"] * tenants,
                                  "name": [f"Osoba {at}" for at in ids]}),
            Tenancy: pl.DataFrame({"id": ids, "tenancy_no": [f"U/{at}" for at in ids], "tenant_id": ids, "premises_id": ids,
                                   "title": ["najem"] * tenants, "valid_from": ["2020-01-01"] * tenants,
                                   "payment_day": [10] * tenants}).with_columns(pl.col("valid_from").str.to_date()),
        }  # fmt: skip
        for model, frame in frames.items():
            bulk.insert_all(session, model.__table__, frame)  # type: ignore[arg-type]


def drafted(nth: int) -> int:
    """One more announcement to everybody."""
    with db.transaction() as session:
        plan = AnnouncementPlan(AnnouncementKind.PLAIN, Audience(AudienceKind.ALL))
        return write_draft(session, operator_scope(), text=AnnouncementText(f"Ogłoszenie {nth}", "Treść"), plan=plan)


def measure(argument: str) -> dict[str, float]:
    """Seconds of publishing, of the bare statement and of telling: medians of runs that take turns."""
    tenants, rounds = map(int, argument.split("|"))
    seed(tenants)
    ours, bare, told = [], [], []
    for nth in range(rounds):
        one, other = drafted(2 * nth), drafted(2 * nth + 1)
        with db.transaction() as session:
            question = ask_publishing(session, operator_scope(), announcement_id=one)
        start = time.perf_counter()
        with db.transaction() as session:
            publish(
                session, operator_scope(), announcement_id=one, recipients=question.recipients, token=question.token
            )
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        with db.transaction() as session:
            session.execute(text(BARE), {"one": other})
        bare.append(time.perf_counter() - start)
        with db.transaction() as session:
            session.execute(text("UPDATE announcement SET visible_from = created_at WHERE id = :one"), {"one": one})
        start = time.perf_counter()
        with db.transaction() as session:
            announce_due(session)
        told.append(time.perf_counter() - start)
    return {
        "recipients": question.recipients,
        "ours": statistics.median(ours),
        "bare": statistics.median(bare),
        "told": statistics.median(told),
    }


def compare(tenants: int, server: str | None) -> None:
    """Print the ratio of each database."""
    for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
        with database(kind, server) as environment:
            found = run_apart("bench.announcements", "publish", f"{tenants}|5", environment)
        print(
            f"announcement to {int(found['recipients']):,} tenants published, {kind}: {found['ours'] / found['bare']:.2f} × "
            f"the bare INSERT … SELECT (goal ≤ 2; {found['ours']:.2f} s against {found['bare']:.2f} s), "
            f"put into their inboxes in {found['told']:.2f} s"
        )


def main() -> None:
    """One measurement of this process."""
    _, argument = sys.argv[1:3]
    db.migrate()
    print(json.dumps(measure(argument)))


if __name__ == "__main__":
    main()
