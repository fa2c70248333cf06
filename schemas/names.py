"""Names of photos: as sightings in ``image.sightings.v1``, and as pointers in the evidence store.

Built here alone, and read back here alone. Identifiers hold no ``/`` and no ``#``: the one divides a pointer, the other
stands before the part of a medium (``s12``, a still of a video, ``p1``, a panel of a collage) that a name is of.
"""

from typing import Literal

Role = Literal["claim", "reference"]

_CLAIM = "claim"
_CATALOGUE = "catalogue"


def claim_sighting(request_id: str | None, request_digest: str, media_id: str | None) -> str:
    """Return the id under which a claim's photo stands in the log of sightings."""
    return f"{_CLAIM}:{request_id}:{request_digest}:{media_id}"


def catalogue_sighting(photo_id: str) -> str:
    """Return the id under which a photo of the catalogue stands in the log of sightings."""
    return f"{_CATALOGUE}:{photo_id}"


def is_of_catalogue(sighting_id: str) -> bool:
    """Return whether a sighting is of the catalogue."""
    return sighting_id.startswith(f"{_CATALOGUE}:")


def request_folder(request_id: str, request_digest: str, role: Role | None = None) -> str:
    """Return where the pointers of a request's media are, without a ``/`` at the end; ``role``: only of such media."""
    return "/".join(map(_segment, ("requests", request_id, request_digest, *(() if role is None else (role,)))))


def request_pointer(request_id: str, request_digest: str, role: Role, media_id: str) -> str:
    """Return the key in the evidence store that says which bytes a medium of a request stands for."""
    return f"{request_folder(request_id, request_digest, role)}/{_segment(media_id)}"


def catalogue_pointer(photo_id: str) -> str:
    """Return the key in the evidence store that says which bytes a photo of the catalogue stands for."""
    return f"{_CATALOGUE}/{_segment(photo_id)}"


def is_of_claim(pointer: str) -> bool:
    """Return whether a pointer is that of a claim's medium."""
    return pointer.split("/")[3:4] == [_CLAIM]


def media_id_of(pointer: str) -> str:
    """Return the id of the medium that a pointer is of, with the part that it is of, if it is of one alone."""
    return pointer.rpartition("/")[2].replace("%2E", ".")


def of_part(name: str, part: str | None) -> str:
    """Return the name of a part of a medium, from the medium's id, sighting or pointer; None: its own."""
    return name if part is None else f"{name}#{part}"


def _segment(identifier: str) -> str:
    """Return an identifier as one segment of a store key: ``.`` and ``..`` are identifiers, but no segments."""
    medium, sign, part = identifier.partition("#")
    return f"%2E{medium[1:]}{sign}{part}" if set(medium) == {"."} else identifier
