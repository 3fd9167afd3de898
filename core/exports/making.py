"""What every export does: districts it may carry, its file put together and kept by hash, its manifest."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.documents.storage import hash_file, keep_file
from core.errors import InvalidInputError, NotFoundError
from core.exports.formats import SUFFIXES
from core.exports.models import Export
from core.registry.models import ServiceDistrict
from core.settings import settings


def checked_format(file_format: str) -> None:
    """Raises InvalidInputError (`file_format`) for one that nobody writes."""
    if file_format not in SUFFIXES:
        raise InvalidInputError(f"Nieznany format. Dostępne: {', '.join(SUFFIXES)}.", field="file_format")


def districts_within(session: Session, wanted: frozenset[int], *, served: frozenset[int]) -> frozenset[int]:
    """The districts an export carries: those wanted, or all that the employee serves; empty: the whole city.

    Raises NotFoundError for one that is not there or not served.
    """
    known = set(session.scalars(select(ServiceDistrict.id).where(ServiceDistrict.id.in_(wanted))))
    if known != wanted or (served and not wanted <= served):
        raise NotFoundError("Nie ma takiego rejonu wśród Twoich rejonów.")
    return wanted or served


def codes_of(session: Session, district_ids: Collection[int]) -> list[str]:
    """Codes of districts, in order."""
    codes = select(ServiceDistrict.code).where(ServiceDistrict.id.in_(district_ids)).order_by(ServiceDistrict.code)
    return list(session.scalars(codes))


def keep(made: Export, path: Path) -> None:
    """Keep the file by its hash and note hash and size on the export."""
    made.sha256, made.size = hash_file(path), path.stat().st_size
    keep_file(path, made.sha256)


def iso(instant: datetime) -> str:
    """An instant as a manifest writes it."""
    return instant.isoformat(timespec="seconds")


def workshop() -> Path:
    """Where files are put together."""
    folder = settings().var / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
