"""A process to kill: says when it starts and takes what lies in a folder."""

import sys
from pathlib import Path

from core.accounts.sign_in import operator_scope
from core.imports.watching import Watcher, only_watcher

if __name__ == "__main__":
    watcher = Watcher(Path(sys.argv[1]))
    with only_watcher():
        list(watcher.look(operator_scope()))
        print("ready", flush=True)
        sys.stdin.readline()
        list(watcher.look(operator_scope()))
        print("done", flush=True)
