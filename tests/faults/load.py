"""The load: small photos, requests of many buyers, and a message every now and then that nobody can read."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from schemas.digest import request_digest
from schemas.records import RefundRequested
from tests.builders import a_claim_medium, a_reference, a_request
from tests.photos import a_picture, jpeg, stained

SIZE = (366, 275)
"""About a tenth of a megapixel."""
LISTED = 12
"""Photos of the merchants' goods."""
FORGED = 24
"""Claim photos made of those, each used by many requests."""
POISON_EVERY = 500

Key = tuple[str, str]
"""What identifies a content: the request's id, and its digest."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to send; ``request`` is None for those that nobody can read."""

    key: bytes
    value: bytes | None
    request: Key | None


@dataclass(frozen=True)
class Load:
    """Messages in the order of sending."""

    messages: Sequence[Message]
    by_value: dict[bytes | None, Message] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_value.update({message.value: message for message in self.messages})

    def __len__(self) -> int:
        return len(self.messages)


@dataclass(frozen=True, slots=True)
class Photos:
    """Addresses in the media store, drawn by :func:`draw_photos`."""

    listed: Sequence[str]
    forged: Sequence[str]
    honest: Sequence[str]


def draw_photos(folder: Path, honest: int, seed: int = 1) -> Photos:
    """Return the photos of a run, written to ``folder``: merchants' goods, forgeries of them, and honest photos.

    Each honest photo is for one request, so that it was never used before.
    """
    goods = [a_picture(seed + number, *SIZE) for number in range(LISTED)]
    forged = [stained(goods[number % LISTED], 0.03 + 0.02 * (number // LISTED)) for number in range(FORGED)]
    return Photos(
        listed=[write(folder, f"goods/{n}.jpg", jpeg(picture)) for n, picture in enumerate(goods)],
        forged=[write(folder, f"claims/f{n}.jpg", jpeg(picture)) for n, picture in enumerate(forged)],
        honest=[write(folder, f"claims/h{n}.jpg", jpeg(a_picture(seed + 1_000 + n, *SIZE))) for n in range(honest)],
    )


def write(folder: Path, address: str, photo: bytes) -> str:
    """Return the address of a photo, after writing it to the media folder."""
    path = folder / address
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(photo)
    return address


def make_load(
    photos: Photos, requests: int, seed: int, *, poison_every: int = POISON_EVERY, buyers: int | None = None
) -> Load:
    """Return about ``requests`` requests, in order, with resends, changed contents and poison among them.

    Buyers (a quarter as many as requests, unless told) are drawn by a law like Zipf's: a few ask often, most ask
    seldom, all under their own key.
    """
    chance = random.Random(seed)  # noqa: S311 - a load to repeat, no secret
    honest = iter(photos.honest)
    made: list[Message] = []
    sent: list[RefundRequested] = []
    for number, buyer in enumerate(_buyers(chance, buyers or max(20, requests // 4), requests)):
        if number % poison_every == poison_every // 2:
            made.append(poison(number // poison_every, buyer))
        request = _request(number, buyer, photos, next(honest, None) if chance.random() < 0.1 else None, chance)
        sent.append(request)
        made.append(message(request))
        again = chance.random()
        if again < 0.02:
            made.append(message(chance.choice(sent[-200:])))
        elif again < 0.03:
            changed = chance.choice(sent[-200:])
            made.append(message(msgspec.structs.replace(changed, amount_minor=changed.amount_minor + 1)))
    return Load(made)


def message(request: RefundRequested) -> Message:
    """Return a request as its platform sends it."""
    identity = (request.request_id, request_digest(request))
    return Message(request.buyer_id.encode(), msgspec.json.encode(request), identity)


def poison(number: int, buyer: str) -> Message:
    """Return a message that breaks the contract, each time in another way, under the key of a real buyer."""
    request = msgspec.to_builtins(a_request(f"bad-{number}", buyer_id=buyer))
    doubled = [msgspec.to_builtins(a_claim_medium("c1"))] * 2
    kinds: list[bytes | None] = [
        f"{number} is not JSON {{".encode(),
        None,
        msgspec.json.encode(request | {"reason": {"code": "DAMAGED", "text": "NUL \0"}}),
        msgspec.json.encode(request | {"note": "x" * 262_144}),
        msgspec.json.encode(request | {"amount_minor": "free"}),
        msgspec.json.encode(request | {"kind": "exchange"}),
        msgspec.json.encode(request | {"claim_media": doubled}),
        b"\xff\xfe" + str(number).encode(),
    ]
    return Message(buyer.encode(), kinds[number % len(kinds)], None)


def _buyers(chance: random.Random, buyers: int, count: int) -> list[str]:
    names = [f"b-{number}" for number in range(buyers)]
    weights = [1 / (rank + 3) for rank in range(buyers)]
    return chance.choices(names, weights, k=count)


def _request(number: int, buyer: str, photos: Photos, honest: str | None, chance: random.Random) -> RefundRequested:
    goods = number % LISTED
    forged = photos.forged[goods + LISTED * chance.randrange(FORGED // LISTED)]
    shown = [] if number % 97 == 0 else [a_claim_medium("c1", uri=honest or forged)]
    return a_request(
        f"rr-{number:06d}",
        order_id=f"o-{number}",
        buyer_id=buyer,
        merchant_id=f"m-{goods}",
        product_id=f"p-{goods}",
        amount_minor=chance.randrange(500, 9_000),
        claim_media=shown,
        reference_media=[a_reference("r1", uri=photos.listed[goods])],
    )
