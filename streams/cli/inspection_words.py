"""What ``inspect`` says of a claim and its references, in Chinese and English: for the terminal and for the page."""

from collections.abc import Iterator

from schemas.records import Reading, ReasonText
from streams.cli.inspecting import Finding
from streams.policy.variables import SHARE, label
from streams.wording.cause import why

_VERDICTS = {
    "altered": ReasonText(zh="由参考图制作而来，并被改动", en="made from the reference, and altered"),
    "sent": ReasonText(zh="就是参考图，未被改动", en="the reference itself, not altered"),
    "unlocated": ReasonText(
        zh="由参考图制作而来，无法说明何处不同", en="made from the reference; where it differs cannot be said"
    ),
    "like": ReasonText(zh="与参考图相似，需要人工对照", en="like the reference: a person should compare the two"),
    "other": ReasonText(zh="不是由参考图制作而来", en="not made from the reference"),
    "alone": ReasonText(zh="没有可比对的参考图", en="no reference to compare it with"),
    "error": ReasonText(zh="无法检查", en="could not be examined"),
}
_MIRRORED = ReasonText(zh="镜像", en="mirrored")


def verdict(finding: Finding) -> ReasonText:
    """Return the finding in a few words."""
    return _VERDICTS[_kind(finding)]


def _kind(finding: Finding) -> str:
    if finding.derived:
        return {True: "altered", False: "sent", None: "unlocated"}[finding.altered]
    if finding.error is not None and not finding.readings:
        return "error"
    if finding.shown_reference is None:
        return "alone"
    return "like" if any(reason.code == "LIKE_REFERENCE" for reason in finding.reasons) else "other"


def rows(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield each reading in words and with its value: Chinese, English, value."""
    for reading in finding.readings:
        words = label(reading)
        yield words.zh, words.en, value_of(reading)


def value_of(reading: Reading) -> str:
    """Return a reading's value as people write it, or why there is none."""
    if reading.unmeasured is not None:
        said = why(reading)
        return f"未能检查 not examined: {said.zh} / {said.en}"
    if isinstance(reading.value, bool):
        return "是 yes" if reading.value else "否 no"
    if isinstance(reading.value, float):
        if reading.unit in {SHARE, "share of the goods"}:
            return f"{reading.value:.2%}"
        return f"{reading.value:.4g} {reading.unit or ''}".rstrip()
    return f"{reading.value} {reading.unit or ''}".rstrip()
