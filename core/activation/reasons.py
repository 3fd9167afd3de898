"""Why a request is rejected: a fixed list, in the words the applicant reads."""

from enum import StrEnum


class RejectReason(StrEnum):
    """Reason of a rejection, as it is kept with the request."""

    NO_TITLE = "no_title"
    NOT_OURS = "not_ours"
    NOT_A_PARTY = "not_a_party"
    HAS_ACCOUNT = "has_account"
    NOT_MENDED = "not_mended"
    OTHER = "other"  # the message says which


REJECT_WORDS: dict[RejectReason, str] = {
    RejectReason.NO_TITLE: "Brak obowiązującego tytułu prawnego do lokalu",
    RejectReason.NOT_OURS: "Lokal nie należy do naszego zasobu",
    RejectReason.NOT_A_PARTY: "Wnioskodawca nie jest stroną umowy",
    RejectReason.HAS_ACCOUNT: "Najemca ma już konto w portalu",
    RejectReason.NOT_MENDED: "Wniosek nie został uzupełniony",
    RejectReason.OTHER: "Inny powód",
}
