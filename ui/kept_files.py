"""Kept files over HTTP, past Streamlit's own media: each asked for anew, by who may see it, and never stored on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.access.models import Realm
from core.access.sessions import key_of
from core.accounts.sign_in import employee_scope, tenant_scope
from core.db import reading
from core.errors import DomainError, SessionEndedError
from ui.guard import cookie_of
from ui.service import Service

PRIVATE = {"Cache-Control": "no-store, private"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file to be handed over; without a name it is shown in the page, with one it is saved under it."""

    path: Path
    media_type: str
    name: str | None = None


# From the session of the database, the scope and the number in the address to the file; refusals are DomainErrors.
Finder = Callable[[Any, Any, int], KeptFile]


def file_route(service: Service, path: str, finders: dict[Realm, Finder]) -> Route:
    """A route `path` + number, open to who the realm's finder lets through."""

    async def answer(request: Request) -> Response:
        raw_id = cookie_of(request.headers, service.cookie_name) or ""
        finder = finders[service.realm]
        try:
            found = await run_in_threadpool(_find, service.realm, raw_id, finder, request.path_params["number"])
        except SessionEndedError:
            return PlainTextResponse("Zaloguj się.", 403, headers=PRIVATE)
        except DomainError as refusal:
            return PlainTextResponse(refusal.message, 404, headers=PRIVATE)
        return FileResponse(found.path, media_type=found.media_type, filename=found.name, headers=PRIVATE)

    return Route(path + "{number:int}", answer, methods=["GET"])


def _find(realm: Realm, raw_id: str, finder: Finder, number: int) -> KeptFile:
    with reading() as session:
        scope = (tenant_scope if realm is Realm.TENANT else employee_scope)(session, key_of(raw_id))
        return finder(session, scope, number)
