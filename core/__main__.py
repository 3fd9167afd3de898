"""Entry of `python -m core`."""

from core.commands import main

main()
