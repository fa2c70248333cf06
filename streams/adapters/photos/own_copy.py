"""Our own copy of one medium while it is looked at: the SHA-256 of its bytes, and the file once it is needed.

The stills of a moving picture, or the panels of a collage, are kept beside it, each as a photo of its own.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

import msgspec

from schemas.names import is_of_claim, of_part
from streams.adapters.storage.evidence_store import EvidenceStore, Kept
from streams.adapters.storage.files import File, IsVideo, close
from streams.adapters.storage.media import Media
from streams.errors import MediaUnreadable
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import kept_panels
from streams.evidence.looking.examination import Examination
from streams.ports import MediumSource
from streams.wording import causes

Lap = Callable[[str], None]

_SHOWN_DIGITS = 12


class OwnCopy:
    """One medium's copy. ``kept`` is what its pointer says, or will say once the file is kept; used in a ``with``."""

    def __init__(self, store: EvidenceStore, source: MediumSource, kept: Kept, fetched: File | None) -> None:
        """``fetched`` is what is still to be kept; None: the pointer is there already."""
        self.kept = kept
        self._to_keep = fetched is not None
        self._store = store
        self._source = source
        self._file = fetched

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None) -> None:
        close(self._file)

    @classmethod
    def of(cls, store: EvidenceStore, media: Media, source: MediumSource, lap: Lap, *, videos: bool) -> Self:
        """Return the copy that the medium's pointer names; else what the platform has, which is still to be kept.

        The platform is asked only when nobody has been here before: from then on our own copy is what counts. Raises
        :class:`IsVideo` for a video unless ``videos`` are expected, and errors as the stores do.
        """
        kept = store.kept(source.pointer)
        lap("store")
        if kept is not None:
            if kept.video and not videos:
                raise IsVideo
            return cls(store, source, kept, None)
        file = media.fetch(source.uri, videos=videos)
        lap("fetch")
        return cls(store, source, Kept.of(file, source.uri), file)

    def keep(self) -> None:
        """Keep what was fetched, once; where another process was first, its copy counts from then on."""
        if self._to_keep and self._file is not None:
            self._to_keep = False
            first, file = self._store.keep(self._source.pointer, self._file, self._source.uri, self.kept)
            if file is not self._file:
                close(self._file)
            self.kept, self._file = first, file

    def file(self) -> File:
        """Return the file; one that was kept before it was noted what it is, is now known for a video or a photo."""
        if self._file is None:
            self._file = self._store.file(self.kept.sha256)
            self.kept = msgspec.structs.replace(self.kept, video=isinstance(self._file, VideoFile))
        return self._file

    def is_the_one_named(self) -> None:
        """Raise :class:`MediaUnreadable` unless the file is the one that the platform named."""
        if self._source.sha256 not in {None, self.kept.sha256}:
            ours, named = self.kept.sha256[:_SHOWN_DIGITS], (self._source.sha256 or "")[:_SHOWN_DIGITS]
            raise MediaUnreadable(causes.another_file_than_named(ours, named))

    def keep_parts(self, found: Examination) -> None:
        """Keep the stills of a moving picture, or the panels of a collage, that was looked at now."""
        for (part, _), picture in zip(kept_panels.parts(found.features), found.pictures, strict=True):
            self._store.keep(of_part(self._source.pointer, part), picture, self._source.uri)
        self._erased_meanwhile(found)

    def has_parts(self, found: Examination) -> bool:
        """Return whether the parts that an earlier look names are still kept; they are this medium's too, then."""
        held = all(
            self._store.hold(of_part(self._source.pointer, part), sha256, self._source.uri)
            for part, sha256 in kept_panels.parts(found.features)
        )
        self._erased_meanwhile(found)
        return held

    def _erased_meanwhile(self, found: Examination) -> None:
        """Take the parts back where the medium was erased while it was looked at: who erases marks it first."""
        parts = kept_panels.parts(found.features)
        if not (parts and is_of_claim(self._source.pointer)):
            return
        try:
            self._store.kept(self._source.pointer)
        except MediaUnreadable:
            for part, sha256 in parts:
                self._store.forget(of_part(self._source.pointer, part), sha256)
            raise
