"""The bytes of photos in the evidence store: who needs them, what was made of them, and letting them go."""

from collections.abc import Iterator

from schemas.names import is_of_claim
from streams.adapters.storage.files import close
from streams.adapters.storage.objects import Objects


def blob_of(sha256: str) -> str:
    """Return the key of these bytes."""
    return f"blobs/{sha256}"


def holder_of(sha256: str, pointer: str) -> str:
    """Return the key that says who needs these bytes: one for each claim's pointer, one for all photos of goods."""
    return f"holders/{sha256}/{pointer if is_of_claim(pointer) else 'goods'}"


def let_go(objects: Objects, sha256: str, pointer: str) -> bool:
    """Delete the bytes, and all that was made of them, unless another pointer needs them; return whether they went.

    What a photo of goods once needed stays: how many of them do is not known. So do bytes that were kept before
    holders were. The own holder goes last: until then a repeat takes up what was begun.
    """
    own = holder_of(sha256, pointer)
    if not is_of_claim(pointer):
        return False
    if not objects.has(own):
        return not made_of(objects, sha256)
    if _others(objects, sha256, own):
        objects.delete(own)
        return False
    file = objects.read(blob_of(sha256))
    while kept := made_of(objects, sha256):  # again once the bytes are gone: see EvidenceStore's _take_back
        for key in kept:
            objects.delete(key)
    needed = file is not None and _others(objects, sha256, own)
    if needed and file is not None:
        objects.put_file(blob_of(sha256), file)  # somebody came with the same bytes meanwhile, and saw them here
    close(file)
    objects.delete(own)
    return not needed


def _others(objects: Objects, sha256: str, own: str) -> bool:
    return any(holder != own for holder in objects.under(f"holders/{sha256}"))


def made_of(objects: Objects, sha256: str) -> list[str]:
    """Return what is kept of these bytes: themselves, what was measured on them, and pictures of them first of all.

    In an order in which they can be deleted: until a picture is gone, something leads to it.
    """
    blob = [blob_of(sha256)] if objects.has(blob_of(sha256)) else []
    return [*_pictures_of(objects, sha256), *objects.under(f"features/{sha256}"), *blob]


def _pictures_of(objects: Objects, sha256: str) -> Iterator[str]:
    """Yield the pictures that show these bytes, first or second, and what says that there are such."""
    for key in objects.under(f"overlays/{sha256}"):
        _, claim, reference, version = key.split("/", 3)
        if claim != reference:
            yield f"beside/{reference}/{claim}/{version}"
        yield key
    for key in objects.under(f"beside/{sha256}"):
        _, reference, claim, version = key.split("/", 3)
        yield f"overlays/{claim}/{reference}/{version}"
        yield key
