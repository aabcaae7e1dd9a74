"""REST, `/api/v1`: each route reads the request, calls one thing, and shapes the answer."""

from fastapi import APIRouter

from app.api import (
    admin,
    catalogue,
    datasets,
    examining,
    exchange,
    groups,
    history,
    looking,
    maps,
    runs,
    shares,
    time,
    weight_files,
)

router = APIRouter(prefix="/api/v1")
steering, looking_on = (runs, weight_files, time, groups), (history, looking, examining, maps)
for module in (datasets, catalogue, *steering, *looking_on, exchange, shares, admin):
    router.include_router(module.router)
