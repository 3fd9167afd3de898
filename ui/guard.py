"""The guard in front of Streamlit: every request and every WebSocket handshake passes here first.

It sends the security headers, serves the Polish front-end, turns the HttpOnly cookie into the one header Streamlit
trusts, asks for a session where Streamlit does not, and closes what nobody outside needs.
"""

import logging
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access.models import Realm
from core.access.scopes import EmployeeScope
from core.access.sessions import key_of, knows_session
from core.accounts.sign_in import employee_scope, recognise, tenant_scope
from core.db import reading
from core.errors import SessionEndedError
from core.maintenance import current_pause
from ui.frontend import Frontend
from ui.plain_pages import pause_page
from ui.provider import CALLBACK_PATH, LOGIN_PATH, provider, short_lived_cookies
from ui.service import SESSION_HEADER, Service
from ui.shell import ROOT_ELEMENT, security_headers

# Of Streamlit's own routes only these are open; all else below the closed prefixes answers 404.
OPEN_INTERNALS = (
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/upload_file/",
)
# What answers during a technical pause too: how a process is, and pages that need no database.
OPEN_IN_PAUSE = frozenset(
    {"/_stcore/health", "/_stcore/host-config", "/_stcore/stream", "/healthz", "/dostepnosc", "/rodo"}
)
CLOSED_PREFIXES = ("/_stcore", "/component", "/app/static", "/auth", "/oauth2callback", "/~")
SIGNED_IN_PREFIXES = ("/media/", "/_stcore/upload_file/")
UPLOAD_PREFIX = "/_stcore/upload_file/"
UPLOADS_AN_HOUR = 10  # files of the largest size, a session
IMMUTABLE = "public, max-age=31536000, immutable"

log = logging.getLogger(__name__)


class UploadBudget:
    """How much each session has uploaded to this process within the hour: files wait in its memory."""

    def __init__(self, most: int) -> None:
        self._most = most  # bytes
        self._taken: dict[str, list[tuple[float, int]]] = {}

    def take(self, key: str, size: int) -> bool:
        """Count `size` bytes; False, and nothing counted, when they do not fit any more."""
        since = time.monotonic() - 3600
        self._taken = {one: [use for use in uses if use[0] > since] for one, uses in self._taken.items()}
        uses = self._taken.setdefault(key, [])
        if sum(done for _, done in uses) + size > self._most:
            return False
        uses.append((time.monotonic(), size))
        return True


class Guard:
    """ASGI middleware of one service."""

    def __init__(self, app: ASGIApp, *, service: Service, frontend: Frontend) -> None:
        self.app = app
        self.service = service
        self.frontend = frontend
        self.uploads = UploadBudget(UPLOADS_AN_HOUR * service.upload_mb * 1024 * 1024)
        # Streamlit's own sign-in, where the office has an identity provider.
        by_provider = service.realm is Realm.STAFF and provider() is not None
        self.open_paths = frozenset({LOGIN_PATH, CALLBACK_PATH} if by_provider else ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request or a handshake through, or answer it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["path"] != "/_stcore/stream" or not same_origin(headers):
            await _refuse_handshake(receive, send)
            return
        try:
            key = await self._known_key(headers)
        except Exception:
            log.exception("no session could be looked up; the handshake is refused")
            await _refuse_handshake(receive, send)
            return
        await self.app(_with_session(scope, key), receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = _with_security_headers(send)
        path, headers = scope["path"], Headers(scope=scope)
        accepted = headers.get("accept-encoding", "")
        if path.startswith(self.frontend.prefix + "/"):
            answer: Response | None = await run_in_threadpool(self._asset, path, accepted)
        elif path not in OPEN_IN_PAUSE and (pause := current_pause()) is not None:
            answer = pause_page(self.service, self.frontend.prefix, pause)
        elif path.startswith(CLOSED_PREFIXES) and not path.startswith(OPEN_INTERNALS) and path not in self.open_paths:
            answer = PlainTextResponse("Not Found", 404)
        elif path.startswith(SIGNED_IN_PREFIXES):
            answer = await self._refusal(scope, headers)
        else:
            answer = None
        if answer is not None:
            await answer(scope, receive, send)
            return
        if path in self.open_paths:
            send = short_lived_cookies(_never_stored(send))
        elif path.startswith("/media/"):
            send = _never_stored(send)
        elif not path.startswith("/_stcore/") and path not in self.service.plain_pages:
            send = self._in_polish(scope, send, accepted)
            scope = _without(scope, "accept-encoding", "if-none-match", "if-modified-since")
        await self.app(_with_session(scope, None), receive, send)

    def _asset(self, path: str, accepted: str) -> Response:
        try:
            asset = self.frontend.find(path, accepted)
        except (OSError, ValueError):  # a name that no file system takes
            asset = None
        if asset is None:
            return PlainTextResponse("Not Found", 404)
        headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding", "Content-Type": asset.content_type}
        if asset.encoding:
            headers["Content-Encoding"] = asset.encoding
        return Response(asset.body, headers=headers)

    async def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Why a request for a stored file or an upload is refused; None when it may pass."""
        try:
            key = await self._session_key(headers)
        except Exception:
            log.exception("no session could be looked up; the request is refused")
            return PlainTextResponse("Serwis jest chwilowo niedostępny. Spróbuj ponownie za kilka minut.", 503)
        if key is None:
            return PlainTextResponse("Zaloguj się.", 403)
        if scope["path"].startswith(UPLOAD_PREFIX):
            if not await run_in_threadpool(_may_upload, self.service, key):
                return PlainTextResponse("Nie masz uprawnień do przesyłania plików.", 403)
            if scope["method"] in ("PUT", "POST"):
                return self._upload_refusal(headers, key)
        return None

    def _upload_refusal(self, headers: Headers, key: str) -> Response | None:
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return PlainTextResponse("Length Required", 411)
        # The body carries a few hundred bytes of form data around the file.
        if int(length) > self.service.upload_mb * 1024 * 1024 + 16 * 1024:
            return PlainTextResponse(f"Plik może mieć najwyżej {self.service.upload_mb} MB.", 413)
        if not self.uploads.take(key, int(length)):
            return PlainTextResponse("Przesłano zbyt wiele danych. Spróbuj ponownie za godzinę.", 429)
        return None

    async def _session_key(self, headers: Headers) -> str | None:
        raw_id = cookie_of(headers, self.service.cookie_name)
        return await run_in_threadpool(_live_key, self.service.realm, raw_id) if raw_id else None

    async def _known_key(self, headers: Headers) -> str | None:
        # Also of a session that is over: it signs nobody in, and the sign-in screen can say why it is over.
        raw_id = cookie_of(headers, self.service.cookie_name)
        return await run_in_threadpool(_any_key, self.service.realm, raw_id) if raw_id else None

    def _in_polish(self, scope: Scope, send: Send, accepted: str) -> Send:
        """Put our page in the place of Streamlit's; anything else passes as it is."""
        started: list[Message] = []
        body: list[bytes] = []

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                started.append(message)
                return
            if not started:
                await send(message)
                return
            body.append(message.get("body", b""))
            if not message.get("more_body"):
                whole = b"".join(body)
                is_shell = ROOT_ELEMENT.encode() in whole or scope["method"] == "HEAD"
                await self._send_page(started[0], whole, is_shell, accepted, send)

        return answer

    async def _send_page(self, start: Message, body: bytes, is_shell: bool, accepted: str, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if is_shell:
            asset = self.frontend.shell(accepted)
            body = asset.body
            for name in ("etag", "last-modified"):
                if name in headers:
                    del headers[name]
            headers["Cache-Control"] = "no-cache"
            headers["Vary"] = "Accept-Encoding"
            if asset.encoding:
                headers["Content-Encoding"] = asset.encoding
            headers["Content-Length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


def cookie_of(headers: Headers, name: str) -> str | None:
    """The value of a cookie, wherever it stands in the request's cookie headers."""
    return cookie_parser("; ".join(headers.getlist("cookie"))).get(name)


def same_origin(headers: Headers) -> bool:
    """Whether the request's Origin is there and is the host it asks."""
    origin, host = urlsplit(headers.get("origin", "")), headers.get("host", "")
    return origin.scheme in ("http", "https") and bool(host) and origin.netloc.lower() == host.lower()


def _may_upload(service: Service, key: str) -> bool:
    """Whether somebody stands behind the gates and, among employees, has a permission for it."""
    try:
        with reading() as session:
            scope = tenant_scope(session, key) if service.realm is Realm.TENANT else employee_scope(session, key)
    except SessionEndedError:
        return False
    if scope.restricted:
        return False
    return not service.upload_permissions or (
        isinstance(scope, EmployeeScope) and any(scope.may(one) for one in service.upload_permissions)
    )


def _live_key(realm: Realm, raw_id: str) -> str | None:
    key = key_of(raw_id)
    with reading() as session:
        return key if recognise(session, realm=realm, key=key) else None


def _any_key(realm: Realm, raw_id: str) -> str | None:
    key = key_of(raw_id)
    with reading() as session:
        return key if knows_session(session, realm=realm, key=key) else None


def _with_session(scope: Scope, key: str | None) -> Scope:
    """The scope with our session header and nobody else's."""
    scope = _without(scope, SESSION_HEADER, SESSION_HEADER.replace("-", "_"))
    if key is None:
        return scope
    return {**scope, "headers": [*scope["headers"], (SESSION_HEADER.lower().encode(), key.encode())]}


def _without(scope: Scope, *names: str) -> Scope:
    dropped = {name.lower().encode() for name in names}
    kept: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return {**scope, "headers": [(name, value) for name, value in kept if name.lower() not in dropped]}


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")


def _with_security_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            for name, value in security_headers().items():
                headers[name] = value
            if "server" in headers:
                del headers["server"]
        await send(message)

    return answer


def _never_stored(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store, private"
        await send(message)

    return answer


async def _refuse_handshake(receive: Receive, send: Send) -> None:
    await receive()  # the connect message; closing before accepting answers 403
    await send({"type": "websocket.close", "code": 1008})
