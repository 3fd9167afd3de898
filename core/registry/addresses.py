"""Addresses as people write them on envelopes."""

# What a street's name may begin with when the landlord's system writes the kind of street itself.
_KINDS = frozenset(
    {"ul.", "al.", "aleja", "aleje", "pl.", "plac", "os.", "osiedle", "rondo", "skwer", "bulwar", "rynek", "trakt"}
)


def street_line(street: str, building_no: str) -> str:
    """`ul. Kwiatowa 12`; a name that carries its own kind (`al. Kościuszki`) stays as it is."""
    name = street.strip()
    prefix = "" if name.casefold().partition(" ")[0] in _KINDS else "ul. "
    return f"{prefix}{name} {building_no.strip()}"


def premises_line(street: str, building_no: str, premises_no: str, *, kind: str) -> str:
    """`ul. Kwiatowa 12 m. 7` for a flat, `lok. 7` for any other premises; a house without a number has neither."""
    number = premises_no.strip()
    if not number:
        return street_line(street, building_no)
    mark = "m." if kind.strip().casefold().startswith("mieszkal") else "lok."
    return f"{street_line(street, building_no)} {mark} {number}"


def postal_line(postal_code: str, city: str) -> str:
    """`90-001 Łódź`."""
    return f"{postal_code} {city}".strip()
