"""Kafka clients: topics, dead letters, the replica of earlier photos, the embedded broker."""
