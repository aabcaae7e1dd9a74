"""Ids and keys: an id lets anyone watch, a key lets its owner steer. Only the key's hash is kept."""

import hashlib
import hmac
import secrets

SHORTEST = 20
LONGEST = 200


def new_id() -> str:
    """22 characters that nobody guesses."""
    return secrets.token_urlsafe(16)


def new_key() -> str:
    return secrets.token_urlsafe(24)


def digest(key: str) -> str:
    """What is stored of a key. Keys are long and random, so one round of SHA-256 is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def matches(key: str, key_hash: str) -> bool:
    return hmac.compare_digest(digest(key), key_hash)


def new_seed() -> int:
    """A seed for a new start; short enough to be read out and exact in JavaScript."""
    return secrets.randbelow(10**6)
