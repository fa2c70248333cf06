"""What is done inside a pool process: fetch, keep an own copy, decode, measure. Photo bytes never leave it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import msgspec

from schemas.records import Region
from streams.adapters.photos.messages import Look, Recognitions, SideBySide
from streams.adapters.photos.stopwatch import Clock, Stopwatch
from streams.adapters.storage.evidence_store import EvidenceStore, Kept
from streams.adapters.storage.media import Media
from streams.errors import MediaUnreadable
from streams.evidence import alteration, comparison, examination, features, pixel_comparison, reuse, stills, videos
from streams.evidence.colours import ColourImage, develop
from streams.evidence.comparison import PairResult
from streams.evidence.examination import Examination, Means
from streams.evidence.limits import Limits
from streams.evidence.overlay import overlay
from streams.evidence.stills import Still
from streams.ports import Compared, Examined, KnownPhoto, MediumSource, Resemblance
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

_SHOWN_DIGITS = 12
_CATALOGUE = "catalogue/"
_OVERLAYS = pixel_comparison.METHOD.replace("/", "-")
"""Names the method that an overlay shows the result of."""
_SHOWN_REGIONS = 12
"""Regions of one comparison that the evidence names, the largest: it has to fit into a message."""


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

    def examine(self, source: MediumSource) -> Look:
        """Return what a medium shows. Raises :class:`streams.errors.StoreUnavailable` when a store is at fault."""
        watch = Stopwatch(self._clock)
        kept: Kept | None = None
        try:
            kept, photo = self._own_copy(source, watch)
            _the_one_named(source, kept)
            found = self._look(source, kept, photo, watch)
        except MediaUnreadable as exc:
            return Look(_examined(source, kept, None, exc.cause), watch.seconds)
        return Look(_examined(source, kept, found), watch.seconds)

    def _own_copy(self, source: MediumSource, watch: Stopwatch) -> tuple[Kept, bytes | None]:
        """Return which bytes the medium stands for, and the bytes where they are at hand already.

        The platform is asked only when nobody has been here before: from then on our own copy is what counts.
        """
        kept = self._store.kept(source.pointer)
        watch.lap("store")
        if kept is not None:
            return kept, None
        photo = self._media.fetch(source.uri)
        watch.lap("fetch")
        if source.pointer.startswith(_CATALOGUE):
            self._worth_keeping(source, photo, watch)
        ours = self._store.keep(source.pointer, photo, source.uri)
        watch.lap("store")
        return ours

    def _worth_keeping(self, source: MediumSource, photo: bytes, watch: Stopwatch) -> None:
        """Return when a catalogue photo can be looked at; what cannot, like a truncated upload, may come once more.

        No answer was given on it. A claim's first bytes are kept whatever they are: its answer was.
        """
        kept = Kept.of(photo, source.uri)
        _the_one_named(source, kept)
        self._look(source, kept, photo, watch)

    def _look(self, source: MediumSource, kept: Kept, photo: bytes | None, watch: Stopwatch) -> Examination:
        means = self._means[source.role]
        version = (videos if source.kind == "video" else examination).version(means)
        known = self._store.look(kept.sha256, version)
        if known is None and photo is None:
            photo = self._store.photo(kept.sha256)
        watch.lap("store")
        if known is not None:
            return known
        if source.kind == "video":
            found = videos.examine(photo or b"", self._limits, watch.lap, means)
        else:
            found = examination.examine(photo or b"", self._limits, watch.lap, means)
        self._store.keep_look(kept.sha256, version, found, of_claim=source.role == "claim")
        watch.lap("store")
        return found

    def compare(self, claim: Examined, references: Sequence[Examined]) -> SideBySide:
        """Return what an examined claim has to do with each examined reference; all have features.

        Own copies are fetched and developed only where pixels are worth comparing. Of the reference that the claim was
        most likely made from, an overlay is kept. Raises :class:`streams.errors.StoreUnavailable`.
        """
        watch = Stopwatch(self._clock)
        found = stills.compare(self._stills(claim), [self._stills(one) for one in references], watch.lap)
        source = comparison.best(found)
        compared = [_compared(beside) for beside in found]
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
        ours = reuse.Known(
            claim.sha256 or "", lambda: claim.features or b"", partial(self._developed, claim.sha256 or "", None)
        )
        seen = [(self._known(one.photo), one) for one in earlier]
        found = reuse.recognise(ours, [self._known(one) for one in references], seen, watch.lap)
        return Recognitions(found, watch.seconds)

    def _known(self, photo: KnownPhoto) -> reuse.Known:
        beside = None if photo.altered is None else alteration.unpack(photo.altered)
        return reuse.Known(
            photo.sha256, partial(self._features, photo), partial(self._developed, photo.sha256, None), beside
        )

    def _features(self, photo: KnownPhoto) -> bytes:
        """Return the features of a photo that was looked at before: those that were kept, else from its own copy."""
        means = self._means[photo.role]
        version = examination.version(means)
        found = self._store.look(photo.sha256, version)
        if found is None:
            found = examination.examine(self._store.photo(photo.sha256), self._limits, means=means)
            self._store.keep_look(photo.sha256, version, found, of_claim=photo.role == "claim")
        return found.features

    def _stills(self, examined: Examined) -> list[Still]:
        sha256 = examined.sha256 or ""
        return [
            Still(at_ms, comparison.Photo(packed, partial(self._developed, sha256, at_ms)))
            for at_ms, packed in stills.unpack(examined.features or b"")
        ]

    def _developed(self, sha256: str, at_ms: int | None) -> ColourImage:
        file = self._store.photo(sha256)
        return develop(file, self._limits) if at_ms is None else videos.still(file, at_ms, self._limits)

    def _overlay(self, claim: Examined, reference: Examined, beside: PairResult) -> str | None:
        if beside.found is None or beside.prints is None or claim.sha256 is None or reference.sha256 is None:
            return None
        picture = overlay(*beside.prints, beside.found.regions, beside.found.mask)
        return self._store.keep_overlay(claim.sha256, reference.sha256, _OVERLAYS, picture)


def _compared(beside: PairResult) -> Compared:
    regions = () if beside.found is None else beside.found.regions[:_SHOWN_REGIONS]
    where = None if beside.found is None else alteration.altered(beside.found)
    return Compared(
        readings=beside.readings,
        regions=tuple(Region(x=x, y=y, width=width, height=height) for x, y, width, height in regions),
        altered=None if where is None else alteration.pack(where),
    )


def _the_one_named(source: MediumSource, kept: Kept) -> None:
    if source.sha256 not in {None, kept.sha256}:
        ours, named = kept.sha256[:_SHOWN_DIGITS], (source.sha256 or "")[:_SHOWN_DIGITS]
        raise MediaUnreadable(causes.another_file_than_named(ours, named))


def _examined(
    source: MediumSource, kept: Kept | None, found: Examination | None, why: Cause = causes.LOOK_FAILED
) -> Examined:
    readings = (unmeasured("photo", why),) if found is None else found.readings
    moving = source.kind == "video"
    return Examined(
        readings=tuple(msgspec.structs.replace(reading, media_id=source.media_id) for reading in readings),
        sha256=None if kept is None else kept.sha256,
        size_bytes=None if kept is None else kept.size_bytes,
        stored=None if kept is None else kept.key,
        fingerprint=None if found is None or moving else found.fingerprint,
        features=None if found is None else found.features,
        provenance=() if found is None else found.provenance,
        variants=() if found is None or moving or source.role != "claim" else features.variants(found.features),
    )
