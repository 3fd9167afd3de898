"""Exports over HTTP: a file for the signed-in employee, the deltas for a machine with its token, and their description."""

import tempfile
from contextlib import suppress
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.access.models import Realm
from core.access.sessions import key_of
from core.access.throttle import TooManyUsesError
from core.accounts.attempts import network_of
from core.accounts.sign_in import employee_scope
from core.db import reading, transaction
from core.errors import DomainError, NotFoundError
from core.exports.archive import fetch_export, note_download
from core.exports.machines import UnknownTokenError, count_request, openapi, write_since
from core.settings import settings
from ui.guard import cookie_of
from ui.kept_files import LARGEST_ID, PRIVATE, refused
from ui.service import Service

EXPORT_PATH = "/pliki/eksport/"
LARGEST_SINCE = 2**31 - 1


def export_routes(service: Service) -> list[BaseRoute]:
    """Routes of the dashboard, matched before Streamlit's; the portal has none."""
    if service.realm is not Realm.STAFF:
        return []

    async def export(request: Request) -> Response:
        raw_id = cookie_of(request.headers, service.cookie_name)
        try:
            name, path = await run_in_threadpool(_fetch, raw_id or "", request.path_params["export_id"])
        except DomainError as refusal:
            return refused(refusal)
        return FileResponse(path, filename=name, media_type="application/octet-stream", headers=PRIVATE)

    return [
        Route(EXPORT_PATH + "{export_id:int}", export, methods=["GET"]),
        Route("/api/exports/readings", _readings, methods=["GET"]),
        Route("/api/openapi.json", _description, methods=["GET"]),
    ]


def export_link(export_id: int) -> str:
    """Where an export's file is, for who is signed in and may see it."""
    return f"{EXPORT_PATH}{export_id}"


def _fetch(raw_id: str, export_id: int) -> tuple[str, Path]:
    if export_id > LARGEST_ID:
        raise NotFoundError("Nie ma takiego pliku.")
    with transaction() as session:
        scope = employee_scope(session, key_of(raw_id))
        note_download(session, scope, export_id=export_id)
        return fetch_export(session, scope, export_id=export_id)


async def _description(_: Request) -> Response:
    return JSONResponse(openapi())


async def _readings(request: Request) -> Response:
    typed = request.query_params.get("since", "0")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    network = network_of(request.client.host if request.client else None)
    try:
        scope = await run_in_threadpool(_count, token.strip() if scheme.lower() == "bearer" else "", network)
    except UnknownTokenError as refusal:
        return PlainTextResponse(refusal.message, 401, headers={**PRIVATE, "WWW-Authenticate": "Bearer"})
    except TooManyUsesError as refusal:
        return PlainTextResponse(refusal.message, 429, headers={**PRIVATE, "Retry-After": "60"})
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 11 and int(typed) <= LARGEST_SINCE):
        return PlainTextResponse("Parametr since to numer przyrostu, na przykład 12.", 400, headers=PRIVATE)
    path, newest = await run_in_threadpool(_write, int(typed), scope.endswith(":pseudonymous"))
    return FileResponse(
        path,
        media_type="application/x-ndjson",
        headers={**PRIVATE, "X-Iok-Last-Delta": str(newest)},
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def _count(token: str, network: str) -> str:
    refused: DomainError | None = None
    with transaction() as session:
        # A guess is counted for good, so the refusal leaves only after the commit.
        with suppress(UnknownTokenError):
            return count_request(session, token=token, network=network)
        refused = UnknownTokenError()
    raise refused


def _write(since: int, pseudonymous: bool) -> tuple[Path, int]:
    folder = settings().var / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".ndjson", delete=False) as file:
        path = Path(file.name)
    try:
        with reading() as session:
            return path, write_since(session, since=since, path=path, pseudonymous=pseudonymous)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
