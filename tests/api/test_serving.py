"""What `uvicorn` runs the application with."""

from __future__ import annotations

import asyncio
import socket

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


async def _accepted_without_delay(listening: socket.socket) -> int:
    """Return TCP_NODELAY of a connection that a server on this socket has accepted."""
    said: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        said.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    server = await asyncio.start_server(accepted, sock=listening)
    async with server:
        _, writer = await asyncio.open_connection(*listening.getsockname())
        nodelay = await asyncio.wait_for(said, 30)
        writer.close()
        await writer.wait_closed()
    return nodelay


@pytest.mark.skipif("sys.platform == 'win32'", reason="uvloop does not run there")
def test_several_processes_send_the_end_of_an_answer_without_waiting():
    """On the socket that uvicorn gives several processes, asyncio's own loop holds it back.

    The body of an answer then waits until the client has acknowledged its head: 40 ms.
    """
    config = uvicorn.Config("api.app:create_app", port=0, workers=2, log_config=None)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        listening = config.bind_socket()
        assert runner.run(_accepted_without_delay(listening)) != 0


def test_requests_are_read_by_the_quicker_parser():
    config = uvicorn.Config("api.app:create_app", log_config=None)
    config.load()
    assert config.http_protocol_class is HttpToolsProtocol
