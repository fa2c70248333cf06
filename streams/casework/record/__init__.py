"""Use cases about the record: the sealed trail, its proof, and erasure."""
