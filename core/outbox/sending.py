"""Writing mail: in the transaction of what it tells about. The worker delivers it."""

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.outbox.models import MailState, OutgoingMail
from core.outbox.templates import TEMPLATES, check_parameters

# The worker takes what has been due for longest: so a code overtakes fifty thousand announcements that wait since an hour.
HEAD_START = timedelta(days=1)


def enqueue(
    session: Session,
    *,
    key: str,
    template: str,
    recipient: str,
    parameters: Mapping[str, str],
    attachment: tuple[str, str] | None = None,
) -> bool:
    """Write a message to be delivered; False when one with this key is there already, which is then left as it is.

    `template` is one of `core.outbox.templates.TEMPLATES`, `parameters` fill it and hold no secret. `attachment` is the
    SHA-256 of a kept file and the name it gets. Unknown templates, missing or surplus parameters are bugs.
    """
    check_parameters(template, parameters)
    if session.scalar(select(OutgoingMail.id).where(OutgoingMail.deduplication_key == key)) is not None:
        return False
    sha256, name = attachment or (None, None)
    session.add(
        OutgoingMail(
            deduplication_key=key,
            template=template,
            recipient=recipient,
            parameters=json.dumps(dict(parameters), ensure_ascii=False),
            attachment_sha256=sha256,
            attachment_name=name,
            state=MailState.WAITING,
            created_at=now(),
            due_at=now() - TEMPLATES[template].turn * HEAD_START,
        )
    )
    session.flush()
    return True


def undelivered(session: Session, *, key_prefix: str) -> bool:
    """Whether a message whose key begins so waits to be sent or is being sent."""
    waiting = select(OutgoingMail.id).where(
        OutgoingMail.deduplication_key.startswith(key_prefix, autoescape=True),
        OutgoingMail.state.in_((MailState.WAITING, MailState.SENDING)),
    )
    return session.scalar(waiting.limit(1)) is not None
