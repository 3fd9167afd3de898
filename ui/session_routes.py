"""`/sesja`: where a sign-in ticket becomes an HttpOnly cookie and where the cookie goes away; `/healthz` beside it."""

import json
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.access.sessions import key_of
from core.accounts.sign_in import redeem, sign_out
from core.db import reading, transaction
from core.errors import SessionEndedError
from core.settings import settings
from ui.guard import cookie_of, same_origin
from ui.provider import COOKIE
from ui.service import Service

LARGEST_BODY = 1024

log = logging.getLogger(__name__)


def session_routes(service: Service) -> list[BaseRoute]:
    """Routes of one service, matched before Streamlit's."""

    async def open_session(request: Request) -> Response:
        if not _from_our_page(request):
            return PlainTextResponse("Forbidden", 403, headers={"Cache-Control": "no-store"})
        ticket = await _ticket(request)
        try:
            raw_id = await run_in_threadpool(_redeem, service, ticket)
        except SessionEndedError:
            return PlainTextResponse("Forbidden", 403, headers={"Cache-Control": "no-store"})
        answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
        # No Max-Age: the cookie goes with the browser, the database decides when the session ends.
        answer.set_cookie(service.cookie_name, raw_id, path="/", secure=settings().tls, httponly=True, samesite="lax")
        _forget_provider(request, answer)
        return answer

    async def close_session(request: Request) -> Response:
        if not _from_our_page(request):
            return PlainTextResponse("Forbidden", 403, headers={"Cache-Control": "no-store"})
        raw_id = cookie_of(request.headers, service.cookie_name)
        if raw_id:
            await run_in_threadpool(_sign_out, raw_id)
        answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
        answer.delete_cookie(service.cookie_name, path="/", secure=settings().tls, httponly=True, samesite="lax")
        _forget_provider(request, answer)
        return answer

    return [
        Route("/healthz", _health, methods=["GET"]),
        Route("/sesja", open_session, methods=["POST"]),
        Route("/sesja", close_session, methods=["DELETE"]),
    ]


def _forget_provider(request: Request, answer: Response) -> None:
    """Take Streamlit's cookies of an identity provider's answer out of the browser: our session is enough."""
    for name in request.cookies:
        if name.startswith(COOKIE):
            answer.delete_cookie(name, path="/", secure=settings().tls, httponly=True, samesite="lax")


def _from_our_page(request: Request) -> bool:
    # Three independent signs: a browser sends the first two by itself, and the third makes a foreign page ask first.
    fetched_by = request.headers.get("sec-fetch-site", "same-origin")
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return same_origin(request.headers) and fetched_by == "same-origin" and sent_as == "application/json"


async def _ticket(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return ""
    try:
        sent = json.loads(body)
    except ValueError:
        return ""
    ticket = sent.get("ticket") if isinstance(sent, dict) else None
    return ticket if isinstance(ticket, str) else ""


def _redeem(service: Service, ticket: str) -> str:
    with transaction() as session:
        return redeem(session, realm=service.realm, ticket=ticket)


def _sign_out(raw_id: str) -> None:
    with transaction() as session:
        sign_out(session, key=key_of(raw_id))


async def _health(_: Request) -> Response:
    try:
        await run_in_threadpool(_database_answers)
    except Exception:
        log.exception("the database does not answer")
        return JSONResponse({"status": "database"}, 503, headers={"Cache-Control": "no-store"})
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def _database_answers() -> None:
    with reading() as session:
        session.connection()
