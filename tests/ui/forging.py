"""A client that sends what no browser would: foreign numbers, wrong kinds, widgets that were never shown."""

import random
from collections.abc import Iterator
from typing import Any

from tests.ws_client import Client, elements

PAGES = {
    "app_tenant.py": ["", "finanse", "lokale", "liczniki", "zgloszenia", "ogloszenia", "korespondencja", "dane-kontaktowe",
                      "konto", "odzyskiwanie", "administrator", "regulamin", "to-nie-ja", "pelnomocnictwo", "logowanie"],
    "app_staff.py": ["", "wnioski", "najemcy", "zmiany-danych", "zgloszenia", "import", "odczyty", "eksporty", "ogloszenia",
                     "korespondencja", "administracja", "konto", "logowanie"],
}  # fmt: skip
VALUES: dict[str, tuple[Any, ...]] = {
    "trigger_value": (True,),
    "bool_value": (True, False),
    "int_value": (0, -1, 1, 2, 2**53, -(2**63)),
    "double_value": (0.0, -1.5, 1e308, float("inf")),
    "string_value": ("", "1", "2", "jan", "ewa", "' OR 1=1 --", "<img src=x>", "\x00", "9" * 5_000),
    "string_trigger_value": ("wyślij", ""),
    "string_array_value": (["1"], ["jan", "ewa"], []),
    "int_array_value": ([1], [2, 3], [-1]),
    "bytes_value": (b"\xff\x00",),
    "json_value": ('{"ticket": "x"}', "{", "null"),
}


def forge(tab: Client, app: str, chance: random.Random) -> str:
    """Send one forged message and return all that came back."""
    ids = [*_shown(tab), "$$ID-0-sign_out", "$$ID-1-None", ""]
    widgets = {}
    for widget_id in chance.sample(ids, k=min(len(ids), chance.randint(1, 4))):
        field = chance.choice(list(VALUES))
        widgets[widget_id] = (field, chance.choice(VALUES[field]))
    query = chance.choice(["", "klucz=x", "umowa=2", "id=2", "nr=1", "nr=2", "tenant=2&request=2"])
    received = tab.rerun(page=chance.choice(PAGES[app]), query=query, widgets=widgets)
    return "\n".join(message.SerializeToString().decode(errors="replace") for message in received)


def _shown(tab: Client) -> Iterator[str]:
    """Ids of widgets of the last pages, but the one that signs out: it would end the probing."""
    for element in elements(tab.messages[-400:]):
        widget = getattr(element, element.WhichOneof("type") or "", None)
        if (widget_id := getattr(widget, "id", "")) and "sign_out" not in str(widget_id):
            yield str(widget_id)
