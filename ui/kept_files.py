"""Kept files over HTTP, past Streamlit's own media: each asked for anew, by who may see it, and never stored on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.access.models import Realm
from core.access.sessions import key_of
from core.accounts.sign_in import employee_scope, tenant_scope
from core.db import noting, reading
from core.documents.attachments import media_type
from core.documents.bucket import StoreUnavailableError
from core.errors import DomainError, NotFoundError, SessionEndedError
from ui.guard import cookie_of
from ui.service import Service

LARGEST_ID = 2**63 - 1  # what a database can compare with
PRIVATE = {"Cache-Control": "no-store, private"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file to be handed over; without a name it is shown in the page, with one it is saved under it."""

    path: Path
    media_type: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file made for this answer; named as `KeptFile`."""

    content: bytes
    media_type: str
    name: str | None = None


def saved(found: tuple[str, Path], *, as_type: str | None = None) -> KeptFile:
    """A file to be saved under its name, whose suffix says what it is unless `as_type` does."""
    name, path = found
    return KeptFile(path, as_type or media_type(name), name)


def picture(path: Path) -> KeptFile:
    """A photo to be shown in the page."""
    return KeptFile(path, "image/jpeg")


# From the session of the database, the scope and the numbers in the address to the file; refusals are DomainErrors.
Finder = Callable[..., KeptFile | MadeFile]


def file_route(service: Service, path: str, finders: Mapping[Realm, Finder], *, part: bool = False) -> Route:
    """A route `path` + number, with `part` also + `/` and a second number, open to who the realm's finder lets through."""

    async def answer(request: Request) -> Response:
        raw_id = cookie_of(request.headers, service.cookie_name) or ""
        finder = finders[service.realm]
        try:
            numbers = request.path_params.values()
            found = await run_in_threadpool(_find, service.realm, raw_id, finder, *numbers)
        except DomainError as refusal:
            return refused(refusal)
        if isinstance(found, MadeFile):
            named = {"Content-Disposition": f'attachment; filename="{found.name}"'} if found.name else {}
            return Response(found.content, media_type=found.media_type, headers={**PRIVATE, **named})
        return FileResponse(found.path, media_type=found.media_type, filename=found.name, headers=PRIVATE)

    return Route(path + ("{number:int}/{part:int}" if part else "{number:int}"), answer, methods=["GET"])


def refused(refusal: DomainError) -> Response:
    """The answer to who asked for a file in vain."""
    if isinstance(refusal, SessionEndedError):
        return PlainTextResponse("Zaloguj się.", 403, headers=PRIVATE)
    status = 503 if isinstance(refusal, StoreUnavailableError) else 404
    return PlainTextResponse(refusal.message, status, headers=PRIVATE)


def _find(realm: Realm, raw_id: str, finder: Finder, *numbers: int) -> KeptFile | MadeFile:
    if max(numbers) > LARGEST_ID:
        raise NotFoundError("Nie ma takiego pliku.")
    # What an employee looks at is noted; a tenant's own look leaves nothing behind.
    with reading() if realm is Realm.TENANT else noting() as session:
        scope = (tenant_scope if realm is Realm.TENANT else employee_scope)(session, key_of(raw_id))
        return finder(session, scope, *numbers)
