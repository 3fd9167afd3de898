"""Mail arrives: through a server that fails, a worker that dies, and days without a server; never a secret at rest."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select, text, update

from core.access.models import Realm
from core.access.scopes import Role
from core.accounts.creating import open_account
from core.accounts.initial_passwords import send_initial_password
from core.accounts.models import PortalAccount
from core.accounts.recovery import ask_for_recovery, link_login
from core.accounts.sign_in import sign_in
from core.db import engine, reading, transaction
from core.delivery import deliver_mail
from core.errors import NotFoundError, NotPermittedError
from core.outbox.models import MailState, OutgoingMail
from core.outbox.sending import enqueue
from core.outbox.templates import render
from core.outbox.undelivered import dead_mail, dead_mail_count, resend
from core.outbox.worker import pause_before
from core.settings import ROOT, settings
from tests.cast import make_tenant, sign_in_employee
from tests.mail import Postman, smtp_server
from tests.repeats import repeats, sampled

Use = Callable[[str], None]
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    def server(address: str) -> None:
        monkeypatch.setenv("IOK_SMTP_URL", f"smtp://{address}")
        settings.cache_clear()

    yield server
    settings.cache_clear()


def write(number: int = 1, *, recipient: str = "anna@example.com") -> None:
    with transaction() as session:
        for at in range(number):
            enqueue(
                session, key=f"k{at}", template="password_changed", recipient=recipient, parameters={"login": f"l{at}"}
            )


def states() -> Counter[str]:
    with reading() as session:
        return Counter(session.scalars(select(OutgoingMail.state)))


def eml() -> list[Path]:
    return sorted((settings().var / "mail").glob("*"))


def open_one(email: str = "anna@example.com") -> str:
    with transaction() as session:
        account = open_account(session, tenant_id=make_tenant(session).id, email=email)
        send_initial_password(session, account, reason="approved")
        return account.login


def words(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def line_of(body: str, label: str) -> str:
    return next(line.partition(": ")[2].strip() for line in body.splitlines() if line.startswith(label))


def test_without_a_server_messages_are_files(database: str) -> None:
    write(2)
    assert deliver_mail().sent == 2
    assert [path.suffix for path in eml()] == [".eml", ".eml"]
    assert b"Content-Language: pl" in eml()[0].read_bytes()
    assert deliver_mail().sent == 0


def test_message_falls_with_its_transaction(database: str) -> None:
    def interrupted() -> None:
        with transaction() as session:
            enqueue(session, key="k", template="password_changed", recipient="a@x.pl", parameters={"login": "a"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert deliver_mail().sent == 0


def test_one_reason_is_one_message(database: str) -> None:
    write()
    write()
    assert deliver_mail().sent == 1


@pytest.mark.parametrize("parameters", [{}, {"login": "a", "password": "x"}])
def test_parameters_that_do_not_fit_are_a_bug(database: str, parameters: dict[str, str]) -> None:
    with transaction() as session, pytest.raises(ValueError, match="password_changed"):
        enqueue(session, key="k", template="password_changed", recipient="a@example.com", parameters=parameters)


def test_failing_server_gets_every_message_in_the_end_once(database: str, use: Use) -> None:
    postman = Postman(failing=0.3)
    with smtp_server(postman) as address, freeze_time(START, tick=True) as clock:
        use(address)
        write(60)
        first = deliver_mail()
        assert first.failed > 0
        for _ in range(40):
            clock.tick(timedelta(hours=1))
            deliver_mail()
    assert states() == {MailState.SENT: 60}
    assert Counter(Counter(one["Message-ID"] for one in postman.taken).values()) == {1: 60}


def test_server_that_is_away_for_a_day_delays_and_loses_nothing(database: str, use: Use) -> None:
    use("127.0.0.1:1")
    with freeze_time(START) as clock:
        write(3)
        for _ in range(24):
            assert deliver_mail().sent == 0
            clock.tick(timedelta(hours=1))
        postman = Postman()
        with smtp_server(postman) as address:
            use(address)
            deliver_mail()
    assert len(postman.taken) == 3


def test_three_days_of_failures_give_up_and_staff_send_again(database: str, use: Use) -> None:
    use("127.0.0.1:1")
    with freeze_time(START) as clock:
        write()
        for _ in range(74):
            deliver_mail()
            clock.tick(timedelta(hours=1))
        assert states() == {MailState.DEAD: 1}
        with transaction() as session:
            head = sign_in_employee(session, Role.HEAD)
            clerk = sign_in_employee(session, Role.CLERK)
            assert dead_mail_count(session, head) == 1
            found = dead_mail(session, head)[0]
            assert (found.recipient, found.last_error) == ("anna@example.com", "ConnectionRefusedError")
            for refused in (lambda: dead_mail(session, clerk), lambda: resend(session, clerk, mail_id=found.mail_id)):
                with pytest.raises(NotPermittedError):
                    refused()
            resend(session, head, mail_id=found.mail_id)
            with pytest.raises(NotFoundError):
                resend(session, head, mail_id=found.mail_id)
        postman = Postman()
        with smtp_server(postman) as address:
            use(address)
            deliver_mail()
    assert len(postman.taken) == 1


def test_address_that_does_not_exist_is_given_up_at_once_and_stops_nobody(database: str, use: Use) -> None:
    postman = Postman(unknown=frozenset({"nikt@example.com"}))
    with smtp_server(postman) as address:
        use(address)
        with transaction() as session:
            for at, recipient in enumerate(("nikt@example.com", "anna@example.com")):
                enqueue(
                    session, key=f"k{at}", template="password_changed", recipient=recipient, parameters={"login": "a"}
                )
        done = deliver_mail()
    assert (done.sent, done.dead) == (1, 1)
    with reading() as session:
        assert session.scalars(select(OutgoingMail.last_error).where(OutgoingMail.state == MailState.DEAD)).all() == [
            "SMTPRecipientsRefused [550]"
        ]


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause_before(attempt) // timedelta(minutes=1) for attempt in range(2, 11)] == [
        1,
        2,
        4,
        8,
        16,
        32,
        60,
        60,
        60,
    ]


def test_delivered_message_leaves_no_words_behind(database: str) -> None:
    write()
    deliver_mail()
    with reading() as session:
        assert session.scalars(select(OutgoingMail.parameters)).all() == [None]


def test_initial_password_exists_in_the_message_only(database: str, use: Use) -> None:
    postman = Postman()
    with smtp_server(postman) as address:
        use(address)
        login = open_one()
        deliver_mail()
    body = words(postman.taken[0])
    password = line_of(body, "Hasło pierwotne:")
    assert line_of(body, "Identyfikator:") == login
    assert sign_in(Realm.TENANT, login=login, password=password)
    assert not _stored_anywhere(password)


def _stored_anywhere(secret: str) -> bool:
    if engine().dialect.name == "sqlite":
        return any(secret.encode() in path.read_bytes() for path in settings().var.glob("iok.db*"))
    with engine().connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        return any(
            secret in str(connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all())
            for name in tables
        )


def test_last_initial_password_mailed_is_the_one_that_works(database: str, use: Use) -> None:
    postman = Postman(failing=0.5)
    with smtp_server(postman) as address, freeze_time(START, tick=True) as clock:
        use(address)
        logins = [open_one(f"n{number}@example.com") for number in range(6)]
        for _ in range(30):
            deliver_mail()
            clock.tick(timedelta(hours=1))
        bodies = {one["To"]: words(one) for one in postman.taken}
        for number, login in enumerate(logins):
            password = line_of(bodies[f"n{number}@example.com"], "Hasło pierwotne:")
            assert sign_in(Realm.TENANT, login=login, password=password)


def test_recovery_link_is_made_when_it_is_sent(database: str, use: Use) -> None:
    postman = Postman()
    with smtp_server(postman) as address:
        use(address)
        login = open_one()
        deliver_mail()
        initial = line_of(words(postman.taken[0]), "Hasło pierwotne:")
        ask_for_recovery(login=login, initial_password=initial)
        deliver_mail()
    body = words(postman.taken[1])
    token = body.split("/odzyskiwanie?klucz=")[1].split()[0]
    with reading() as session:
        assert link_login(session, token=token) == login
    assert not _stored_anywhere(token)


def test_message_to_an_account_closed_meanwhile_is_dropped(database: str) -> None:
    open_one()
    with transaction() as session:
        session.execute(update(PortalAccount).values(state="closed"))
    done = deliver_mail()
    assert (done.sent, done.dropped) == (0, 1)
    assert eml() == []


def test_secret_is_on_disk_before_it_is_sent_and_nobody_waits_meanwhile(database: str, use: Use) -> None:
    seen: list[bool] = []

    class Watching(Postman):
        async def handle_DATA(self, *given: Any) -> str:  # noqa: N802
            with engine().begin() as connection:  # a writer of its own, while the message is under way
                seen.append(connection.execute(select(PortalAccount.initial_password_hash)).scalar() is not None)
            return await super().handle_DATA(*given)

    with smtp_server(Watching()) as address:
        use(address)
        open_one()
        start = time.monotonic()
        deliver_mail()
    assert seen == [True]
    assert time.monotonic() - start < 20  # a second writer on SQLite would have waited 30 s for the first


KILLS = repeats(12, sample=4)
LOOP = "from core.delivery import deliver_mail\nwhile True:\n    deliver_mail()\n"


@sampled
def test_killed_workers_lose_nothing_and_double_no_more_than_they_died(database: str, use: Use) -> None:
    postman, kills, number = Postman(failing=0.1), 0, 10 * KILLS
    with smtp_server(postman) as address:
        use(address)
        write(number)
        while states()[MailState.SENT] < number * 5 // 6 and kills < KILLS:
            worker = subprocess.Popen([sys.executable, "-c", LOOP], cwd=ROOT, env=os.environ)
            taken = len(postman.taken)
            deadline = time.monotonic() + 20
            while len(postman.taken) < taken + 8 and time.monotonic() < deadline:
                time.sleep(0.005)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            kills += 1
            with transaction() as session:  # leases and pauses run out
                session.execute(update(OutgoingMail).values(lease_until=START, due_at=START))
        while states() != {MailState.SENT: number}:
            deliver_mail()
            with transaction() as session:
                session.execute(update(OutgoingMail).values(lease_until=START, due_at=START))
    seen = Counter(one["Message-ID"] for one in postman.taken)
    assert kills >= repeats(5, sample=2)
    assert len(seen) == number
    assert sum(seen.values()) - number <= kills


def test_two_workers_send_nothing_twice(database: str, use: Use) -> None:
    postman = Postman()
    with smtp_server(postman) as address:
        use(address)
        write(80)
        once = "from core.delivery import deliver_mail\ndeliver_mail()\n"
        workers = [subprocess.Popen([sys.executable, "-c", once], cwd=ROOT, env=os.environ) for _ in range(3)]
        assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    assert len(postman.taken) == 80
    with reading() as session:
        assert session.scalar(select(func.max(OutgoingMail.attempts))) == 1


def test_who_waits_for_a_code_comes_before_a_city_that_is_told(database: str, use: Use) -> None:
    post = Postman()
    told = {"title": "t", "body": "b", "changed": "", "announcement_id": "1"}
    with transaction() as session:
        for at in range(3):
            enqueue(session, key=f"a{at}", template="announcement", recipient=f"a{at}@example.com", parameters=told)
        warned = {**told, "until": "1.12.2026"}
        enqueue(session, key="e", template="emergency", recipient="e@example.com", parameters=warned)
        enqueue(session, key="p", template="password_changed", recipient="p@example.com", parameters={"login": "p"})
    with smtp_server(post) as address:
        use(address)
        deliver_mail(most=2)
        assert [str(one["To"]) for one in post.taken] == ["p@example.com", "e@example.com"]
        deliver_mail()
    assert len(post.taken) == 5


def test_link_in_brackets_ends_before_the_bracket() -> None:
    told = {"title": "t", "body": "Zobacz plan (https://example.com/plan).", "changed": "", "announcement_id": "1"}
    assert 'href="https://example.com/plan"' in render("announcement", told, portal="https://portal.example").html
