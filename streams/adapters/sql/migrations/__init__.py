"""The history of the schema, run by streams/adapters/sql/schema.py inside one transaction."""
