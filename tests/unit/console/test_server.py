"""What the console's process does beside answering calls."""

from streams.console.pages import view
from streams.console.server import purge
from streams.errors import DatabaseUnavailable, RefusedByDatabase


async def test_what_cannot_be_deleted_now_holds_up_nothing_else() -> None:
    deleted = list[str]()

    def unavailable(_: int) -> int:
        msg = "the database failed, try again"
        raise DatabaseUnavailable(msg)

    def refused(_: int) -> int:
        msg = "the database can never store this"
        raise RefusedByDatabase(msg)

    def sessions(_: int) -> int:
        deleted.append("sessions")
        return 1

    await purge(unavailable, refused, sessions)

    assert deleted == ["sessions"]


def test_no_visitor_waits_until_a_template_is_compiled() -> None:
    view.prepare()

    kept = view._environment().cache
    assert kept is not None
    assert len(kept) >= len(view._environment().list_templates()) > 0
