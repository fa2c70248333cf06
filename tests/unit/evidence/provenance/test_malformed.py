"""Malformed metadata: a short, repeatable slice of ``python -m tests.fuzz.metadata``."""

from tests.fuzz.metadata import Tally, run


def test_five_hundred_malformed_files_raise_nothing_and_make_no_label() -> None:
    tally = Tally()
    run(range(500), seed=1, tally=tally)
    assert (tally.wrong, tally.files) == ([], 500)
    assert min(tally.labels, tally.invalid) > 0
