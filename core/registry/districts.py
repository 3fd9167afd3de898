"""What a service district is called and how it is reached. The files of the registry bring its code only."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, require_live
from core.errors import InvalidInputError, NotFoundError
from core.registry.lookup import DistrictContact
from core.registry.models import ServiceDistrict

# Name of a field → what it is called in a refusal, and how long it may be.
FIELDS = {
    "name": ("Nazwa rejonu", 120),
    "address": ("Adres", 200),
    "phone": ("Telefon", 40),
    "email": ("E-mail", 120),
    "hours": ("Godziny przyjęć", 200),
}


def describe_district(session: Session, *, code: str, **told: str | None) -> DistrictContact:
    """Set what is told of a district (`name`, `address`, `phone`, `email`, `hours`) and return all that is known.

    None leaves a field as it is, an empty text clears it. Raises NotFoundError for an unknown code, InvalidInputError for
    a text that is too long, an e-mail without @, and a name that is empty.
    """
    values = {field: _checked(field, text.strip()) for field, text in told.items() if text is not None}
    if values:
        session.execute(update(ServiceDistrict).where(ServiceDistrict.code == code).values(**values))
    row = session.scalar(
        select(ServiceDistrict).where(ServiceDistrict.code == code).execution_options(populate_existing=True)
    )
    if row is None:
        known = ", ".join(session.scalars(select(ServiceDistrict.code).order_by(ServiceDistrict.code)))
        raise NotFoundError(f"Nie ma rejonu o kodzie {code}. Znane kody: {known or 'żadne, wczytaj plik budynków'}.")
    return DistrictContact(row.id, row.code, row.name, row.address, row.phone, row.email, row.hours)


def district_choices(session: Session, scope: EmployeeScope) -> list[tuple[int, str]]:
    """Id and name of each district the employee serves, by name; what they are called is public."""
    require_live(session, scope)
    rows = select(ServiceDistrict.id, ServiceDistrict.name).order_by(ServiceDistrict.name)
    if scope.district_ids:
        rows = rows.where(ServiceDistrict.id.in_(scope.district_ids))
    return [(one, name) for one, name in session.execute(rows)]


def _checked(field: str, text: str) -> str | None:
    label, longest = FIELDS[field]
    if len(text) > longest:
        raise InvalidInputError(f"{label}: najwyżej {longest} znaków.", field=field)
    if field == "email" and text and ("@" not in text or len(text.split()) != 1):
        raise InvalidInputError("E-mail: to nie jest adres e-mail.", field=field)
    if field == "name" and not text:
        raise InvalidInputError("Rejon musi mieć nazwę.", field=field)
    return text or None
