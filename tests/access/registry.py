"""Finds every door of the core: public functions that take a scope, wherever they are written."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_type_hints

import core
from core.access.scopes import EmployeeScope, TenantScope

SCOPES = {TenantScope, EmployeeScope}
NOT_LIBRARY = ("core.commands", "core.__main__")  # the console; its operator may do all


def doors() -> dict[str, Callable[..., Any]]:
    """Public functions with a scope among their parameters, by module and name."""
    return {
        f"{door.__module__.removeprefix('core.')}.{door.__name__}": door for door in _functions() if scopes_of(door)
    }


def scopes_of(function: Callable[..., Any]) -> set[type]:
    """The kinds of scope a function takes; empty when it takes none."""
    taken = [hint for name, hint in get_type_hints(function).items() if name != "return"]
    return {kind for kind in SCOPES for hint in taken if kind is hint or kind in get_args(hint)}


def _functions() -> Iterator[Callable[..., Any]]:
    for found in pkgutil.walk_packages(core.__path__, "core."):
        if found.name.startswith(NOT_LIBRARY):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == found.name and not name.startswith("_"):
                yield value
