"""Refusals a person may read. Anything that is not a DomainError is a bug and looks like one."""


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


class NotFoundError(DomainError):
    """There is no such thing, or it is not theirs: the two look alike on purpose."""


class NotPermittedError(DomainError):
    """The person is known but may not do this."""


class SessionEndedError(DomainError):
    """The session ended (signed out, idle, too old, locked, role changed): sign in again."""

    def __init__(self, message: str = "Sesja wygasła. Zaloguj się ponownie.") -> None:
        super().__init__(message)
