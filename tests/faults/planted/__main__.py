"""``python -m tests.faults.planted FAULT[,FAULT…] enrich|decide``: the worker itself, with faults in it."""

import sys

from streams.cli.app import main
from tests.faults.planted.faults import FAULTS

if __name__ == "__main__":
    faults, kind = sys.argv[1:]
    for fault in faults.split(","):
        FAULTS[fault]()
    sys.argv[1:] = ["worker", kind]
    main()
