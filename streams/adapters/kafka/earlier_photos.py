"""Earlier photos as the workers of this host keep them, to search without being one."""

from collections.abc import Sequence

from schemas.records import EarlierSighting, Fingerprint
from schemas.units import DAY_MS, FAR_BITS
from streams.adapters.kafka.replica_index import folders_of
from streams.clock import now_ms
from streams.errors import OperatorError
from streams.evidence.fingerprints import VERSION
from streams.settings import Settings
from streams.sightings.anonymous import anonymous
from streams.sightings.index import SightingIndex


class ReplicaPhotos:
    """Fulfils :class:`streams.casework.photo_search.EarlierPhotos`, from the replica that has sealed most."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened before it is searched: workers seal more meanwhile."""
        self._settings = settings

    def like(self, fingerprints: Sequence[str], at_most: int) -> list[EarlierSighting]:
        """Return the nearest sealed photos; a worker's newest are still in its memory."""
        look_back_ms = self._settings.look_back_days * DAY_MS
        kept = [SightingIndex(folder, look_back_ms, only_look=True) for folder in folders_of(self._settings)]
        if not kept:
            msg = (
                "no earlier photos are kept on this host: the console needs the SENTINEL_DATA_DIR or "
                "SENTINEL_REPLICA_DIR of a worker"
            )
            raise OperatorError(msg)
        index = max(kept, key=lambda one: one.position)
        asked, *variants = fingerprints
        sighting = anonymous(Fingerprint(version=VERSION, bits=asked), now_ms())
        found = index.search(sighting, index.position, variants=variants, max_bits=FAR_BITS, at_most=at_most)
        return found.sightings
