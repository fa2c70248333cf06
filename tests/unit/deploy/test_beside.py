"""The page that puts us beside naive consumers says what was measured, and no more."""

import re

from deploy.scripts.beside import At, Found, machines, measured, rendered


def found(cpu_s: float) -> Found:
    at = [At(share=share, requests=100, p50=0.1, p95=0.2, p99=0.3) for share in (0.5, 0.9)]
    return Found("naive", 2, earlier=1_000, megapixels=12, load=1, per_s=4.2, cpu_s=cpu_s, at=at)


def test_page_and_plots_are_what_was_measured_last() -> None:
    for path, text in rendered(measured()).items():
        assert path.read_text(encoding="utf-8") == text, "run python -m deploy.scripts.beside"


def test_machines_are_counted_from_processor_time_and_rounded_up() -> None:
    assert machines(found(0.14), 100) == 10
    assert machines(found(0.141), 100) == 11


def test_a_quiet_machine_is_not_called_crowded_and_every_figure_is_told() -> None:
    told = "".join(rendered([found(0.14)]).values())

    assert "crowded" not in told
    assert {"4.2", "0.14", "0.1", "0.2", "0.3"} <= set(re.findall(r"[\d.]+\d", told))
