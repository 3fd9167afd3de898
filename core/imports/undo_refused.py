"""Why a batch cannot be taken back."""

from core.errors import DomainError


class UndoRefusedError(DomainError):
    """Something was built on the batch; the message says what and what to do first."""
