"""REST, `/api/v1`: each route reads the request, calls one thing, and shapes the answer."""

from fastapi import APIRouter

from app.api import catalogue, examining, exchange, looking, runs, time

router = APIRouter(prefix="/api/v1")
for module in (catalogue, runs, time, looking, examining, exchange):
    router.include_router(module.router)
