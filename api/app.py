"""The server: `create_app` puts the routes, the errors and the knowledge base together.

    app = create_app(Settings(index=Path("index")))
    uvicorn.run(app, host="127.0.0.1", port=8000)

The server starts without an index, says so at `/readyz`, and takes the index up once there is
one; a newer generation is taken up between two requests.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from api import health, pages, problems, v1
from api.live import LiveKnowledgeBase
from api.middleware import BodyLimit, HeadAsGet, LastResort, LocalHosts, RequestIds, SafeHeaders
from api.openapi import describe
from api.results import Results
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings


def create_app(
    settings: Settings | None = None,
    knowledge_base: KnowledgeBase | None = None,
    *,
    hosts: Collection[str] = (),
) -> FastAPI:
    """Return the application.

    Args:
        settings: where the index is and which model it needs; by default from the environment.
        knowledge_base: one that is open already, instead of the one that `settings` name.
        hosts: names besides localhost that a server on loopback is asked for by, as by a proxy
            in front of it.
    """
    settings = settings or Settings.from_environment()
    live = LiveKnowledgeBase(settings, knowledge_base)
    app = FastAPI(
        title="Policy KB",
        version=version("policy-kb"),
        summary="Semantic search over policy and labour-law texts that cites the clause.",
        lifespan=_lifespan,
        # FastAPI's pages for trying the API load scripts from another host.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(RequestIds),
            Middleware(SafeHeaders),
            Middleware(LastResort),
            Middleware(LocalHosts, hosts=hosts),
            Middleware(BodyLimit),
            Middleware(HeadAsGet),
            # level 4: ten hits are 7 % larger than with 9, for two fifths of the time
            Middleware(GZipMiddleware, minimum_size=2048, compresslevel=4),
        ],
    )
    app.state.live = live
    app.state.results = Results()
    app.openapi = describe(app)  # type: ignore[method-assign]  # as FastAPI's manual has it
    problems.install(app)
    app.include_router(health.router)
    app.include_router(v1.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(app.state.live.start)
    yield
