"""What a photo's file says about its own origin: bytes in, findings out. No pixel is decoded, nothing is fetched.

``walking`` finds blocks of metadata in a container; ``xmp``, ``tiff`` and ``text`` read them; ``gb45438``,
``credentials``, ``source_type``, ``generators`` and ``camera`` say what they mean; ``report`` puts it together.
"""
