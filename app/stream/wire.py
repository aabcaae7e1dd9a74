"""The stream's frames are those of `app.wire`."""

from app.wire import VERSION, decode, encode

__all__ = ["VERSION", "decode", "encode"]
