"""What a photo's file says about its own origin: bytes in, findings out. No pixel is decoded, nothing is fetched.

``containers`` finds blocks of metadata in a file; ``xmp``, ``tiff``, ``iptc`` and ``text`` read them; ``gb45438``,
``credentials``, ``source_type`` and ``generators`` say what they mean; ``facts`` gathers it,
``report`` puts it together.
"""
