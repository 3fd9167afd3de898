"""What the outbox needs of the features above it: secrets made while a message is sent, and what follows a delivery."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.initial_passwords import new_initial_password
from core.accounts.recovery import new_recovery_link
from core.activation.models import ActivationRequest, RequestState
from core.activation.steps import move
from core.announcements.publishing import announce_due, any_due
from core.audit.models import Actor
from core.contact.email_change import new_email_code, new_refusal_token
from core.db import reading, transaction
from core.errors import NotFoundError
from core.notice_mail import mail_notices
from core.outbox.worker import Delivery, Handlers, MailObsoleteError, deliver_due
from core.proxies.invitation import new_invitation_token
from core.settings import settings


def deliver_mail(*, most: int | None = None) -> Delivery:
    """Tell of announcements that have come to be seen, put notices into envelopes and deliver what is due.

    What `python -m core mail` and the apps' own worker do.
    """
    with reading() as session:
        due = any_due(session)
    if due:
        with transaction() as session:
            announce_due(session)
    mail_notices()
    return deliver_due(HANDLERS, most=most)


def _initial_password(session: Session, parameters: Mapping[str, str]) -> dict[str, str]:
    try:
        return {"initial_password": new_initial_password(session, account_id=int(parameters["account_id"]))}
    except NotFoundError:
        raise MailObsoleteError("account closed") from None


def _recovery_link(session: Session, parameters: Mapping[str, str]) -> dict[str, str]:
    token = new_recovery_link(session, account_id=int(parameters["account_id"]))
    return {"link": f"{settings().tenant_url}/odzyskiwanie?klucz={token}"}


def _email_code(session: Session, parameters: Mapping[str, str]) -> dict[str, str]:
    try:
        return {"code": new_email_code(session, change_id=int(parameters["change_id"]))}
    except NotFoundError:
        raise MailObsoleteError("change is over") from None


def _email_warning(session: Session, parameters: Mapping[str, str]) -> dict[str, str]:
    try:
        token = new_refusal_token(session, change_id=int(parameters["change_id"]))
    except NotFoundError:
        raise MailObsoleteError("nothing to refuse") from None
    return {"link": f"{settings().tenant_url}/to-nie-ja?klucz={token}"}


def _proxy_invitation(session: Session, parameters: Mapping[str, str]) -> dict[str, str]:
    try:
        token = new_invitation_token(session, grant_id=int(parameters["grant_id"]))
    except NotFoundError:
        raise MailObsoleteError("nobody is invited any more") from None
    return {"link": f"{settings().tenant_url}/pelnomocnictwo?klucz={token}"}


def _credentials_sent(session: Session, parameters: Mapping[str, str]) -> None:
    request_id = session.scalar(
        select(ActivationRequest.id).where(
            ActivationRequest.account_id == int(parameters["account_id"]),
            ActivationRequest.state == RequestState.APPROVED,
        )
    )
    if request_id is not None:
        move(session, request_id=request_id, to=RequestState.CREDENTIALS_SENT, by=Actor.SYSTEM)


HANDLERS = Handlers(
    makers={
        "credentials": _initial_password,
        "new_initial_password": _initial_password,
        "recovery_link": _recovery_link,
        "email_code": _email_code,
        "email_warning": _email_warning,
        "proxy_invitation": _proxy_invitation,
    },
    after={"credentials": _credentials_sent},
)
