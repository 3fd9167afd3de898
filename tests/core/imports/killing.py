"""A process of our own that is killed in the middle of its work."""

import subprocess
import sys
import time


def run_and_kill(module: str, argument: str, *, after: float | None) -> float:
    """Run a module that says "ready", works once it is told to, and says "done"; kill it `after` so many seconds of work.

    Returns how long it worked; with None it is let finish.
    """
    with subprocess.Popen(
        [sys.executable, "-m", module, argument], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        start = time.monotonic()
        process.stdin.write("\n")
        process.stdin.flush()
        if after is None:
            assert process.stdout.readline() == "done\n"
        else:
            time.sleep(after)
            process.kill()
        process.wait()
        return time.monotonic() - start
