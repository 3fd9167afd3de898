"""A process to kill: says when it starts and loads one ledger file."""

import sys
from pathlib import Path

from core.accounts.sign_in import operator_scope
from core.imports.desk import import_file

if __name__ == "__main__":
    scope = operator_scope()
    print("ready", flush=True)
    sys.stdin.readline()
    import_file(scope, kind="ledger", path=Path(sys.argv[1]))
    print("done", flush=True)
