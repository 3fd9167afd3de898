"""A thousand letters with initial passwords through a bad server and a hundred sudden deaths of the worker."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from core.access.models import Realm
from core.accounts.initial_passwords import send_initial_password
from core.accounts.sign_in import sign_in
from core.db import reading, transaction
from core.delivery import deliver_mail
from core.outbox.models import MailState, OutgoingMail
from core.settings import ROOT, settings
from tests.cast import make_account, make_tenant
from tests.mail import Postman, smtp_server

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

LETTERS, KILLS = 1_000, 100
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LOOP = "from core.delivery import deliver_mail\nwhile True:\n    deliver_mail()\n"


def test_every_letter_arrives_and_its_last_password_works(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    postman = Postman(failing=0.3)
    with smtp_server(postman) as address:
        monkeypatch.setenv("IOK_SMTP_URL", f"smtp://{address}")
        settings.cache_clear()
        logins = _open_accounts()
        for kill in range(KILLS):
            _work_and_die(postman, until=(kill + 1) * LETTERS // (KILLS + 10))
            _let_leases_and_pauses_run_out()
        while _unsent():
            deliver_mail()
            _let_leases_and_pauses_run_out()
    settings.cache_clear()

    times_seen = Counter(message["Message-ID"] for message in postman.taken)
    assert len(times_seen) == LETTERS
    assert sum(times_seen.values()) - LETTERS <= KILLS
    last = {message["To"]: _password_in(str(message.get_body(("plain",)).get_content())) for message in postman.taken}  # type: ignore[union-attr]
    for email, login in logins.items():
        assert sign_in(Realm.TENANT, login=login, password=last[email]), login


def _open_accounts() -> dict[str, str]:
    """Logins by the address their letter goes to."""
    logins = {}
    with transaction() as session:
        for number in range(LETTERS):
            account = make_account(session, make_tenant(session))
            account.email, account.password_hash = f"n{number}@example.com", None
            send_initial_password(session, account, reason="approved")
            logins[account.email] = account.login
    return logins


def _work_and_die(postman: Postman, *, until: int) -> None:
    """Let a worker deliver until so many letters have been taken, and kill it in the middle of its work."""
    worker = subprocess.Popen([sys.executable, "-c", LOOP], cwd=ROOT, env=os.environ)
    deadline = time.monotonic() + 30
    while len(postman.taken) < until and time.monotonic() < deadline:
        time.sleep(0.002)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def _let_leases_and_pauses_run_out() -> None:
    with transaction() as session:
        session.execute(update(OutgoingMail).values(lease_until=LONG_AGO, due_at=LONG_AGO))


def _unsent() -> int:
    with reading() as session:
        waiting = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.state != MailState.SENT)
        return session.scalar(waiting) or 0


def _password_in(body: str) -> str:
    return next(line.split(": ")[1].strip() for line in body.splitlines() if line.startswith("Hasło pierwotne:"))
