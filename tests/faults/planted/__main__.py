"""``python -m tests.faults.planted FAULT enrich|decide``: the worker itself, with one fault in it."""

import sys

from streams.cli.app import main
from tests.faults.planted.faults import FAULTS

if __name__ == "__main__":
    fault, kind = sys.argv[1:]
    FAULTS[fault]()
    sys.argv[1:] = ["worker", kind]
    main()
