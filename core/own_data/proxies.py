"""Own data of proxies: whom the tenant let in, and whom they were let in by. Of the other tenant only what the grant says."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access.models import ProxyGrant, ProxyLevel
from core.own_data.sections import Row, Section, Whose
from core.proxies.grants import LEVELS
from core.registry.models import Tenancy


def _proxies(session: Session, whose: Whose) -> Iterator[Row]:
    own = or_(ProxyGrant.tenant_id == whose.tenant_id, ProxyGrant.account_id.in_(whose.account_ids))
    for one, tenancy_no in session.execute(
        select(ProxyGrant, Tenancy.tenancy_no)
        .join(Tenancy, Tenancy.id == ProxyGrant.tenancy_id)
        .where(own)
        .order_by(ProxyGrant.id)
    ):
        given = one.tenant_id == whose.tenant_id
        yield (
            "udzielone" if given else "otrzymane",
            tenancy_no,
            one.person_name if given else None,
            one.email if given else None,
            LEVELS[ProxyLevel(one.level)],
            one.granted_at,
            "rejon" if one.granted_by is not None else "najemca",
            one.accepted_at,
            one.valid_to,
            one.ended_at,
        )


PROXIES = Section(
    "pelnomocnictwa",
    "Pełnomocnictwa",
    "Komu udzielono dostępu do Twojej umowy, i do czyjej umowy masz dostęp Ty.",
    ("kierunek", "umowa", "pelnomocnik", "email", "zakres", "udzielono", "kto_udzielil", "przyjeto", "wazne_do",
     "zakonczono"),
    _proxies,
)  # fmt: skip
