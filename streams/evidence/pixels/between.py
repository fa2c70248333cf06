"""How far a value lies between two limits: what speaks for something begins at one and speaks fully at the other."""


def between(value: float, ends: tuple[float, float]) -> float:
    """Return how far a value lies from one end to the other, 0 to 1; ``ends`` that fall have the greater one first."""
    first, last = ends
    return min(1.0, max(0.0, (value - first) / (last - first)))
