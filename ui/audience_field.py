"""Whom something is for: one field for the kind of audience, one for who of it; the same for announcements and letters."""

from collections.abc import Collection, Sequence

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.registry.audiences import (
    Audience,
    AudienceChoices,
    AudienceKind,
    audience_choices,
    tenancies_by_number,
)

AUDIENCES = {
    AudienceKind.ALL: "Wszyscy najemcy",
    AudienceKind.DISTRICT: "Najemcy rejonu (RON)",
    AudienceKind.BOROUGH: "Najemcy dzielnicy",
    AudienceKind.BUILDING: "Najemcy budynku",
    AudienceKind.PREMISES_KIND: "Najemcy rodzaju lokali",
    AudienceKind.TENANCY: "Wybrane umowy",
}


def audience_kind(label: str, *, before: AudienceKind | None, key: str) -> AudienceKind:
    """By what recipients are chosen; outside of the form, because what else is asked for follows from it."""
    kinds = list(AudienceKind)
    chosen = st.selectbox(
        label, kinds, index=kinds.index(before) if before else 0, format_func=AUDIENCES.__getitem__, key=key
    )
    return chosen or AudienceKind.ALL


def audience_values(
    scope: EmployeeScope, kind: AudienceKind, *, before: Sequence[int | str] = (), numbers: Sequence[str] = (), key: str
) -> tuple[int | str, ...]:
    """Who of that kind: names chosen from a list, or numbers of tenancies as they were typed."""
    if kind is AudienceKind.ALL:
        return ()
    if kind is AudienceKind.TENANCY:
        typed = st.text_area(
            "Numery umów, po jednym w wierszu", value="\n".join(numbers), key=f"{key}_numbers", height=140
        )
        return tuple((typed or "").splitlines())
    with reading() as session:
        choices = audience_choices(session, scope)
    return _from_list(kind, choices, before, key)


def _from_list(
    kind: AudienceKind, choices: AudienceChoices, before: Collection[int | str], key: str
) -> tuple[int | str, ...]:
    names = dict(choices.of(kind))
    return tuple(
        st.multiselect(
            AUDIENCES[kind],
            list(names),
            default=[one for one in before if one in names],
            format_func=names.__getitem__,
            placeholder="Wybierz z listy",
            key=f"{key}_values_{kind}",
        )
    )


def audience_of(scope: EmployeeScope, kind: AudienceKind, values: Sequence[int | str]) -> Audience:
    """The audience that was filled in. Raises InvalidInputError (`audience`) for numbers that are not there."""
    if kind is not AudienceKind.TENANCY:
        return Audience(kind, tuple(values))
    with transaction() as session:
        return Audience(kind, tenancies_by_number(session, scope, numbers=[str(one) for one in values]))
