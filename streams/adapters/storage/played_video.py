"""Our own copy of a video as players read it: in parts, from any place."""

from streams.adapters.storage.kept_bytes import blob_of
from streams.adapters.storage.objects import Objects
from streams.casework.photos.pictures import PlayedVideo
from streams.errors import MediaUnreadable
from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.wording import causes


def played_video(objects: Objects, sha256: str) -> PlayedVideo:
    """Return the video with this hash; :class:`MediaUnreadable` where it is gone or is none.

    Its parts are not compared with the hash: whoever looked at the video compared the whole.
    """
    key = blob_of(sha256)
    size = objects.size_bytes(key)
    if not size:
        raise MediaUnreadable(causes.own_copy_missing(key))
    kind = video_format(objects.part(key, 0, min(size, HEAD_BYTES)))
    if kind is None:
        raise MediaUnreadable(causes.NOT_A_VIDEO)
    return PlayedVideo(kind.media_type, size, lambda start, end: objects.part(key, start, end))
