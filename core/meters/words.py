"""What statuses, marks, sources and media are called in Polish, on screen and in files."""

from core.meters.ladder import Answer, Flag
from core.meters.models import Medium, ReadingStatus, Source

MEDIUM_WORDS = {Medium.COLD: "zimna woda", Medium.HOT: "ciepła woda"}
STATUS_WORDS = {
    ReadingStatus.ACCEPTED: "przyjęty",
    ReadingStatus.TO_CLARIFY: "do wyjaśnienia",
    ReadingStatus.SETTLED: "rozliczony",
    ReadingStatus.REJECTED: "odrzucony",
    ReadingStatus.WITHDRAWN: "wycofany",
    ReadingStatus.CORRECTED: "poprawiony",
}
FLAG_WORDS = {
    Flag.ROLLOVER: "licznik przeszedł przez zero",
    Flag.HIGH: "zużycie wyższe niż zwykle",
    Flag.LOW: "zużycie niższe niż zwykle",
    Flag.LOWER: "stan niższy niż poprzedni",
    Flag.EXPIRED: "po terminie legalizacji",
    Flag.FOR_INFORMATION: "poza oknem odczytowym, do wiadomości",
}
SOURCE_WORDS = {
    Source.TENANT: "najemca",
    Source.OFFICE: "urząd",
    Source.FILE: "plik",
    Source.REPLACEMENT: "wymiana",
}
ANSWER_WORDS = {
    Answer.GUESTS: "Było więcej osób, na przykład goście",
    Answer.FAULT: "Była awaria albo wyciek",
    Answer.REFILLING: "Napełnianie instalacji, basenu, remont",
    Answer.AWAY: "Nikogo nie było w domu",
    Answer.REPLACED: "Wymieniono licznik",
    Answer.EARLIER_WRONG: "Poprzedni odczyt był błędny",
    Answer.OTHER: "Coś innego",
}
