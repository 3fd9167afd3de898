"""`make run`: the database, the demo city where there is nothing yet, both apps; Ctrl-C ends them all.

The apps are started the way an installation starts them (`streamlit run app_….py`), each a process of its own.
"""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

import click

from core import db
from core.commands.database import make_ready
from core.commands.demo import sign_in_lines
from core.demo.load import is_empty, make_demo
from core.errors import DomainError
from core.overview import is_demo
from core.settings import ROOT, settings

HOST = "127.0.0.1"
PATIENCE = 120  # seconds until an app must answer; a cold machine compiles and compresses first
GRACE = 10  # seconds between asking an app to end and ending it


@dataclass(frozen=True, slots=True)
class App:
    """One of the two apps: its script, its port, what to call it."""

    title: str
    script: str
    port: int

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://localhost:{self.port}"


def command(app: App) -> list[str]:
    """How the app is started."""
    options = {"server.port": app.port, "server.address": HOST, "server.headless": "true"}
    return [
        *(sys.executable, "-m", "streamlit", "run", app.script),
        *(part for name, value in options.items() for part in (f"--{name}", str(value))),
    ]


def taken(port: int) -> bool:
    """Whether something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def answers(app: App) -> bool:
    """Whether the app says that it is well."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{app.port}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def prepare(*, tenancies: int, years: int, seed: int) -> None:
    """A database with the newest schema; the demo city in it when it is empty and this is no production."""
    make_ready()  # first: a database of an older version is brought up to date before anything is read from it
    if is_empty() and not settings().production:
        click.echo("The database is empty: making the demo city (about a quarter of a minute)…")
        make_demo(tenancies=tenancies, years=years, seed=seed, said=lambda line: click.echo(f"  {line}"))


def serve(apps: Sequence[App]) -> int:
    """Start the apps, say where they are once both answer, wait; returns the exit status."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for app in apps:
            # What Streamlit says on its output is its own greeting; ours follows once both answer. Logs stay on stderr.
            running.append(subprocess.Popen(command(app), cwd=ROOT, stdout=subprocess.DEVNULL))  # noqa: S603
        if not _wait_until_ready(apps, running):
            return 1
        _greet(apps)
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        click.echo("One of the apps ended by itself; ending the other.", err=True)
        return 1
    except KeyboardInterrupt:
        click.echo("\nEnding both apps.")
        return 0
    finally:
        _end(running)


def _wait_until_ready(apps: Sequence[App], running: Sequence["subprocess.Popen[bytes]"]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not all(answers(app) for app in apps):
        if any(process.poll() is not None for process in running):
            click.echo("An app could not be started; the reason stands above.", err=True)
            return False
        if time.monotonic() > deadline:
            click.echo(f"The apps did not answer within {PATIENCE} seconds.", err=True)
            return False
        time.sleep(0.3)
    return True


def _greet(apps: Sequence[App]) -> None:
    click.echo("")
    for app in apps:
        click.echo(f"{app.title:<16} {app.address}")
    with db.reading() as session:
        demo = is_demo(session)
    if demo:
        click.echo("")
        for line in sign_in_lines():
            click.echo(line)
    click.echo("\nCtrl-C ends both.")
    sys.stdout.flush()


def _end(running: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@click.command()
@click.option("--tenant-port", type=click.IntRange(1, 65535), default=8501, help="Port of the tenant portal.")
@click.option("--staff-port", type=click.IntRange(1, 65535), default=8502, help="Port of the staff dashboard.")
@click.option("--tenancies", type=click.IntRange(20, 100_000), default=2000, help="Size of the demo city.")
@click.option("--years", type=click.IntRange(1, 10), default=3, help="Years of its ledger.")
@click.option("--seed", type=int, default=1, help="Which demo city.")
def main(tenant_port: int, staff_port: int, tenancies: int, years: int, seed: int) -> None:
    """Prepare the database and run both apps until Ctrl-C."""
    apps = (
        App("Tenant portal", "app_tenant.py", tenant_port),
        App("Staff dashboard", "app_staff.py", staff_port),
    )
    for app in apps:
        if taken(app.port):
            click.echo(f"Port {app.port} is taken. Choose others: make run TENANT_PORT=9501 STAFF_PORT=9502", err=True)
            sys.exit(1)
    signal.signal(signal.SIGTERM, _interrupt)  # ending `make` ends the apps too
    try:
        prepare(tenancies=tenancies, years=years, seed=seed)
    except DomainError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nStopped; run make run again to start over.", err=True)
        sys.exit(1)
    sys.exit(serve(apps))


if __name__ == "__main__":
    main()
