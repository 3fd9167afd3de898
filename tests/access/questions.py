"""A question of a household in the world of the access tests: with an attachment, an answer owed, and a note."""

from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.documents.storage import keep_bytes
from core.questions.models import Author, QuestionMessage, QuestionThread, SubjectKind, ThreadState
from core.questions.subjects import Subject
from core.registry.models import Tenancy


def household_question(session: Session, tenancy: Tenancy, letter_id: int, word: str) -> dict[str, Any]:
    """Arguments that lead to the question of one household, and to what it may ask about."""
    thread = QuestionThread(
        number=f"P/{word}",
        tenant_id=tenancy.tenant_id,
        tenancy_id=tenancy.id,
        subject_kind=SubjectKind.LETTER,
        letter_id=letter_id,
        title=f"Pytanie {word}",
        state=ThreadState.OPEN,
        opened_at=now(),
        waits_since=now(),
    )
    session.add(thread)
    session.flush()
    asked = QuestionMessage(
        thread_id=thread.id,
        author=Author.TENANT,
        internal=False,
        body=f"Treść {word}",
        written_at=now(),
        attachment_sha256=keep_bytes(f"%PDF pytanie {word}".encode()),
        attachment_name=f"{word}.pdf",
    )
    session.add(asked)
    session.flush()
    note = QuestionMessage(
        thread_id=thread.id, author=Author.OFFICE, internal=True, body=f"Notatka {word}", written_at=now()
    )
    session.add(note)
    session.flush()
    subject = Subject(SubjectKind.LETTER, letter_id)
    return {
        "thread_id": thread.id,
        "message_id": asked.id,
        "own_subject.subject": subject,
        "ask_question.subject": subject,
    }


def question_arguments() -> dict[str, Any]:
    """What belongs to nobody."""
    return {"body": "Dzień dobry", "ask_question.title": "Temat", "close_question.reason": "To nie do nas."}
