"""Two questions of whoever runs the server: does the process live, and can it answer?"""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api import wire
from api.live import Live
from api.openapi import problems

router = APIRouter(tags=["health"])


@router.get(
    "/healthz",
    summary="Whether the process lives",
    operation_id="healthz",
    response_model=wire.Alive,
    responses=problems(),
)
async def healthz() -> JSONResponse:
    """Answer; restart the process when this does not."""
    return JSONResponse({"status": "alive"})


@router.get(
    "/readyz",
    summary="Whether the server can answer",
    operation_id="readyz",
    response_model=wire.Ready,
    responses=problems(503),
)
def readyz(live: Live) -> JSONResponse:
    """Name the generation in use when the index is open and the model loaded, else say why not."""
    return JSONResponse({"status": "ready", "generation": live.ready().generation})
