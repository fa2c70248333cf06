"""What happens in the demo, story by story, and what must come out of each."""

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["CLEAR", "REVIEW"]
AUDIT = "RANDOM_AUDIT"


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of request. A REVIEW is as expected when it gives at least one of ``codes``."""

    name: str
    zh: str
    en: str
    verdict: Verdict
    codes: frozenset[str] = field(default_factory=frozenset)

    def came_out(self, verdict: str, codes: set[str]) -> bool:
        """Return whether a decision is what this story leads to.

        Whatever would be clear may be chosen for the random audit, and then that is its only reason.
        """
        if self.verdict == "CLEAR":
            return verdict == "CLEAR" or codes == {AUDIT}
        return verdict == "REVIEW" and bool(self.codes & codes)


def _review(name: str, zh: str, en: str, *codes: str) -> Story:
    return Story(name, zh, en, "REVIEW", frozenset(codes))


HONEST = Story("honest", "诚实买家：自己拍的照片", "an honest claim with photos of one's own", "CLEAR")
CRACK = _review("forged crack", "在商家图上画裂纹", "a crack painted on the merchant's photo", "DERIVED_AND_ALTERED")
STAIN = _review("forged stain", "在商家图上加污渍", "a stain painted on the merchant's photo", "DERIVED_AND_ALTERED")
HOLE = _review("forged hole", "在商家图上贴破洞", "a hole pasted on the merchant's photo", "DERIVED_AND_ALTERED")
MOULD = _review("forged mould", "在商家图上叠加霉斑", "mould laid over the merchant's photo", "DERIVED_AND_ALTERED")
RESENT = _review("re-sent", "直接提交商家图", "the merchant's own photo sent back", "RESENT_REFERENCE")
SHARED_FIRST = _review(
    "shared, first", "同一伪造图：第一位买家", "one forged photo: its first buyer", "DERIVED_AND_ALTERED"
)
SHARED_AGAIN = _review(
    "shared, again", "同一伪造图：换买家、换商家", "the same photo: other buyers, other shops", "USED_BEFORE"
)
FREQUENT_EARLY = Story("frequent, 1-5", "频繁申请者：前五次", "a frequent claimant's first five", "CLEAR")
FREQUENT_LATE = _review(
    "frequent, 6-8", "频繁申请者：第六次起", "a frequent claimant from the sixth on", "FREQUENT_CLAIMS"
)
LARGE = _review("large sum", "金额超过上限", "more money than a machine may clear", "AMOUNT_LIMIT")
MIRRORED = _review("mirrored", "镜像后再伪造", "a forgery that was mirrored as well", "DERIVED_AND_ALTERED")
EXCLUDED = _review("excluded", "不适用仅退款的商品", "goods excluded from refund-only", "NOT_ELIGIBLE")
LOST = _review("photo missing", "照片未上传成功", "a photo that is not in the store", "NOT_LOOKED")
TRUNCATED = _review("photo truncated", "照片文件残缺", "a photo that broke off half-way", "NOT_LOOKED")
WRONG_HASH = _review("wrong hash", "照片与哈希不符", "a photo that does not match its hash", "NOT_LOOKED")
NO_PHOTO = _review("no photo", "没有照片", "no photo at all", "EVIDENCE_MISSING")
CHANGED = _review("changed", "同一编号、内容变了", "the same request id with another amount", "CONTENT_CHANGED")
REPEATED = Story("repeated", "同一申请再发一次", "the same request once more", "CLEAR")

STORIES = (
    HONEST, CRACK, STAIN, HOLE, MOULD, RESENT, SHARED_FIRST, SHARED_AGAIN, FREQUENT_EARLY, FREQUENT_LATE,
    LARGE, MIRRORED, EXCLUDED, LOST, TRUNCATED, WRONG_HASH, NO_PHOTO, CHANGED, REPEATED,
)  # fmt: skip
