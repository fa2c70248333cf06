"""Every variable that a rule may use: name, CEL type, unit, words, and where its value comes from. One table.

A getter returns None where the value is not there; the engine then treats the variable as unmeasured. The last part of
a variable's name is the name of its reading.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from schemas.records import Reading, ReasonText
from streams.history.windows import WINDOWS_DAYS
from streams.policy.facts import ComparisonSubject, PhotoSubject, RequestSubject, SightingSubject, Value, Values
from streams.wording import causes
from streams.wording.cause import Cause

CelType = Literal["bool", "int", "double", "string", "list(string)"]
Source = Literal["request", "history", "policy", "evidence", "people"]
Got = Value | list[str] | None

MINOR = "minor units"
SHARE = "share of area"
RATE = "claims per order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable. ``absent`` is what a reviewer reads when the value is not there."""

    name: str
    kind: CelType
    unit: str
    source: Source
    zh: str
    en: str
    get: Callable[[Any], Got]
    absent: Cause = causes.READING_NOT_IN_EVIDENCE

    @property
    def reading(self) -> str:
        """The name of the reading that this variable shows."""
        return self.name.rpartition(".")[2]

    @property
    def prefix(self) -> str:
        """The part before the dot, which says what the variable is about."""
        return self.name.partition(".")[0]


def _whole(  # noqa: PLR0913, PLR0917 - one line of the table below
    name: str,
    kind: CelType,
    unit: str,
    zh: str,
    en: str,
    get: Callable[[RequestSubject], Got],
    absent: Cause = causes.READING_NOT_IN_EVIDENCE,
) -> Variable:
    source: Source = {"history": "history", "limits": "policy"}.get(name.partition(".")[0], "request")  # type: ignore[assignment] # mypy reads the values as str
    return Variable(name=name, kind=kind, unit=unit, source=source, zh=zh, en=en, get=get, absent=absent)


def _photo(name: str, kind: CelType, zh: str, en: str, get: Callable[[PhotoSubject], Got]) -> Variable:
    return Variable(name=f"photo.{name}", kind=kind, unit="", source="request", zh=zh, en=en, get=get)


def _pair(name: str, kind: CelType, zh: str, en: str, get: Callable[[ComparisonSubject], Got]) -> Variable:
    return Variable(name=name, kind=kind, unit="", source="request", zh=zh, en=en, get=get)


def _seen(name: str, kind: CelType, unit: str, zh: str, en: str, get: Callable[[SightingSubject], Got]) -> Variable:
    return Variable(name=f"sighting.{name}", kind=kind, unit=unit, source="evidence", zh=zh, en=en, get=get)


def _marked(name: str, zh: str, en: str, get: Callable[[SightingSubject], Got]) -> Variable:
    return Variable(name=f"sighting.{name}", kind="bool", unit="", source="people", zh=zh, en=en, get=get)


def _photo_reading(name: str, kind: CelType, unit: str, zh: str, en: str) -> Variable:
    def get(subject: PhotoSubject) -> Got:
        return _typed(subject.values, name, kind)

    return Variable(name=f"photo.{name}", kind=kind, unit=unit, source="evidence", zh=zh, en=en, get=get)


def _pair_reading(name: str, kind: CelType, unit: str, zh: str, en: str) -> Variable:
    def get(subject: ComparisonSubject) -> Got:
        return _typed(subject.pair, name, kind)

    return Variable(name=f"comparison.{name}", kind=kind, unit=unit, source="evidence", zh=zh, en=en, get=get)


def _pair_aligned(name: str, unit: str, zh: str, en: str) -> Variable:
    """Return a reading that is there where the two photos could be aligned; elsewhere nothing is known to differ."""

    def get(subject: ComparisonSubject) -> Got:
        return _typed(subject.pair, name, "double") or 0.0

    return Variable(name=f"comparison.{name}", kind="double", unit=unit, source="evidence", zh=zh, en=en, get=get)


_PYTHON: dict[CelType, type] = {"bool": bool, "int": int, "double": float, "string": str}


def _typed(values: Values, name: str, kind: CelType) -> Got:
    """Return the reading's value, or None when its type is not the declared one: a value of another kind is no look."""
    value = values.get(name)
    if kind == "double" and type(value) is int:
        return float(value)
    return value if type(value) is _PYTHON[kind] else None


def _windows() -> tuple[Variable, ...]:
    return tuple(variable for position in range(len(WINDOWS_DAYS)) for variable in _window(position))


def _window(position: int) -> tuple[Variable, ...]:
    days = WINDOWS_DAYS[position]
    return (
        _whole(
            f"history.claims_{days}d",
            "int",
            "claims",
            f"此人 {days} 天内更早的退款申请数",
            f"earlier claims of this person in {days} days",
            lambda s: s.whole.history.windows[position].claims,
        ),
        _whole(
            f"history.sum_minor_{days}d",
            "int",
            MINOR,
            f"此人 {days} 天内更早申请的金额合计（同币种）",
            f"sum of this person's earlier claims in {days} days, in the request's currency",
            lambda s: s.whole.history.windows[position].sum_minor,
        ),
        _whole(
            f"history.confirmed_forgeries_{days}d",
            "int",
            "forgeries",
            f"此人 {days} 天内经人工确认的伪造次数",
            f"forgeries of this person in {days} days that people confirmed",
            lambda s: s.whole.history.windows[position].forgeries,
        ),
    )


def _rate(subject: RequestSubject) -> Got:
    return subject.whole.history.claim_rate_30d.value


def _left_out(name: str, zh: str, en: str) -> Variable:
    """Return how many earlier photos were left out: the evidence says so only when there were any."""

    def get(subject: PhotoSubject) -> Got:
        return _typed(subject.values, name, "int") or 0

    return Variable(name=f"photo.{name}", kind="int", unit="photos", source="evidence", zh=zh, en=en, get=get)


def _located(subject: ComparisonSubject) -> Got:
    return _typed(subject.pair, "altered_fraction", "double") is not None


def _vouched(subject: ComparisonSubject) -> Got:
    """Return how much of the damage the reference shows: the evidence says so only where another one differs."""
    return _typed(subject.pair, "damage_in_reference", "double") or 0.0


_REQUEST: tuple[Variable, ...] = (
    _whole("request.request_id", "string", "", "申请编号", "the request's id", lambda s: s.whole.request.request_id),
    _whole(
        "request.kind", "string", "", "退款方式", "refund_only or return_and_refund", lambda s: s.whole.request.kind
    ),
    _whole("request.category", "string", "", "商品类目", "category of the goods", lambda s: s.whole.request.category),
    _whole(
        "request.reason_code",
        "string",
        "",
        "买家所选理由",
        "reason that the buyer chose, in the platform's code",
        lambda s: s.whole.request.reason.code,
    ),
    _whole("request.merchant_id", "string", "", "商家编号", "the merchant's id", lambda s: s.whole.request.merchant_id),
    _whole("request.currency", "string", "", "币种", "ISO 4217 code", lambda s: s.whole.request.currency),
    _whole(
        "request.amount_minor",
        "int",
        MINOR,
        "申请退款金额",
        "amount asked back, without freight",
        lambda s: s.whole.request.amount_minor,
    ),
    _whole("request.freight_minor", "int", MINOR, "运费", "freight", lambda s: s.whole.request.freight_minor),
    _whole(
        "request.loss_minor",
        "int",
        MINOR,
        "损失合计（金额加运费）",
        "the whole loss: amount and freight",
        lambda s: s.whole.request.amount_minor + s.whole.request.freight_minor,
    ),
    _whole(
        "request.claim_photos",
        "int",
        "media",
        "买家提交的照片或视频数",
        "photos and videos that the buyer sent",
        lambda s: len(s.whole.request.claim_media),
    ),
    _whole(
        "request.claims_differ",
        "double",
        SHARE,
        "同一视角的买家照片之间不同的面积比例（最大值）",
        "largest share in which two of the claim's photos that show one view differ; 0 where no two show one view",
        lambda s: s.whole.claims_differ,
    ),
    _whole(
        "request.older_references",
        "int",
        "media",
        "早于申请登记的参考图数",
        "references that were registered before the claim: only these are compared",
        lambda s: s.whole.older_references,
    ),
    _whole(
        "request.orders_30d",
        "int",
        "orders",
        "此人 30 天内订单数",
        "this buyer's orders in 30 days, where the platform says",
        lambda s: s.whole.request.orders_30d,
        causes.PLATFORM_DID_NOT_SAY,
    ),
    _whole(
        "unmeasured",
        "list(string)",
        "",
        "未能测得的读数名称",
        "names of all readings of this request that could not be made",
        lambda s: list(s.whole.unmeasured),
    ),
)

_HISTORY: tuple[Variable, ...] = (
    *_windows(),
    _whole(
        "history.confirmed_forgeries",
        "int",
        "forgeries",
        "此人经人工确认的伪造总次数",
        "forgeries of this person that people confirmed, whenever they were",
        lambda s: s.whole.history.forgeries,
    ),
    _whole(
        "history.claim_rate_30d",
        "double",
        RATE,
        "此人 30 天内退款申请与订单之比",
        "earlier claims for each order in 30 days; unmeasured without orders_30d, or when it is 0",
        _rate,
        causes.ORDERS_UNKNOWN_OR_NONE,
    ),
    _whole(
        "history.claims_capped",
        "bool",
        "",
        "历史申请过多，只统计了最近的一部分",
        "there were more claims than are read: counts and sums are lower bounds",
        lambda s: s.whole.history.claims_capped,
    ),
)

_LIMITS: tuple[Variable, ...] = (
    _whole(
        "limits.currency_listed",
        "bool",
        "",
        "该币种已设上限",
        "the policy has limits for the request's currency (amount_limits)",
        lambda s: s.whole.limits is not None,
    ),
    _whole(
        "limits.single_limit_minor",
        "int",
        MINOR,
        "“仅退款”单笔上限",
        "the policy's limit for one request in that currency (single_minor)",
        lambda s: None if s.whole.limits is None else s.whole.limits.single_minor,
        causes.CURRENCY_WITHOUT_LIMIT,
    ),
    _whole(
        "limits.sum_limit_30d_minor",
        "int",
        MINOR,
        "30 天累计上限",
        "the policy's limit for the requests of 30 days in that currency (sum_30d_minor)",
        lambda s: None if s.whole.limits is None else s.whole.limits.sum_30d_minor,
        causes.CURRENCY_WITHOUT_LIMIT,
    ),
    _whole(
        "limits.category_excluded",
        "bool",
        "",
        "该类目不适用“仅退款”",
        "the policy excludes goods of this category (excluded_categories)",
        lambda s: s.whole.category_excluded,
    ),
)

_PHOTO: tuple[Variable, ...] = (
    _photo("media_id", "string", "买家照片编号", "the claim photo's id", lambda s: s.medium.media_id),
    _photo(
        "capture_source",
        "string",
        "拍摄来源",
        "live_camera, album or unknown, as the platform says",
        lambda s: s.medium.capture_source,
    ),
    _photo(
        "declared_ai",
        "bool",
        "提交时或文件自身声明为 AI 生成",
        "the platform passed on that the photo was declared as made by AI, or its file says so",
        lambda s: True if s.medium.declared_ai is True else _typed(s.values, "declared_ai", "bool"),
    ),
    _photo_reading(
        "label_stripped",
        "bool",
        "",
        "留有被去除的标识的痕迹",
        "the file has traces of an AI label or a manifest that is gone",
    ),
    _photo_reading(
        "label_invalid",
        "bool",
        "",
        "标识无效或相互矛盾",
        "an AI label or a manifest cannot be read, fails, or contradicts",
    ),
    _photo_reading("camera_named", "bool", "", "文件给出相机信息", "the file names a camera's make or model"),
    Variable(
        name="photo.known_forgery",
        kind="bool",
        unit="",
        source="people",
        zh="与经人工确认的伪造照片为同一文件",
        en="the file is, byte for byte, one that people confirmed as forged",
        get=lambda s: s.whole.marks.is_forged(s.evidence),
    ),
    _photo_reading("width_px", "int", "px", "照片宽度", "width"),
    _photo_reading("height_px", "int", "px", "照片高度", "height"),
    _photo_reading("format", "string", "", "文件格式", "file format"),
    _photo_reading("feature_count", "int", "features", "特征点数", "points that can be compared with other photos"),
    _photo_reading(
        "sharpness",
        "double",
        "squared grey levels",
        "照片清晰度",
        "variance of the Laplacian in the sharpest part of the photo, at a fixed size; a sharp photo has hundreds",
    ),
    _photo_reading(
        "dark_share", "double", SHARE, "过暗面积比例", "share of the photo that is too dark to show anything"
    ),
    _photo_reading("bright_share", "double", SHARE, "过亮面积比例", "share of the photo that is white all over"),
    _left_out(
        "earlier_sightings_left_out",
        "未列出的相似更早照片数",
        "further photos of earlier claims that it resembles, beyond those that are listed",
    ),
    _left_out(
        "earlier_candidates_left_out",
        "未核对的可能相似的更早照片数",
        "further photos of earlier claims whose features were not compared: there were too many at 32 to 60 bits",
    ),
    _left_out(
        "catalogue_photos_left_out",
        "未列出的相似商品照片数",
        "further photos of the catalogue that it resembles, beyond those that are listed",
    ),
    _left_out(
        "catalogue_candidates_left_out",
        "未核对的可能相似的商品照片数",
        "further photos of the catalogue whose features were not compared: there were too many at 32 to 60 bits",
    ),
)

_COMPARISON: tuple[Variable, ...] = (
    _pair("comparison.compared_with", "string", "所比参考图编号", "the reference's id", lambda s: s.reference.media_id),
    _pair("comparison.origin", "string", "参考图来源", "listing, dispatch or packing", lambda s: s.reference.origin),
    _pair_reading(
        "hash_distance_bits",
        "int",
        "bits",
        "与参考图的指纹距离（256 位中）",
        "distance of the fingerprints, 0 to 256: 0 is alike",
    ),
    _pair_reading(
        "feature_inliers", "int", "matches", "与参考图一致的特征点数", "points that match the reference in one geometry"
    ),
    _pair_reading(
        "inlier_coverage",
        "double",
        SHARE,
        "一致点覆盖的面积比例",
        "share of the claim photo that those points span, 0 to 1",
    ),
    _pair_reading(
        "derived_score",
        "double",
        "probability",
        "由参考图制作而来的可能性",
        "how sure it is that the claim photo was made from the reference, 0 to 1",
    ),
    _pair_reading(
        "altered_fraction",
        "double",
        SHARE,
        "被改动的面积比例",
        "share of the claim photo that was altered; measured where it was made from the reference",
    ),
    Variable(
        name="comparison.located",
        kind="bool",
        unit="",
        source="evidence",
        zh="可以说明何处被改动",
        en="the two photos could be compared place by place: altered_fraction and altered_regions are measured",
        get=_located,
    ),
    _pair_reading(
        "altered_regions", "int", "regions", "被改动的区域数", "regions of the claim photo that were altered"
    ),
    _pair_aligned(
        "scene_differs",
        SHARE,
        "与参考图不同的画面比例",
        "share of the aligned picture that shows another scene; 0 where the two could not be aligned",
    ),
    _pair_aligned(
        "goods_differ",
        "share of the goods",
        "与参考图不同的商品面积比例",
        "share of the goods that differ once the two are aligned; 0 where they could not be aligned",
    ),
    _pair_reading(
        "mirrored", "bool", "", "照片是参考图的镜像", "the claim photo is mirrored; measured where it was made from it"
    ),
    _pair_reading(
        "quarter_turns",
        "int",
        "quarter turns",
        "相对参考图顺时针旋转的直角数",
        "by how many quarter turns, clockwise, the claim photo was turned, once it is mirrored back",
    ),
    Variable(
        name="comparison.damage_in_reference",
        kind="double",
        unit="share of damage",
        source="evidence",
        zh="该参考图已显示的损坏比例",
        en="share of what differs from another reference that this one shows as the claim does; 0 where nothing does",
        get=_vouched,
    ),
    _pair_reading(
        "claim_second", "double", "s", "所比画面在买家视频中的秒数", "moment of the claim's video that is compared"
    ),
    _pair_reading(
        "reference_second",
        "double",
        "s",
        "所比画面在参考视频中的秒数",
        "moment of the reference's video that is compared",
    ),
    _pair_reading("same_bytes", "bool", "", "与参考图文件完全相同", "the two files are the same, byte for byte"),
    Variable(
        name="comparison.reference_seen_as_claim",
        kind="bool",
        unit="",
        source="evidence",
        zh="参考图登记前已作为买家照片出现",
        en="a claim showed the reference's picture before the reference was registered",
        get=lambda s: s.pair.get("reference_seen_as_claim") is True,
    ),
    Variable(
        name="comparison.reference_claim",
        kind="string",
        unit="",
        source="evidence",
        zh="最先使用参考图画面的申请",
        en="the request whose claim first showed the reference's picture; empty where none did before",
        get=lambda s: _typed(s.pair, "reference_claim", "string") or "",
    ),
)

_SIGHTING: tuple[Variable, ...] = (
    _seen(
        "source",
        "string",
        "",
        "更早照片的来源",
        "claim or catalogue: where the earlier photo was seen",
        lambda s: s.sighting.source,
    ),
    _seen(
        "distance_bits",
        "int",
        "bits",
        "与更早照片的指纹距离（256 位中）",
        "distance of the fingerprints, 0 to 256",
        lambda s: s.sighting.distance_bits,
    ),
    _seen(
        "earlier_request_id",
        "string",
        "",
        "使用该照片的更早申请",
        "the earlier claim's request",
        lambda s: s.sighting.request_id,
    ),
    _seen(
        "same_buyer",
        "bool",
        "",
        "更早照片属于同一买家",
        "the earlier photo names this buyer; false where it names nobody",
        lambda s: s.sighting.buyer_id == s.whole.request.buyer_id,
    ),
    _seen(
        "same_merchant",
        "bool",
        "",
        "更早照片属于同一商家",
        "the earlier photo names this merchant; false where it names nobody",
        lambda s: s.sighting.merchant_id == s.whole.request.merchant_id,
    ),
    _seen(
        "same_product",
        "bool",
        "",
        "更早照片属于同一商品",
        "the earlier photo names this product; false where it names nobody",
        lambda s: s.sighting.product_id == s.whole.request.product_id,
    ),
    _seen(
        "confirmed_by_features",
        "bool",
        "",
        "特征点已证实为同一画面",
        "features show that the two are one picture; false where they do not, or were not compared",
        lambda s: s.sighting.confirmed is True,
    ),
    _seen(
        "explained_by_reference",
        "bool",
        "",
        "相似可由同一张商品照片解释",
        "this photo was made from a photo of goods that was there before the earlier claim: both resemble that one",
        lambda s: s.sighting.explained_by is not None,
    ),
    _seen(
        "shared_alteration",
        "double",
        "share of the alteration",
        "两图改动之处一致的比例",
        "share of what was altered, in the one with less of it, that both show alike; 0 where nothing explains",
        lambda s: s.sighting.shared_alteration or 0.0,
    ),
    _seen(
        "first_seen_as_claim",
        "bool",
        "",
        "商品照片登记前已作为买家照片出现",
        "the earlier photo is one of the catalogue, and a claim showed the picture before it was listed",
        lambda s: s.sighting.first_seen_as_claim is True,
    ),
    _seen(
        "earlier_merchant_id",
        "string",
        "",
        "更早照片所属商家",
        "the merchant that the earlier photo names",
        lambda s: s.sighting.merchant_id,
    ),
    _seen(
        "earlier_product_id",
        "string",
        "",
        "更早照片所属商品",
        "the product that the earlier photo names",
        lambda s: s.sighting.product_id,
    ),
    _marked(
        "confirmed_forgery",
        "更早照片经人工确认为伪造",
        "people confirmed that the earlier photo is forged",
        lambda s: s.whole.marks.was_forged(s.sighting),
    ),
    _marked(
        "harmless",
        "人工标记为偶然相似",
        "people marked this resemblance, or one of the two photos, as harmless",
        lambda s: s.whole.marks.harmless_by(s.evidence, s.sighting) is not None,
    ),
)

_EVERYWHERE = _REQUEST + _HISTORY + _LIMITS
BY_SUBJECT: dict[str, tuple[Variable, ...]] = {
    "request": _EVERYWHERE,
    "claim_photo": _EVERYWHERE + _PHOTO,
    "comparison": _EVERYWHERE + _PHOTO + _COMPARISON,
    "sighting": _EVERYWHERE + _PHOTO + _SIGHTING,
}
"""What the rules of each kind of subject may use."""

VARIABLES: dict[str, Variable] = {
    variable.name: variable for variable in _EVERYWHERE + _PHOTO + _COMPARISON + _SIGHTING
}

ONLY_UNMEASURED: dict[str, ReasonText] = {
    "photo": ReasonText(zh="照片或视频", en="photo or video"),
    "provenance": ReasonText(zh="文件自述的来源", en="what the file says about its origin"),
    "features": ReasonText(zh="照片特征", en="features of the photo"),
    "frames": ReasonText(zh="动图或视频的其余画面", en="further frames of an animation or a video"),
    "earlier_sightings": ReasonText(zh="更早照片的查询", en="search among earlier photos"),
    "earlier_confirmation": ReasonText(
        zh="与相似的更早照片的核对", en="comparison with an earlier photo that it resembles"
    ),
    "comparison": ReasonText(zh="与参考图的比对", en="comparison with a reference"),
    "rule": ReasonText(zh="规则", en="rule"),
}
"""Readings that are only ever seen as unmeasured."""

ONLY_SHOWN: dict[str, ReasonText] = {
    "altered_boxes": ReasonText(zh="被改动的位置", en="where the claim photo was altered"),
    "overlay": ReasonText(zh="并排对照图（证据库中）", en="both photos side by side, in the evidence store"),
}
"""What a reason carries for people beside its readings; rules do not see it."""


def label(reading: Reading) -> ReasonText:
    """Return the words for a reading; for one that this version does not know, its name."""
    variable = _BY_READING.get(reading.name)
    if variable is not None:
        return ReasonText(zh=variable.zh, en=variable.en)
    words = ONLY_UNMEASURED.get(reading.name) or ONLY_SHOWN.get(reading.name)
    return words or ReasonText(zh=reading.name, en=reading.name)


_BY_READING = {variable.reading: variable for variable in VARIABLES.values()}
TOLERABLE = frozenset(_BY_READING) | (frozenset(ONLY_UNMEASURED) - {"photo", "rule"})
"""What a policy may list under ``may_be_unmeasured``. Never ``photo``: a photo that nobody looked at is not clear."""
