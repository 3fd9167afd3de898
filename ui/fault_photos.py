"""Photos of faults on screen and over HTTP, and the address of a report."""

from collections.abc import Sequence

import streamlit as st
from starlette.routing import BaseRoute

from core.access.models import Realm
from core.faults.photos import own_fault_photo, served_fault_photo
from ui.kept_files import file_route, picture
from ui.service import Service

PATH, NUMBER = "/zgloszenia", "nr"
PHOTO_PATH = "/pliki/awaria/"


def fault_photo_routes(service: Service) -> list[BaseRoute]:
    """The route of one service, matched before Streamlit's."""
    finders = {
        Realm.TENANT: lambda session, scope, one: picture(own_fault_photo(session, scope, photo_id=one)),
        Realm.STAFF: lambda session, scope, one: picture(served_fault_photo(session, scope, photo_id=one)),
    }
    return [file_route(service, PHOTO_PATH, finders)]


def fault_link(report_id: int | str) -> str:
    """Where one report is read."""
    return f"{PATH}?{NUMBER}={report_id}"


def show_photos(photo_ids: Sequence[int]) -> None:
    """The photos of a report; clicking one opens it whole."""
    for nth, photo_id in enumerate(photo_ids, start=1):
        source = f"{PHOTO_PATH}{photo_id}"
        st.html(
            f'<a class="kit kit-photo" href="{source}" target="_blank" rel="noopener">'
            f'<img src="{source}" alt="Zdjęcie {nth} z {len(photo_ids)}" loading="lazy"></a>'
        )
