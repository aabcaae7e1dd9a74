"""What the service itself refuses, as the engine's errors with an HTTP status.

PlaygroundError (engine)          422 unless it says otherwise
├── NotFound                      404 there is no such thing, or not for you
├── KeyMissing, WrongKey          401, 403 steering needs the owner's key
├── Conflict                      409 not in this state
├── Stale                         412 it has changed since it was read
├── TooLarge                      413 the body is larger than the server takes
├── TooMany                       429 the owner has used up a quota
└── Overloaded                    503 the server cannot do it now
"""

from engine.errors import LimitError, PlaygroundError

TITLES = {
    400: "Not readable",
    401: "Key missing",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Not in this state",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not JSON",
    422: "Not valid",
    429: "Too many",
    500: "Our mistake",
    503: "Not now",
}


class NotFound(PlaygroundError):
    """There is no such thing."""

    status = 404


class KeyMissing(PlaygroundError):
    """Only the owner may, and no key was sent."""

    status = 401


class WrongKey(PlaygroundError):
    """Only the owner may, and this key is another's."""

    status = 403


class Conflict(PlaygroundError):
    """The thing asked for does not go with the state the run is in."""

    status = 409


class Stale(PlaygroundError):
    """What was to be changed is not any more what the client had read."""

    status = 412


class TooLarge(LimitError):
    """The body is larger than the server takes."""

    status = 413


class TooMany(LimitError):
    """A quota of this owner's is used up."""

    status = 429


class Overloaded(PlaygroundError):
    """The server cannot do it at the moment."""

    status = 503


def status_of(error: PlaygroundError) -> int:
    """The HTTP status that an error is answered with."""
    return getattr(error, "status", 422)
