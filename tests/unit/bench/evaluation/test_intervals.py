import math

from streams.bench.evaluation.intervals import bootstrap


def test_nobody_knows_the_mean_of_nothing() -> None:
    assert all(math.isnan(end) for end in bootstrap([]))


def test_the_bootstrap_of_one_value_repeated_is_that_value() -> None:
    assert bootstrap([0.5] * 20) == (0.5, 0.5)


def test_the_bootstrap_repeats_and_narrows_with_more_values() -> None:
    few, many = [0.2, 0.8] * 10, [0.2, 0.8] * 400

    assert bootstrap(few) == bootstrap(few)
    assert bootstrap(many).high - bootstrap(many).low < bootstrap(few).high - bootstrap(few).low
    assert bootstrap(few).low < 0.5 < bootstrap(few).high
