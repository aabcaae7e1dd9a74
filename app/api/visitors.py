"""How much one visitor may ask for: requests and new things in a while, streams at once, counted by address.

A class in a computer room shares one address, so the defaults let forty people through; they hold off a program that
runs wild. Addresses are kept in memory only, and for no longer than a limit's period.
"""

import ipaddress
import json
import math
import time
from collections import Counter
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.headers import route_path
from app.api.problems import mistake, problem

FREE = ("/static/", "/healthz", "/readyz", "/metrics")  # cheap, or asked for by those who keep the server alive
MAKING = ("/runs", "/groups", "/shares", "/fork", "/uploads")  # how paths end to which something new is posted
TRY_AGAIN_LATER = 1013  # RFC 6455


@dataclass(frozen=True)
class Refusal:
    """Which limit was met, in words, and the seconds until it is worth trying again."""

    message: str
    wait: int


class Limiter:
    """The counters of one server. A rule is text like "1200/minute; 20000/day"; an empty one means no limit."""

    def __init__(self, requests: str, creations: str, streams: int) -> None:
        self.requests, self.creations, self.streams = parse(requests), parse(creations), streams
        self.open: Counter[str] = Counter()  # streams by address
        self.refused: Counter[str] = Counter()  # by what was too much
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def request(self, address: str, creates: bool) -> Refusal | None:
        """Count one request; what it is refused for, if it is."""
        if creates and (refusal := await self.hit("things made", "PLAYGROUND_RATE_CREATIONS", self.creations, address)):
            return refusal
        return await self.hit("requests", "PLAYGROUND_RATE_REQUESTS", self.requests, address)

    async def hit(self, what: str, setting: str, rules: list[RateLimitItem], address: str) -> Refusal | None:
        for rule in rules:
            if not await self._strategy.hit(rule, what, address):
                self.refused[what] += 1
                until = (await self._strategy.get_window_stats(rule, what, address)).reset_time
                period = rule.get_expiry()
                message = f"This server allows {rule.amount:,} {what} in {spoken(period)} from one address ({setting})."
                return Refusal(message, max(1, math.ceil(min(until - time.time(), period))))
        return None


def parse(rules: str) -> list[RateLimitItem]:
    return parse_many(rules) if rules else []


def spoken(seconds: int) -> str:
    known = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}
    return known.get(seconds, f"{seconds:,} seconds")


def address_of(scope: Scope) -> str:
    """Who asks. Of an IPv6 address the first half: the rest is the visitor's own to choose."""
    host = (scope.get("client") or ("unknown",))[0]
    try:
        found = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Visitors:
    """Refuses what is too much, before anything is done for it, with the limit's name and when to come again."""

    def __init__(self, app: ASGIApp, limiter: Limiter) -> None:
        self.app, self.limiter = app, limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = route_path(scope) if scope["type"] in ("http", "websocket") else "/static/"
        if path.startswith(FREE):
            await self.app(scope, receive, send)
            return
        address, limiter = address_of(scope), self.limiter
        creates = scope["type"] == "http" and scope["method"] == "POST" and path.rstrip("/").endswith(MAKING)
        refusal = await limiter.request(address, creates)
        streams = scope["type"] == "websocket" or path.endswith("/events")
        if streams and not refusal and limiter.open[address] >= limiter.streams:
            limiter.refused["streams"] += 1
            setting = "PLAYGROUND_MAX_STREAMS_PER_ADDRESS"
            said = f"This server allows {limiter.streams:,} open streams to one address ({setting})."
            refusal = Refusal(said, 10)
        if refusal:
            await _refuse(refusal, scope, receive, send)
            return
        if not streams:
            await self.app(scope, receive, send)
            return
        limiter.open[address] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            limiter.open[address] -= 1
            if not limiter.open[address]:
                del limiter.open[address]


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    fix = f"Try again in {refusal.wait} s."
    if scope["type"] == "http":
        said = [mistake("", refusal.message, fix)]
        await problem(429, "too-many", said, {"Retry-After": f"{refusal.wait}"})(scope, receive, send)
        return
    await receive()  # websocket.connect; accepted, so that a page can read why
    await send({"type": "websocket.accept"})
    told = {"type": "error", "message": refusal.message, "where": "", "fix": fix}
    await send({"type": "websocket.send", "text": json.dumps(told)})
    await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": refusal.message[:100]})
