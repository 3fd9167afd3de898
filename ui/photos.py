"""Photos of dials on screen and over HTTP: each asked for anew, by who may see it."""

from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.models import Realm
from core.access.sessions import key_of
from core.accounts.sign_in import employee_scope, tenant_scope
from core.db import reading
from core.documents.pictures import LARGEST_MB, CleanPicture, clean_picture
from core.errors import DomainError, SessionEndedError
from core.meters.photos import photo_of_own_reading, photo_of_served_reading
from ui.guard import cookie_of
from ui.markup import text
from ui.service import Service

PHOTO_PATH = "/pliki/zdjecie/"
PRIVATE = {"Cache-Control": "no-store, private"}


def photo_routes(service: Service) -> list[BaseRoute]:
    """The route of one service, matched before Streamlit's."""

    async def photo(request: Request) -> Response:
        raw_id = cookie_of(request.headers, service.cookie_name)
        try:
            path = await run_in_threadpool(_photo, service.realm, raw_id or "", request.path_params["reading_id"])
        except SessionEndedError:
            return PlainTextResponse("Zaloguj się.", 403, headers=PRIVATE)
        except DomainError as refusal:
            return PlainTextResponse(refusal.message, 404, headers=PRIVATE)
        return FileResponse(path, media_type="image/jpeg", headers=PRIVATE)

    return [Route(PHOTO_PATH + "{reading_id:int}", photo, methods=["GET"])]


def _photo(realm: Realm, raw_id: str, reading_id: int) -> Path:
    with reading() as session:
        if realm is Realm.TENANT:
            return photo_of_own_reading(session, tenant_scope(session, key_of(raw_id)), reading_id=reading_id)
        return photo_of_served_reading(session, employee_scope(session, key_of(raw_id)), reading_id=reading_id)


def photo_field(label: str, *, key: str) -> UploadedFile | None:
    """A field for a photo, which on a phone opens the camera."""
    kinds = ["jpg", "jpeg", "png", "heic", "heif"]
    return st.file_uploader(label, type=kinds, key=key, max_upload_size=LARGEST_MB)


def cleaned(chosen: UploadedFile | None) -> CleanPicture | None:
    """What was chosen, as we keep it; None: nothing. Raises InvalidInputError (field `photo`)."""
    return clean_picture(chosen.getvalue()) if chosen is not None else None


def show_photo(reading_id: int, *, alt: str) -> None:
    """The photo of a reading, as large as there is room for; clicking it opens it whole."""
    source = f"{PHOTO_PATH}{reading_id}"
    st.html(
        f'<a class="kit kit-photo" href="{source}" target="_blank" rel="noopener">'
        f'<img src="{source}" alt="{text(alt)}" loading="lazy"></a>'
    )
