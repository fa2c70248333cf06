"""The files of a package that its list of electronic data names: originals, pictures of them, records."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.records import MediumEvidence
from streams.casework.package.archive import Archive, name_of, peeked, suffix_of
from streams.casework.package.contents import Item
from streams.casework.package.ports import Originals
from streams.casework.package.verification import ORIGINALS
from streams.wording.tables import texts

_RECEIVED_BY = {"claim": "buyer", "reference": "merchant"}


class ListedFiles:
    """Puts files into the archive. ``items`` are in it, ``missing`` are not kept."""

    def __init__(self, archive: Archive, originals: Originals) -> None:
        self.items: list[Item] = []
        self.missing: list[str] = []
        self._keys: dict[str, str] = {}
        self._archive = archive
        self._originals = originals

    def original(self, medium: MediumEvidence, received_at_ms: int | None, at: str = "") -> None:
        """Put in a photo or video as it came, under the folder ``at``; note it as missing where no copy is kept."""
        name = f"{at}{medium.role}/{medium.media_id}"
        pieces = None if medium.stored is None else self._originals.pieces(medium.stored)
        if pieces is None:
            self.missing.append(name)
            return
        first, pieces = peeked(pieces)
        suffix = "mp4" if medium.kind == "video" else suffix_of(first)
        path = f"{ORIGINALS}{at}{medium.role}/{name_of(medium.media_id)}.{suffix}"
        size, digest, _ = self._archive.put(path, pieces, role=medium.role, medium=name)
        source = _RECEIVED_BY[medium.role]
        item = _item(path, medium.role, medium.kind, source, (suffix, size, digest))
        self._keys[path] = medium.stored or ""
        self.items.append(replace(item, received_at_ms=received_at_ms, shown=suffix != "mp4"))

    def has(self, sha256: str) -> bool:
        """Return whether a photo or video of these bytes was put in."""
        return any(one.sha256 == sha256 for one in self.items if one.path.startswith(ORIGINALS))

    def picture(self, path: str) -> bytes | None:
        """Return the bytes of a photo or an overlay that is in the package; None: it is none, or is gone by now."""
        pieces = self._originals.pieces(self._keys[path]) if path in self._keys else None
        return None if pieces is None else b"".join(pieces)

    def pictures(self, media: Iterable[MediumEvidence], at: str = "") -> None:
        """Put in the overlay of each comparison; note it as missing where it is not kept."""
        for medium in media:
            for comparison in medium.comparisons:
                if comparison.overlay is None:
                    continue
                pieces = self._originals.pieces(comparison.overlay)
                name = f"{at}{name_of(medium.media_id, comparison.reference_id)}"
                if pieces is None:
                    self.missing.append(f"overlay/{name}")
                    continue
                path = f"pictures/{name}.jpg"
                size, digest, _ = self._archive.put(path, pieces, role="overlay")
                self._keys[path] = comparison.overlay
                item = _item(path, "overlay", "photo", "system", ("jpg", size, digest))
                self.items.append(replace(item, shown=True))

    def record(self, path: str, content: bytes) -> None:
        """Put in a record as a file at ``path``."""
        size, digest, _ = self._archive.put(path, content)
        self.items.append(_item(path, "record", "record", "system", (path.rpartition(".")[2], size, digest)))


def _item(path: str, role: str, category: str, source: str, file: tuple[str, int, str]) -> Item:
    roles = texts("evidence_package/roles")
    form, size, digest = file
    return Item(
        path=path,
        role=roles[role].zh,
        category=roles[category].zh,
        source=roles[source].zh,
        form=form.upper(),
        size=size,
        sha256=digest,
        received_at_ms=None,
    )
