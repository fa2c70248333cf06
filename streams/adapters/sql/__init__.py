"""The database: the only authority for state. SQLAlchemy Core on SQLite and PostgreSQL."""
