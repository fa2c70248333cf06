"""Every cause why something could not be measured; ``unmeasured.yaml`` has the words of each, by the same code.

Names of parameters carry units; texts are names, numbers or short messages, never sentences of ours.
"""

from typing import Final

from streams.wording.cause import Cause, cause

# the file
FILE_EMPTY: Final = cause("file_empty")


def file_too_large(size_bytes: int, limit_bytes: int) -> Cause:
    return cause("file_too_large", size_bytes=size_bytes, limit_bytes=limit_bytes)


def file_over_limit(limit_bytes: int) -> Cause:
    return cause("file_over_limit", limit_bytes=limit_bytes)


def not_a_picture(formats: str) -> Cause:
    return cause("not_a_picture", formats=formats)


def format_not_looked_at(name: str, formats: str) -> Cause:
    return cause("format_not_looked_at", name=name, formats=formats)


def another_file_than_named(ours: str, named: str) -> Cause:
    return cause("another_file_than_named", ours=ours, named=named)


# the picture
PICTURE_DAMAGED: Final = cause("picture_damaged")
TOO_MANY_PIXELS: Final = cause("too_many_pixels")
SCIENTIFIC_FORMAT: Final = cause("scientific_format")
TOO_FEW_PLACES: Final = cause("too_few_places")
NOTHING_IN_PICTURE: Final = cause("nothing_in_picture")
TOO_LITTLE_DETAIL: Final = cause("too_little_detail")
LOOK_FAILED: Final = cause("look_failed")
LOOK_BROKE_DOWN: Final = cause("look_broke_down")
PICTURE_NOT_MEASURABLE: Final = cause("picture_not_measurable")
DECODING_NEEDS_TOO_MUCH_MEMORY: Final = cause("decoding_needs_too_much_memory")
NOT_A_VIDEO: Final = cause("not_a_video")
VIDEO_DAMAGED: Final = cause("video_damaged")
VIDEO_SCENES_LEFT_OUT: Final = cause("video_scenes_left_out")
VIDEO_LENGTH_UNKNOWN: Final = cause("video_length_unknown")


def picture_too_large(width_px: int, height_px: int, limit_px: int) -> Cause:
    return cause("picture_too_large", width_px=width_px, height_px=height_px, limit_px=limit_px)


def side_too_long(width_px: int, height_px: int, limit_px: int) -> Cause:
    return cause("side_too_long", width_px=width_px, height_px=height_px, limit_px=limit_px)


def picture_in_too_many_parts(limit_parts: int) -> Cause:
    return cause("picture_in_too_many_parts", limit_parts=limit_parts)


def too_many_scans(limit_scans: int) -> Cause:
    return cause("too_many_scans", limit_scans=limit_scans)


def only_first_frame(frames: int) -> Cause:
    return cause("only_first_frame", frames=frames)


def video_longer_than_looked_at(length_s: int) -> Cause:
    return cause("video_longer_than_looked_at", length_s=length_s)


def video_gap(length_s: int) -> Cause:
    return cause("video_gap", length_s=length_s)


def video_codec(codec: str) -> Cause:
    return cause("video_codec", codec=codec)


def look_too_long(limit_s: float) -> Cause:
    return cause("look_too_long", limit_s=limit_s)


# what the file says about itself
METADATA_TOO_LONG: Final = cause("metadata_too_long")
METADATA_DAMAGED: Final = cause("metadata_damaged")
METADATA_KIND_NOT_READ: Final = cause("metadata_kind_not_read")

# where it is kept
PHOTO_MISSING: Final = cause("photo_missing")
ADDRESS_OUTSIDE_STORE: Final = cause("address_outside_store")
ADDRESS_NOT_A_FILE: Final = cause("address_not_a_file")
ADDRESS_NOT_HTTPS: Final = cause("address_not_https")
PHOTO_NOT_READABLE: Final = cause("photo_not_readable")
STORE_WITHHOLDS_PHOTO: Final = cause("store_withholds_photo")
PHOTO_ERASED: Final = cause("photo_erased")
OWN_RECORD_DAMAGED: Final = cause("own_record_damaged")
KEPT_LOOK_DAMAGED: Final = cause("kept_look_damaged")


def file_not_opened(said: str) -> Cause:
    return cause("file_not_opened", said=said)


def pair_not_understood(said: str) -> Cause:
    return cause("pair_not_understood", said=said)


def host_not_allowed(host: str) -> Cause:
    return cause("host_not_allowed", host=host)


def not_at_address(status: int) -> Cause:
    return cause("not_at_address", status=status)


def host_busy(host: str, status: int) -> Cause:
    return cause("host_busy", host=host, status=status)


def host_too_slow(host: str) -> Cause:
    return cause("host_too_slow", host=host)


def host_not_trusted(host: str) -> Cause:
    return cause("host_not_trusted", host=host)


def host_connection_failed(host: str) -> Cause:
    return cause("host_connection_failed", host=host)


def own_copy_missing(key: str) -> Cause:
    return cause("own_copy_missing", key=key)


def own_copy_damaged(key: str) -> Cause:
    return cause("own_copy_damaged", key=key)


# beside other photos
COMPARISON_FAILED: Final = cause("comparison_failed")
COMPARISON_BROKE_DOWN: Final = cause("comparison_broke_down")
PHOTOS_NOT_COMPARABLE: Final = cause("photos_not_comparable")
DIFFERENCE_NOT_LOCATED: Final = cause("difference_not_located")
FEATURES_AND_PIXELS_DISAGREE: Final = cause("features_and_pixels_disagree")
EARLIER_PHOTO_TAKEN_ANEW: Final = cause("earlier_photo_taken_anew")
EARLIER_PHOTO_NOT_ALIGNABLE: Final = cause("earlier_photo_not_alignable")
NOT_COMPARED: Final = cause("not_compared")
NOT_LOOKED_UP: Final = cause("not_looked_up")
OTHER_FINGERPRINT_VERSION: Final = cause("other_fingerprint_version")
EVIDENCE_TOO_LONG: Final = cause("evidence_too_long")
MEDIUM_NOT_IN_EVIDENCE: Final = cause("medium_not_in_evidence")


def references_over_limit(limit: int) -> Cause:
    return cause("references_over_limit", limit=limit)


def earlier_photos_over_limit(limit: int) -> Cause:
    return cause("earlier_photos_over_limit", limit=limit)


def comparison_too_long(limit_s: float) -> Cause:
    return cause("comparison_too_long", limit_s=limit_s)


def earlier_photos_not_read(limit_s: float, read: int, total: int) -> Cause:
    return cause("earlier_photos_not_read", limit_s=limit_s, read=read, total=total)


# judging
READING_NOT_IN_EVIDENCE: Final = cause("reading_not_in_evidence")
PLATFORM_DID_NOT_SAY: Final = cause("platform_did_not_say")
ORDERS_UNKNOWN: Final = cause("orders_unknown")
NO_ORDERS: Final = cause("no_orders")
ORDERS_UNKNOWN_OR_NONE: Final = cause("orders_unknown_or_none")
NO_EARLIER_CLAIM: Final = cause("no_earlier_claim")
MERCHANT_NOT_COUNTED: Final = cause("merchant_not_counted")
ALIKE_NOT_COUNTED: Final = cause("alike_not_counted")
NO_OBJECTION: Final = cause("no_objection")
CURRENCY_WITHOUT_LIMIT: Final = cause("currency_without_limit")


RULE_FAILED: Final = "rule_failed"


def rule_failed(rule: str, said: str) -> Cause:
    return cause(RULE_FAILED, rule=rule, said=said)
