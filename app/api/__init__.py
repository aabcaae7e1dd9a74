"""REST, `/api/v1`: each route reads the request, calls one thing, and shapes the answer."""

from fastapi import APIRouter

from app.api import catalogue, examining, exchange, groups, looking, runs, time

router = APIRouter(prefix="/api/v1")
for module in (catalogue, runs, time, groups, looking, examining, exchange):
    router.include_router(module.router)
