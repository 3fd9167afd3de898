"""Letters of a household in the world of the access tests: opened, waiting for a tenant, waiting to be sent."""

import io
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.clock import now, today
from core.correspondence.kinds import LetterKind
from core.correspondence.models import BatchSource, Letter, LetterBatch, LetterBatchState
from core.correspondence.printing import OnPaper
from core.correspondence.templates import LetterText
from core.documents.parcels import HandedIn
from core.documents.storage import keep_bytes
from core.imports.letters import LetterDefaults
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import ServiceDistrict, Tenancy, Tenant
from tests.core.correspondence.cast import pdf

OF_SENT = (
    "batch_file", "letters_of_batch", "ask_recall", "recall_batch", "letters_on_paper", "paper_list", "letters_to_print",
    "paper_counts",
)  # fmt: skip
OF_CHECKED = ("ask_sending", "send_batch", "discard_batch")
OF_MADE = ("pause_letters", "resume_letters")


def household_letters(session: Session, district: ServiceDistrict, tenancy: Tenancy, word: str) -> dict[str, Any]:
    """Arguments that lead to the letters of one household and of its district."""
    sent = _batch(session, district, word, LetterBatchState.SENT)
    checked = _batch(session, district, word, LetterBatchState.CHECKED)
    made = _batch(session, district, word, LetterBatchState.MAKING)
    content = pdf(word)
    sha256 = keep_bytes(content)
    common = {"kind": LetterKind.REMINDER, "dated": today(), "title": f"Pismo {word}", "sha256": sha256, "pages": 1}
    opened = {
        "visible_at": now(),
        "opened_at": now(),
        "opened_sha256": sha256,
        "tenant_id": tenancy.tenant_id,
        "tenancy_id": tenancy.id,
    }
    session.execute(insert(Letter), [{**common, **opened, "batch_id": sent, "file_name": f"{word}.pdf"}])
    session.execute(insert(Letter), [{**common, "batch_id": sent, "file_name": f"{word}-2.pdf", "doubt": "no_number"}])
    session.execute(
        insert(Letter),
        [{**common, "batch_id": checked, "file_name": f"{word}-3.pdf", "tenant_id": tenancy.tenant_id}],
    )
    letters = session.scalars(select(Letter.id).where(Letter.batch_id == sent).order_by(Letter.id)).all()
    number = session.get_one(Tenant, tenancy.tenant_id).tenant_no
    audience = Audience(AudienceKind.TENANCY, (tenancy.id,))
    return {
        "letter_id": letters[0],
        "assign_letter.letter_id": letters[1],
        "put_letter_aside.letter_id": letters[1],
        "number": number,
        "sample_letter.audience": audience,
        "start_letters.audience": audience,
        "files": [HandedIn(f"{number}.pdf", io.BytesIO(content), len(content))],
        **{f"{door}.batch_id": sent for door in OF_SENT},
        **{f"{door}.batch_id": checked for door in OF_CHECKED},
        **{f"{door}.batch_id": made for door in OF_MADE},
    }


def letter_arguments() -> dict[str, Any]:
    """What belongs to nobody."""
    text = LetterText(LetterKind.BALANCE_CONFIRMATION, "Tytuł", "Treść")
    return {
        "sample_letter.text": text,
        "start_letters.text": text,
        "last_text.kind": LetterKind.REMINDER,
        "defaults": LetterDefaults(LetterKind.OTHER, "Tytuł", date(2026, 11, 20)),
        "who": OnPaper.WITHOUT_CONSENT,
    }


def _batch(session: Session, district: ServiceDistrict, word: str, state: LetterBatchState) -> int:
    batch = LetterBatch(
        source=BatchSource.UPLOAD,
        state=state,
        name=f"Paczka {word}",
        within=f"[{district.id}]",
        created_at=now(),
        sent_at=now() if state is LetterBatchState.SENT else None,
        kind=LetterKind.REMINDER,
        title=f"Tytuł {word}",
        body="Treść",
        as_of=today(),
    )
    session.add(batch)
    session.flush()
    return batch.id
