"""Refusals a person may read. Anything that is not a DomainError is a bug and looks like one."""

from collections.abc import Sequence


class DomainError(Exception):
    """A refusal. `message` is Polish and may be shown as it is; subclasses carry the data that explains it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInputError(DomainError):
    """A value does not follow its rule. `field` names the input (English key) where one is to blame."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class InvalidFormError(DomainError):
    """Several values of a form do not follow their rules: all of them at once, each with the field it is about."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(" ".join(message for _, message in errors))
        self.errors = list(errors)


class NotFoundError(DomainError):
    """There is no such thing, or it is not theirs: the two look alike on purpose."""


class NotPermittedError(DomainError):
    """The person is known but may not do this."""


class SessionEndedError(DomainError):
    """The session ended (signed out, idle, too old, locked, role changed): sign in again."""

    def __init__(self, message: str = "Sesja wygasła. Zaloguj się ponownie.") -> None:
        super().__init__(message)
