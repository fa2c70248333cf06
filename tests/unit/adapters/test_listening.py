"""An address that cannot be listened on: the setting that is wrong is named, with what to give instead."""

import asyncio
import errno
import socket
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from streams.adapters import health_server
from streams.adapters.listening import not_to_be_had, written
from streams.console import server
from streams.errors import SettingsError
from streams.settings import Settings

NOBODYS = "192.0.2.7"
"""An address that documentation alone uses."""


def of_worker(host: str, port: int) -> str:
    with pytest.raises(SettingsError) as caught:
        asyncio.run(health_server.serve(CollectorRegistry(), list, list, (host, port)))
    return str(caught.value)


def of_console(host: str, port: int) -> str:
    with pytest.raises(SettingsError) as caught:
        server._listening(Settings(console_host=host, console_port=port))
    return str(caught.value)


@pytest.mark.parametrize("host", [NOBODYS, "nowhere.invalid"])
def test_an_address_that_is_not_of_this_machine_is_the_host_s_fault(host: str) -> None:
    assert of_worker(host, 0).startswith(f"SENTINEL_HTTP_HOST: {host} cannot be listened on")
    assert of_console(host, 0).startswith(f"SENTINEL_CONSOLE_HOST: {host} cannot be listened on")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_is_the_port_s_fault(host: str) -> None:
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as taken:
        port = taken.getsockname()[1]

        said = f"PORT: {written(host, port)} cannot be listened on (.*); choose another or 0"
        for text in (of_worker(host, port), of_console(host, port)):
            assert text.partition("SENTINEL_")[2].partition("_")[2].startswith(said.partition("(")[0])
            assert text.endswith("choose another or 0")


def test_a_port_that_only_root_may_have_says_which_others_may() -> None:
    refused = PermissionError(errno.EACCES, "Permission denied")

    assert str(not_to_be_had(refused, "CONSOLE", "127.0.0.1", 80)).endswith("choose one above 1023, or 0")


def test_the_console_tells_an_address_that_a_browser_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(console_host="::1", console_port=0, data_dir=tmp_path)
    with server._listening(settings) as sock:
        server._tell(settings, sock)
        port = sock.getsockname()[1]

    assert f"http://[::1]:{port}" in capsys.readouterr().out
