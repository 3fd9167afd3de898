"""Photos of dials on screen and over HTTP: each asked for anew, by who may see it."""

import streamlit as st
from starlette.routing import BaseRoute
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.models import Realm
from core.documents.pictures import LARGEST_MB, CleanPicture, clean_picture
from core.meters.photos import photo_of_own_reading, photo_of_served_reading
from ui.kept_files import file_route, picture
from ui.markup import text
from ui.service import Service

PHOTO_PATH = "/pliki/zdjecie/"


def photo_routes(service: Service) -> list[BaseRoute]:
    """The route of one service, matched before Streamlit's."""
    finders = {
        Realm.TENANT: lambda session, scope, one: picture(photo_of_own_reading(session, scope, reading_id=one)),
        Realm.STAFF: lambda session, scope, one: picture(photo_of_served_reading(session, scope, reading_id=one)),
    }
    return [file_route(service, PHOTO_PATH, finders)]


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
