"""What is done inside a pool process: fetch, keep an own copy, decode, measure. Photo bytes never leave it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from schemas.names import is_of_claim
from streams.adapters.photos.answers import compared_as, examined
from streams.adapters.photos.messages import Look, Recognitions, SideBySide
from streams.adapters.photos.own_copy import OwnCopy
from streams.adapters.photos.stopwatch import Clock, Stopwatch
from streams.adapters.storage.evidence_store import EvidenceStore, Kept
from streams.adapters.storage.media import Media
from streams.errors import MediaUnreadable
from streams.evidence.comparing import comparison, media_comparison, reuse, stills
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.known import Known
from streams.evidence.comparing.overlay import overlay
from streams.evidence.comparing.stills import Still
from streams.evidence.files.colours import ColourImage, develop
from streams.evidence.files.limits import Limits
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import examination, kept_panels, looking
from streams.evidence.looking.examination import Examination, Means
from streams.evidence.pixels import alteration, pixel_comparison
from streams.ports import Examined, KnownPhoto, MediumSource, Resemblance

_OVERLAYS = pixel_comparison.METHOD.replace("/", "-")
"""Names the method that an overlay shows the result of."""


class Desk:
    """Where one process looks at photos, one after the other."""

    def __init__(
        self,
        media: Media,
        store: EvidenceStore,
        limits: Limits,
        clock: Clock = time.perf_counter,
        means: Means = examination.NOTHING,
    ) -> None:
        """``clock`` gives the seconds that the stages of a look are told in; ``means`` are those for claim photos.

        Visible labels are looked for on claims alone: what a merchant lists need not show the goods received.
        """
        self._media = media
        self._store = store
        self._limits = limits
        self._clock = clock
        self._means = {"claim": means, "reference": Means(anchors=means.anchors, mirrored=False)}

    def examine(self, source: MediumSource, *, videos: bool = True) -> Look:
        """Return what a medium shows. Raises :class:`streams.errors.StoreUnavailable` when a store is at fault.

        Raises :class:`streams.adapters.storage.files.IsVideo` for a video unless ``videos`` are expected, before more
        than its first bytes are read.
        """
        watch = Stopwatch(self._clock)
        kept: Kept | None = None
        try:
            with OwnCopy.of(self._store, self._media, source, watch.lap, videos=videos) as copy:
                if is_of_claim(source.pointer):  # its first bytes are kept whatever they are: there will be an answer
                    copy.keep()
                    kept = copy.kept
                    watch.lap("store")
                copy.is_the_one_named()
                found = self._look(source, copy, watch)
                copy.keep()  # a photo of the goods that cannot be looked at, like one sent in part, may come once more
                kept = copy.kept
                self._store.settled()
                watch.lap("store")
        except MediaUnreadable as exc:
            self._store.settled()
            return Look(examined(source, kept, None, exc.cause), watch.seconds)
        return Look(examined(source, kept, found), watch.seconds)

    def _look(self, source: MediumSource, copy: OwnCopy, watch: Stopwatch) -> Examination:
        """Return what a file shows: as an earlier look kept it, else looked at now."""
        means = self._means[source.role]
        noted, found = copy.kept.video, self._kept_look(copy, means)
        if found is None and isinstance(copy.file(), VideoFile) != noted:  # kept before it was noted that it is a video
            found = self._kept_look(copy, means)
        watch.lap("store")
        if found is not None and copy.has_parts(found):
            return found
        found = looking.look(copy.file(), self._limits, watch.lap, means)
        copy.keep_parts(found)
        version = looking.version(copy.kept.video, means)
        self._store.keep_look(copy.kept.sha256, version, found, of_claim=is_of_claim(source.pointer))
        watch.lap("store")
        return found

    def _kept_look(self, copy: OwnCopy, means: Means) -> Examination | None:
        return self._store.look(copy.kept.sha256, looking.version(copy.kept.video, means))

    def compare(self, claim: Examined, references: Sequence[Examined]) -> SideBySide:
        """Return what an examined claim has to do with each examined reference; all have features.

        Own copies are fetched and developed only where pixels are worth comparing. Of the reference that the claim was
        most likely made from, an overlay is kept. Raises :class:`streams.errors.StoreUnavailable`.
        """
        watch = Stopwatch(self._clock)
        found = media_comparison.compare(self._stills(claim), [self._stills(one) for one in references], watch.lap)
        source = comparison.best(found)
        compared = [compared_as(beside) for beside in found]
        if source is not None:
            key = self._overlay(claim, references[source], found[source])
            compared[source] = replace(compared[source], overlay=key)
            watch.lap("overlay")
        return SideBySide(compared, watch.seconds)

    def recognise(
        self, claim: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> Recognitions:
        """Return what an examined claim has to do with each earlier photo, beside the references that may explain it.

        Features and own copies are fetched where they are needed, and made anew where they are gone; what is missing is
        the reason why one of the answers is not there. Raises :class:`streams.errors.StoreUnavailable`.
        """
        watch = Stopwatch(self._clock)
        known = KnownPhoto(claim.sha256 or "", "claim")
        ours = Known(
            known.sha256,
            lambda: kept_panels.whole(claim.features or self._features(known)),
            partial(self._developed, known.sha256),
        )
        seen = [(self._known(one.photo), one) for one in earlier]
        found = reuse.recognise(ours, [self._known(one) for one in references], seen, watch.lap)
        return Recognitions(found, watch.seconds)

    def _known(self, photo: KnownPhoto) -> Known:
        beside = None if photo.altered is None else alteration.unpack(photo.altered)
        return Known(photo.sha256, partial(self._features, photo), partial(self._developed, photo.sha256), beside)

    def _features(self, photo: KnownPhoto) -> bytes:
        """Return the features of a photo that was looked at before: those that were kept, else from its own copy."""
        means = self._means[photo.role]
        version = examination.version(means)
        found = self._store.look(photo.sha256, version)
        if found is None:
            found = examination.examine(self._store.photo(photo.sha256), self._limits, means=means)
            self._store.keep_look(photo.sha256, version, found, of_claim=photo.role == "claim")
        return kept_panels.whole(found.features)

    def _stills(self, examined: Examined) -> list[Still]:
        return stills.looks(examined.features or b"", lambda still: self._developed(still or examined.sha256 or ""))

    def _developed(self, sha256: str) -> ColourImage:
        return develop(self._store.photo(sha256), self._limits)

    def _overlay(self, claim: Examined, reference: Examined, beside: PairResult) -> str | None:
        if beside.found is None or beside.prints is None or claim.sha256 is None or reference.sha256 is None:
            return None
        picture = overlay(*beside.prints, beside.found.regions, beside.found.mask)
        return self._store.keep_overlay(claim.sha256, reference.sha256, _OVERLAYS, picture)
