"""Whether the console could keep what a party sends, asked now and then: no upload is to be the first to find out."""

from streams.adapters.own_folder import write_something
from streams.adapters.storage.store_check import StoreCheck
from streams.errors import StoreUnavailable
from streams.settings import Settings


class UploadsCheck:
    """The store of uploads, and the folder in which a video is put together before."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is contacted yet."""
        self._store = StoreCheck(settings)
        self._folder = settings.data_dir
        self._away: list[str] = []

    def ask(self) -> None:
        """Find out; blocks for as long as the store takes to answer, some seconds at most."""
        away = []
        try:
            self._store.evidence()
        except StoreUnavailable as exc:
            away.append(f"uploads: {exc}")
        try:
            write_something(self._folder)
        except OSError as exc:
            away.append(f"uploads: {self._folder} cannot be written ({exc.strerror}): check SENTINEL_DATA_DIR")
        self._away = away

    def away(self) -> list[str]:
        """Return why no upload could be kept when it was asked last; empty: it could, or was not asked yet."""
        return self._away
