"""`kb serve`: the web page and the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.common import Index, app, err, settings_of


@app.command("serve")
def serve_command(
    index: Index = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on. The default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8000,
) -> None:
    """Serve the web page and the HTTP API."""
    import uvicorn  # noqa: PLC0415

    from api.app import create_app  # noqa: PLC0415

    err.print(f"Policy KB at http://{host}:{port}/ (stop with Ctrl-C)")
    uvicorn.run(create_app(settings_of(index)), host=host, port=port, log_level="warning")
