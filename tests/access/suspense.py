"""A row in suspense, one assigned and one sent back, for the doors of the queue."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.batches.models import ImportBatch
from core.clock import now, today
from core.imports.models import SuspendedRow
from core.imports.suspense.models import Decision, SuspendedAssignment
from core.imports.suspense.posting import Part
from core.imports.suspense.queue import row_of


def suspense_arguments(session: Session, batch: ImportBatch, tenancy_id: int = 1) -> dict[str, Any]:
    """Arguments by name that lead to the row that waits and to the decision."""
    waits, decided = (
        SuspendedRow(
            batch_id=batch.id, line_no=line, tenant_no="X", tenancy_no="X/1", document_no=f"S/{line}", content_key="",
            position=1, document_type="WPL", booked_on=today(), debit=Decimal(0), credit=Decimal(9),
        )
        for line in (901, 902)
    )  # fmt: skip
    session.add_all([waits, decided])
    session.flush()
    decision = SuspendedAssignment(
        row_id=decided.id, decision=Decision.SENT_BACK, reason="Niech bank wyjaśni", decided_at=now(), decided_login="x"
    )
    session.add(decision)
    session.flush()
    return {
        "whose.rows": [row_of(waits)],
        "row_ids": [waits.id],
        "row_id": waits.id,
        "decision_ids": [decision.id],
        "decision": Decision.SENT_BACK,
        "parts": [Part(waits.id, tenancy_id, Decimal(9))],
        "amounts": [("U/1", Decimal(4)), ("U/2", Decimal(5))],
        "one_payer.tenant_no": "X",
        "one_payer.tenancy_no": "X/1",
        "payer_rows.tenant_no": "X",
        "payer_rows.tenancy_no": "X/1",
        "send_back.reason": "Niech bank wyjaśni",
        "post_sent_back.reason": "Niech bank wyjaśni",
    }
