"""Adapters: broker, database, stores, photo processes and the worker's port, each behind a port of its own."""
