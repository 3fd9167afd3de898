"""What turns a Streamlit script into one of our services: `app = st.App(__file__, **asgi(Realm.TENANT))`."""

import asyncio
import contextlib
import gc
import importlib
import logging
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from core import db
from core.access.models import Realm
from core.correspondence.making import any_to_make
from core.delivery import deliver_mail
from core.errors import DomainError, SessionEndedError
from core.housekeeping import expire
from core.own_data.making import any_data_to_make, make_data_exports
from core.settings import ROOT, settings
from ui.announcements import announcement_routes
from ui.configuration import check_configuration
from ui.document_routes import document_routes
from ui.export_routes import export_routes
from ui.fault_photos import fault_photo_routes
from ui.frontend import Frontend
from ui.guard import Guard
from ui.import_history import import_routes
from ui.letters import letter_routes
from ui.own_data import own_data_routes
from ui.photos import photo_routes
from ui.plain_pages import plain_routes
from ui.provider import provider, secrets_for_streamlit
from ui.questions import question_routes
from ui.service import SERVICES
from ui.session_routes import session_routes
from ui.sign_in import ask_to_sign_in_again
from ui.starting import importing, settle

COLLECT_EVERY = 60  # seconds between full collections, outside of any request
DELIVER_EVERY = 5  # seconds between looks into the outbox
DELIVER_AT_ONCE = 20
LOOK_FOR_LETTERS_EVERY = 3
LOOK_FOR_OWN_DATA_EVERY = 3
TRY_LETTERS_AGAIN = 60  # seconds after a failure
FIRST_EXPIRY = 60  # seconds after the start
EXPIRE_EVERY = 24 * 60 * 60  # seconds; several processes do it one after another, and it changes nothing twice
SLOW_IMPORTS = ("altair", "pandas", "pyarrow", "ui.sign_in")
BUSY = "Serwis jest teraz zajęty. Odczekaj chwilę i spróbuj ponownie."

log = logging.getLogger(__name__)


def asgi(realm: Realm) -> dict[str, Any]:
    """Secrets, routes, guard, lifespan and error handler of a service, as arguments of `st.App`."""
    service = SERVICES[realm]
    frontend = Frontend(service)
    by_provider = provider() if realm is Realm.STAFF else None
    return {
        "secrets": secrets_for_streamlit(by_provider) if by_provider else None,
        "routes": [
            *session_routes(service),
            *plain_routes(service, frontend),
            *document_routes(service),
            *export_routes(service),
            *photo_routes(service),
            *fault_photo_routes(service),
            *announcement_routes(service),
            *import_routes(service),
            *letter_routes(service),
            *question_routes(service),
            *own_data_routes(service),
        ],
        "middleware": [Middleware(Guard, service=service, frontend=frontend)],
        "lifespan": _lifespan(frontend),
        "on_script_error": on_script_error,
    }


def on_script_error(error: Exception) -> bool:
    """Show a refusal as it is, a busy database in words, and a bug as a code that leads to its trace in the log."""
    if isinstance(error, SessionEndedError):
        ask_to_sign_in_again(error.message)
    elif isinstance(error, DomainError):
        st.error(error.message)
    elif db.is_busy(error):
        st.error(BUSY)
    else:
        code = secrets.token_hex(4)
        log.error("incident %s", code, exc_info=error)
        st.error(f"Coś poszło nie tak. Spróbuj ponownie, a jeśli błąd się powtórzy, podaj nam kod {code}.")
    return True


def _lifespan(frontend: Frontend) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        check_configuration()
        # Streamlit would take the folder `pages/` for its older way of making pages and serve the first deep link
        # of a fresh process past the entry script.
        PagesManager.uses_pages_directory = False
        await run_in_threadpool(_import_slow_modules)
        settle()
        frontend.warm()
        tasks = [asyncio.create_task(_collect_garbage())]
        if settings().mail_worker:
            tasks += [asyncio.create_task(_deliver_mail()), asyncio.create_task(_keep_house())]
            if frontend.service.realm is Realm.STAFF:
                tasks.append(asyncio.create_task(_make_letters()))
            else:
                tasks.append(asyncio.create_task(_make_own_data()))
        yield
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        db.dispose()

    return lifespan


async def _deliver_mail() -> None:
    # A few at a time: the end of the app waits for the run that is under way. Where more wait, the next follows at once.
    pause: float = DELIVER_EVERY
    while True:
        await asyncio.sleep(pause)
        pause = DELIVER_EVERY
        try:
            if (await run_in_threadpool(deliver_mail, most=DELIVER_AT_ONCE)).sent >= DELIVER_AT_ONCE:
                pause = 0
        except Exception:
            log.exception("mail could not be delivered; it is tried again")


async def _make_letters() -> None:
    # In a program of its own: setting ten thousand letters would leave nothing of this one to the screens.
    while True:
        await asyncio.sleep(LOOK_FOR_LETTERS_EVERY)
        try:
            if not await run_in_threadpool(any_to_make):
                continue
            maker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "core", "letters", cwd=ROOT, stdout=subprocess.DEVNULL
            )
            try:
                if status := await maker.wait():
                    log.error("letters could not be made (exit status %s); it is tried again", status)
                    await asyncio.sleep(TRY_LETTERS_AGAIN)
            except asyncio.CancelledError:
                maker.terminate()  # whoever starts next goes on where it was
                raise
        except Exception:
            log.exception("letters could not be made; it is tried again")


async def _make_own_data() -> None:
    # In a thread: a file takes a second or two, and few ask for one. One at a time: the end of the app waits for it.
    while True:
        await asyncio.sleep(LOOK_FOR_OWN_DATA_EVERY)
        try:
            while await run_in_threadpool(any_data_to_make):
                await run_in_threadpool(make_data_exports, most=1)
        except Exception:
            log.exception("own data could not be made; it is tried again")


async def _keep_house() -> None:
    await asyncio.sleep(FIRST_EXPIRY)
    while True:
        try:
            for removal in await run_in_threadpool(expire):
                if removal.refusal:
                    log.error("%s: %s", removal.kind, removal.refusal)
        except Exception:
            log.exception("what is old could not be removed; it is tried again tomorrow")
        await asyncio.sleep(EXPIRE_EVERY)


def _import_slow_modules() -> None:
    with importing():
        for name in (*SLOW_IMPORTS, *(("s3fs",) if settings().files_url else ())):
            importlib.import_module(name)


async def _collect_garbage() -> None:
    # Streamlit's own collection after every script run is off ([runner] postScriptGC): it took most of a run's time.
    while True:
        await asyncio.sleep(COLLECT_EVERY)
        await run_in_threadpool(gc.collect)
