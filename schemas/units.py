"""Units, and bounds of the work, that several rooms share, each once. What counts as one image, the policy says."""

MINUTE_MS = 60_000
"""A minute in milliseconds."""
HOUR_MS = 3_600_000
"""An hour in milliseconds."""
DAY_MS = 86_400_000
"""A day in milliseconds."""
FINGERPRINT_BITS = 256
"""The bits of a fingerprint, which distances are counted in."""
NEAR_BITS = 31
"""Two photos up to so many bits apart are near: the index of earlier photos misses none of them."""
FAR_BITS = 60
"""Two photos up to so many bits apart are candidates for the same picture: further ones nobody looks at."""
BOX = "x,y,width,height in px"
"""The unit of a text that holds boxes of a picture, as rules, records and the store have them."""
