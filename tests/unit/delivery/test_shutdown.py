import errno
import os
from typing import NoReturn

import pytest

from streams.delivery.shutdown import Shutdown
from streams.errors import DatabaseUnavailable, SettingsError, TopicMismatch


class Left(BaseException):
    """The process would be gone, with this status."""


def leave(status: int) -> NoReturn:
    raise Left(status)


def test_a_known_reason_is_written_down_and_an_unknown_one_is_not() -> None:
    written: list[str] = []
    for reason in (DatabaseUnavailable("away"), RuntimeError("a fault of ours")):
        ending = Shutdown(leave)
        ending.before(lambda reason=reason: written.append(type(reason).__name__))  # type: ignore[misc] # bound now
        with pytest.raises(Left, match="70"):
            ending.end(reason)

    assert written == ["DatabaseUnavailable"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.EACCES])
def test_no_message_is_suspected_of_a_disk_that_takes_nothing_more(number: int) -> None:
    written: list[str] = []
    ending = Shutdown(leave)
    ending.before(lambda: written.append("settled"))
    with pytest.raises(Left, match="70"):
        ending.end(OSError(number, os.strerror(number)))

    assert written == ["settled"]


def test_an_error_of_one_files_own_is_no_excuse() -> None:
    ending = Shutdown(leave)
    ending.before(lambda: pytest.fail("a message may be at fault"))
    with pytest.raises(Left, match="70"):
        ending.end(OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG)))


@pytest.mark.parametrize("reason", [TopicMismatch("gone"), SettingsError("wrong")], ids=lambda one: type(one).__name__)
def test_what_only_a_person_can_mend_has_a_status_of_its_own(reason: Exception) -> None:
    with pytest.raises(Left, match=r"^1$"):
        Shutdown(leave).end(reason)


def test_a_disk_that_is_full_does_not_keep_a_worker_half_alive() -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    ending = Shutdown(leave)
    ending.before(full)

    with pytest.raises(Left, match="70"):
        ending.end(DatabaseUnavailable("away"))
    with pytest.raises(Left, match="0"):
        ending.leave(0)
