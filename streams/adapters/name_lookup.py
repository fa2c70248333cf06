"""The addresses behind a host's name, waited for in bounded time: the system's own look-up has no limit."""

import socket
import threading
from concurrent.futures import Future

AT_ONCE = 32
"""Look-ups that wait at a time: one that hangs keeps its thread until the system gives it up."""

_room = threading.BoundedSemaphore(AT_ONCE)


def addresses(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses behind a name, in figures, those to try first coming first.

    ``socket.gaierror`` where there are none, or where nobody said so within ``seconds``; ``UnicodeError`` where this
    cannot be a name.
    """
    room = _room
    if not room.acquire(timeout=seconds):
        raise _late(host)
    found: Future[list[str]] = Future()
    threading.Thread(target=_look_up, args=(host, port, found, room), name="name look-up", daemon=True).start()
    try:
        return found.result(seconds)
    except TimeoutError:
        raise _late(host) from None


def _look_up(host: str, port: int, found: Future[list[str]], room: threading.BoundedSemaphore) -> None:
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found.set_result([str(info[4][0]) for info in infos])
    except Exception as exc:  # noqa: BLE001 - whoever waits gets it
        found.set_exception(exc)
    finally:
        room.release()


def _late(host: str) -> socket.gaierror:
    return socket.gaierror(socket.EAI_AGAIN, f"nobody said in time what {host} is")
