"""Which batches and letters an employee works with."""

import json

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.correspondence.models import LetterBatch
from core.errors import NotFoundError

NO_SUCH_BATCH = "Nie ma takiej paczki pism."
NO_SUCH_LETTER = "Nie ma takiego pisma."


def written_within(scope: EmployeeScope) -> str:
    """What a new batch keeps of the districts it was made in."""
    return json.dumps(sorted(scope.district_ids))


def within_reach(scope: EmployeeScope, batch: LetterBatch) -> bool:
    """Whether it does not go beyond the employee's districts; who serves the whole city works with all."""
    within = {*json.loads(batch.within)}
    return not scope.district_ids or (bool(within) and within <= {*scope.district_ids})


def require_own_batch(session: Session, scope: EmployeeScope, batch_id: int) -> LetterBatch:
    """The batch. Raises NotFoundError for one that is not there or goes beyond the employee's districts."""
    found = session.get(LetterBatch, batch_id)
    if found is None or not within_reach(scope, found):
        raise NotFoundError(NO_SUCH_BATCH)
    return found
