"""How people like the pages, in the database."""

import msgspec
from sqlalchemy import Engine, select

from streams.access.preferences import Preferences
from streams.adapters.sql.bulk_insert import insert_on_conflict
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import preferences

_COLUMNS = [preferences.c[name] for name in Preferences.__struct_fields__]


class SqlPreferences:
    """Fulfils :class:`streams.access.preferences.PreferenceRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, name: str) -> Preferences:
        """Return what the account's person chose."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(preferences.c.name == name)).mappings().first()
        return (
            Preferences() if row is None else Preferences(**{name: row[name] for name in Preferences.__struct_fields__})
        )

    def keep(self, name: str, chosen: Preferences) -> None:
        """Store what is chosen; what is None stays as it was."""
        given = {field: value for field, value in msgspec.structs.asdict(chosen).items() if value is not None}
        if not given:
            return
        added = insert_on_conflict(self._engine, preferences).values({"name": name} | given)
        with writing(self._engine) as connection:
            connection.execute(added.on_conflict_do_update(index_elements=["name"], set_=given))
