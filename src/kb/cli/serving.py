"""`kb serve`: the web page and the HTTP API."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.common import UNCOLLECTED, Index, app, err, settings_of

if TYPE_CHECKING:
    from fastapi import FastAPI


@app.command("serve")
def serve_command(
    index: Index = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on. The default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that answer requests.")
    ] = 1,
) -> None:
    """Serve the web page and the HTTP API."""
    import uvicorn  # noqa: PLC0415

    settings = settings_of(index)
    err.print(f"Policy KB at http://{host}:{port}/ (stop with Ctrl-C)")
    if workers == 1:
        from api.app import create_app  # noqa: PLC0415

        uvicorn.run(create_app(settings), host=host, port=port, log_level="warning")
        return
    os.environ["KB_INDEX"] = str(settings.index)  # each process makes its own application
    uvicorn.run(
        f"{__name__}:{one_of_several.__name__}",
        factory=True,
        workers=workers,
        host=host,
        port=port,
        log_level="warning",
    )


def one_of_several() -> FastAPI:
    """Return the application of one process of several; it has not begun with `kb.cli.main`."""
    gc.set_threshold(UNCOLLECTED)
    from api.app import create_app  # noqa: PLC0415

    return create_app()
