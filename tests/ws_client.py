"""A raw WebSocket client of Streamlit's protocol: sends what a browser could, and what it never would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

FINISHED = {
    0,
    1,
    3,
}  # ForwardMsg.ScriptFinishedStatus: ended well, with a compile error, early for a rerun of a fragment


class Client:
    """One connection. Everything received is kept in `messages`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[ForwardMsg] = []

    def rerun(
        self,
        *,
        page: str = "",
        page_hash: str = "",
        query: str = "",
        fragment_id: str = "",
        widgets: Mapping[str, tuple[str, Any]] | None = None,
    ) -> list[ForwardMsg]:
        """Ask for a run of the script and return what it sent. `widgets`: id → (field of WidgetState, value)."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.page_script_hash = page_hash
        message.rerun_script.fragment_id = fragment_id
        message.rerun_script.widget_states.SetInParent()
        for widget_id, (field, value) in (widgets or {}).items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = widget_id
            if field.endswith("_array_value"):
                getattr(state, field).data.extend(value)
            elif field == "string_trigger_value":
                state.string_trigger_value.data = value
            else:
                setattr(state, field, value)
        self.connection.send(message.SerializeToString())
        return self.collect()

    def collect(self, limit: float = 30) -> list[ForwardMsg]:
        """Everything up to the end of the script."""
        received: list[ForwardMsg] = []
        while True:
            data = self.connection.recv(limit)
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            received.append(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished in FINISHED:
                self.messages += received
                return received

    @property
    def session_id(self) -> str:
        """Streamlit's id of this session; known after the first run."""
        started = (m for m in self.messages if m.WhichOneof("type") == "new_session")
        return str(next(started).new_session.initialize.session_id)

    def widget_id(self, label: str) -> str:
        """The id of the widget with this label."""
        for element in elements(self.messages):
            widget: Any = getattr(element, element.WhichOneof("type") or "", None)
            if getattr(widget, "label", None) == label:
                return str(widget.id)
        raise KeyError(label)


@contextmanager
def client(
    port: int,
    *,
    cookie: str | None = None,
    session_id: str | None = None,
    origin: str | None = "same",
    headers: Mapping[str, str] | None = None,
) -> Iterator[Client]:
    """Connect to a server on this machine; `session_id` asks to take over that session of Streamlit."""
    host = f"127.0.0.1:{port}"
    sent = {**(headers or {}), **({"Cookie": cookie} if cookie else {})}
    protocols = ["streamlit", "x", session_id] if session_id else ["streamlit"]
    with connect(
        f"ws://{host}/_stcore/stream",
        origin=Origin(f"http://{host}" if origin == "same" else origin) if origin else None,
        subprotocols=[Subprotocol(protocol) for protocol in protocols],
        additional_headers=sent,
        max_size=None,
        open_timeout=60,
        proxy=None,
    ) as connection:
        yield Client(connection)


def elements(messages: list[ForwardMsg]) -> Iterator[Any]:
    """Every element in the messages."""
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            yield message.delta.new_element


def everything(messages: list[ForwardMsg]) -> str:
    """All bytes of all messages as text, to look for what must not be there."""
    return "\n".join(message.SerializeToString().decode(errors="replace") for message in messages)


def texts(messages: list[ForwardMsg]) -> str:
    """What a person would read: bodies, labels and HTML of all elements."""
    found: list[str] = []
    for element in elements(messages):
        shown = getattr(element, element.WhichOneof("type") or "", None)
        found += [str(value) for name in ("body", "label") if (value := getattr(shown, name, None))]
    return "\n".join(found)
