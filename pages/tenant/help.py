"""Pomoc: how things are done in the portal, and what the names of charges and documents mean. Open to everybody."""

from core.access.models import Realm
from core.db import reading
from core.plain_words.reading import plain_words
from ui.guide import guide
from ui.layout import frame
from ui.plain_words import all_words

with reading() as session:
    words = plain_words(session)

with frame("Pomoc", "Jak załatwić sprawy w portalu, krok po kroku."):
    guide(Realm.TENANT)
    all_words(words)
