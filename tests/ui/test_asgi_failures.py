"""When the database does not answer, the guard lets nobody in."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from core.access.models import Realm
from tests.conftest import forget_settings
from ui import guard as guard_module
from ui.frontend import Frontend
from ui.guard import Guard
from ui.service import SERVICES


async def open_door(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("the request came through")


def ask(kind: str, path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> list[Message]:
    """What a guard without a database answers."""

    def broken(*_: object) -> str:
        raise ConnectionError("no database")

    monkeypatch.setenv("IOK_VAR", str(tmp_path))
    forget_settings()
    monkeypatch.setattr(guard_module, "_live_key", broken)
    service = SERVICES[Realm.TENANT]
    headers = [(b"host", b"portal"), (b"origin", b"http://portal"), (b"cookie", b"iok_najemca=abc")]
    scope = {"type": kind, "path": path, "method": "GET", "headers": headers}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(open_door, service=service, frontend=Frontend(service))(scope, receive, send))
    return sent


def test_handshake_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    assert ask("websocket", "/_stcore/stream", monkeypatch, tmp_path) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("path", ["/media/0123.pdf", "/_stcore/upload_file/a/b"])
def test_file_is_refused(path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    start, *_ = ask("http", path, monkeypatch, tmp_path)
    assert start["status"] == 503
