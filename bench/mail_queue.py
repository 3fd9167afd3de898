"""The queue of mail drained, against a bare loop of smtplib that sends the same messages.

Floor: messages made ready by the standard library alone, sent one after the other over one connection to the same
server, a process of its own that takes everything. Both go in turns of a few hundred messages, and the best turn of each
counts, for the server and this process share two processors with whatever else runs.
"""

import json
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP

from bench.import_ledger import database
from core import db
from core.clock import now
from core.delivery import deliver_mail
from core.outbox.messages import message
from core.outbox.sending import enqueue
from core.outbox.templates import render
from core.settings import settings
from tests.servers import free_port

TEMPLATE = "filed"
SERVER = """
import sys
from aiosmtpd.controller import Controller
class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
sys.stdin.read()
"""


def measure(number: int, turns: int) -> dict[str, float]:
    """Seconds a message of the drained queue and of the bare loop, over `number` messages in so many turns."""
    db.migrate()
    with db.transaction() as session:
        for at in range(number):
            enqueue(session, key=f"k{at}", template=TEMPLATE, recipient=_recipient(at), parameters=_parameters(at))
    each = number // turns
    ours, bare = [], []
    for turn in range(turns):
        ready = [_ready(at) for at in range(turn * each, (turn + 1) * each)]
        start = time.perf_counter()
        sent = deliver_mail(most=each).sent
        between = time.perf_counter()
        _bare_loop(ready)
        end = time.perf_counter()
        if sent != each:
            raise RuntimeError(f"{sent} of {each} messages were sent")
        ours.append((between - start) / each)
        bare.append((end - between) / each)
    return {"ours": min(ours), "bare": min(bare), "all_ours": sum(ours) / turns, "all_bare": sum(bare) / turns}


def _recipient(at: int) -> str:
    return f"najemca{at}@example.com"


def _parameters(at: int) -> dict[str, str]:
    return {"number": f"IOK/2026/{at:06d}", "name": "Anna Kowalska", "deadline": "7 grudnia 2026"}


def _ready(at: int) -> EmailMessage:
    """The same message as the queue's, put together by the standard library."""
    rendered = render(TEMPLATE, _parameters(at), portal=settings().tenant_url)
    ours = message(rendered, sender=settings().mail_from, recipient=_recipient(at), key=f"k{at}", written_at=now())
    made = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"):
        made[name] = str(ours[name])
    made.set_content(rendered.text)
    made.add_alternative(rendered.html, subtype="html")
    return made


def _bare_loop(ready: list[EmailMessage]) -> None:
    with smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_PORT"])) as server:
        for one in ready:
            server.send_message(one)


def compare(number: int, turns: int = 20) -> None:
    """Print the ratio, over a fresh SQLite database."""
    port = str(free_port())
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        if server.stdout is None or server.stdout.readline() != "ready\n":
            raise RuntimeError("the mail server did not start")
        with database("sqlite", None) as environment:
            done = subprocess.run(
                [sys.executable, "-m", "bench.mail_queue", str(number), str(turns)],
                env={**environment, "IOK_SMTP_URL": f"smtp://127.0.0.1:{port}", "BENCH_PORT": port},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
    finally:
        server.kill()
        server.wait()
    if done.returncode:
        raise RuntimeError(done.stderr)
    result = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{number:,} queued mails: {result['ours'] / result['bare']:.2f} × a bare smtplib loop (goal ≤ 2; "
        f"{1000 * result['ours']:.1f} ms a message against {1000 * result['bare']:.1f} ms in the best of {turns} turns, "
        f"{result['all_ours'] / result['all_bare']:.2f} × over all of them)"
    )


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
