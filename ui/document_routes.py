"""Documents for people who are not signed in, whom Streamlit's own downloads (`/media/`) refuse."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.access.models import Realm
from core.access.throttle import TooManyUsesError
from core.accounts.attempts import network_of
from core.activation.tracking import application_copy
from core.errors import NotFoundError
from ui.kept_files import PRIVATE
from ui.service import Service

APPLICATION_PATH = "/pliki/wniosek/"


def document_routes(service: Service) -> list[BaseRoute]:
    """Routes of one service, matched before Streamlit's; the dashboard has none."""
    if service.realm is not Realm.TENANT:
        return []
    return [Route(APPLICATION_PATH + "{key}", _application, methods=["GET"])]


def application_link(key: str) -> str:
    """Where the PDF of an application is, for who has its key."""
    return APPLICATION_PATH + key


async def _application(request: Request) -> Response:
    network = network_of(request.client.host if request.client else None)
    try:
        name, content = await run_in_threadpool(application_copy, key=request.path_params["key"], network=network)
    except NotFoundError as refusal:
        return PlainTextResponse(refusal.message, 404, headers=PRIVATE)
    except TooManyUsesError as refusal:
        return PlainTextResponse(refusal.message, 429, headers=PRIVATE)
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)
