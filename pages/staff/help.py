"""Pomoc: each desk of the dashboard in a few sentences. Open to everybody: it holds nothing of anybody."""

from core.access.models import Realm
from ui.guide import guide
from ui.layout import frame

with frame("Pomoc", "Każda strona panelu w kilku zdaniach."):
    guide(Realm.STAFF)
