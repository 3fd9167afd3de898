"""The portal hands over a file that another machine has put into the bucket, and says so when it cannot."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.accounts.models import PortalAccount
from core.db import transaction
from core.documents.attachments import Attachment
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Tenant
from tests.cast import make_tenancy
from tests.core.announcements.cast import editor, published
from tests.pages.tenant.test_announcements import seen_now
from tests.s3 import TestBucket, forget_copies, new_bucket, s3_running, use_bucket
from tests.servers import Server, running
from tests.ui.conftest import tenant_cookie

PLAN = b"%PDF-1.7 plan"


@pytest.fixture(scope="module")
def own_bucket(inhabited: Path) -> Iterator[TestBucket]:
    """A bucket on a server that a test may stop."""
    with s3_running(inhabited) as server, pytest.MonkeyPatch.context() as patch:
        made = new_bucket(server, "iok")
        use_bucket(made, patch)
        yield made


@pytest.fixture(scope="module")
def portal_with_bucket(own_bucket: TestBucket, inhabited: Path) -> Iterator[Server]:
    with running("app_tenant.py", folder=inhabited) as server:
        yield server


@pytest.fixture(scope="module")
def number(own_bucket: TestBucket) -> int:
    """An announcement to Anna with a plan attached."""
    with transaction() as session:
        anna = session.scalars(select(PortalAccount.tenant_id).where(PortalAccount.login == "anna")).one()
        tenancy = make_tenancy(session, session.get_one(Tenant, anna))
        audience = Audience(AudienceKind.TENANCY, (tenancy.id,))
        plan = Attachment("plan.pdf", PLAN)
        return seen_now(session, published(session, editor(session), audience, attachment=plan))


def test_attachment_comes_from_the_bucket_then_from_the_copy_and_else_is_refused_in_words(
    own_bucket: TestBucket, portal_with_bucket: Server, number: int
) -> None:
    def fetch() -> httpx.Response:
        address = f"{portal_with_bucket.url}/pliki/ogloszenie/{number}"
        return httpx.get(address, headers={"Cookie": tenant_cookie("anna")}, timeout=30)

    assert own_bucket.number() == 1
    forget_copies()
    assert (fetch().status_code, fetch().content) == (200, PLAN)
    own_bucket.server.stop()
    assert (fetch().status_code, fetch().content) == (200, PLAN)
    forget_copies()
    answer = fetch()
    assert answer.status_code == 503
    assert answer.text == "Pliki są teraz niedostępne. Spróbuj ponownie za chwilę."
    assert answer.headers["cache-control"] == "no-store, private"
