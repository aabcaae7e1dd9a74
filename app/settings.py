"""Everything about a server that its owner may choose, read from the environment: PLAYGROUND_PORT, PLAYGROUND_WORKERS …

The limits are safe for a server that is open to strangers. Whoever goes past one gets an error that names it.
"""

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from limits import parse_many
from platformdirs import user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PLAYGROUND_"
SOURCE = re.compile(r"https?://(\*\.)?[A-Za-z0-9.\[\]:-]*[A-Za-z0-9\]](:\*)?")  # a site in a Content-Security-Policy


def usable_cores() -> int:
    """The cores this process may use, which in a container can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Settings(BaseSettings):
    """A server's settings; frozen, made once in `app.cli` (or by a test) and handed to `create_app`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, validate_default=True, extra="forbid")

    # Where it listens
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 lets other machines in.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    root_path: str = Field("", description="Path under which a proxy shows the server, e.g. /play.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Other sites whose pages may open streams and use the API, separated by commas, "
        "e.g. https://school.example. The server's own pages always may.",
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        ("'self'",),
        description="Sites that may show the pages under /embed in a frame, separated by commas, "
        "e.g. https://moodle.school.example, https://*.school.example; * for all sites, 'none' for none.",
    )

    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of proxies in front of the server, separated by commas, e.g. 127.0.0.1, "
        "10.0.0.0/8: what they say about the visitor's address and https (X-Forwarded-For, -Proto) is believed.",
    )

    # What it keeps
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("neuron-playground", appauthor=False),
        description="Folder for the database and the checkpoints; made when missing.",
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL of the database; left empty, an SQLite file in the data folder."
    )
    data_mirrors: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Servers that `playground data fetch` asks first, separated by commas, e.g. "
        "https://school.example/data: the files are looked for below, in mnist/ and fashion-mnist/.",
    )
    checkpoint_seconds: float = Field(
        2.0, gt=0, le=60, description="A running run is saved this often: what a crash can cost, in seconds."
    )

    # How it works
    workers: int = Field(
        default_factory=usable_cores, ge=1, le=256, description="Worker processes that train; one for each core."
    )
    runner: Literal["pool", "inprocess"] = Field(
        "pool",
        description="Where runs are computed: `pool` in worker processes, `inprocess` in a thread of the server, "
        "for machines too small for several processes.",
    )
    stuck_seconds: float = Field(
        60,
        ge=0.5,
        description="A worker process that gives no sign of life for so long is taken for stuck and replaced, "
        "in seconds. One update, or judging all data after an epoch, must not take as long.",
    )
    frames_per_second: float = Field(30, ge=1, le=120, description="At most so many pictures a second to each watcher.")

    admin_token: SecretStr = Field(
        SecretStr(""),
        description="Opens /admin (any name, this as the password) and /api/v1/admin, and /metrics asks for it too; "
        "16 characters or more. Left empty there is no such page.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="What the log tells; `info` has a line for every request: debug, info, warning or error."
    )
    log_json: bool = Field(False, description="Write the log as JSON, one object a line, instead of for people.")

    # What a visitor may ask for
    rate_requests: str = Field(
        "18000/minute",
        description="Requests from one address, static files aside; a computer room is one address. Several rules with "
        "semicolons; empty for no limit.",
    )
    rate_creations: str = Field(
        "1200/minute; 20000/day", description="Runs, groups, forks, shares and uploads made from one address, likewise."
    )
    max_streams_per_address: int = Field(2000, ge=1, description="Streams open at the same time to one address.")
    max_parameters: int = Field(1_000_000, ge=1, description="Weights and biases of one network.")
    max_samples: int = Field(100_000, ge=2, description="Samples of one data set.")
    max_dataset_bytes: int = Field(64 * 2**20, ge=1024, description="Bytes of one data set, held or uploaded.")
    max_columns: int = Field(200, ge=1, description="Columns of an uploaded table, one for each category.")
    max_uploads_per_key: int = Field(20, ge=1, description="Uploaded data sets kept for one owner's key.")
    max_request_bytes: int = Field(2**20, ge=1024, description="Bytes of one request's body, files aside.")
    max_model_bytes: int = Field(
        16 * 2**20, ge=1024, description="Bytes of a file of weights or a model that is brought in, unpacked too."
    )
    max_epochs: int = Field(100_000, ge=1, description="Epochs of one run, counted from its start or reset.")
    max_runs_per_key: int = Field(100, ge=1, description="Runs kept for one owner's key.")
    max_running_per_key: int = Field(8, ge=1, description="Runs of one owner that train at the same time.")
    max_running: int = Field(400, ge=1, description="Runs of the whole server that train at the same time.")
    max_group_runs: int = Field(
        24, ge=1, le=100, description="Runs of one group; while it trains, a group counts as one of its owner's runs."
    )
    max_timeline_moments: int = Field(256, ge=2, description="Moments kept of one run, to go back to.")
    max_timeline_bytes: int = Field(8 * 2**20, ge=1024, description="Bytes of the moments kept of one run.")
    max_shares_per_key: int = Field(200, ge=1, description="Links to shared runs kept for one owner's key.")
    max_share_bytes: int = Field(
        16 * 2**20, ge=1024, description="Bytes of one shared run: its weights, and what its optimizer remembers."
    )
    max_explained: int = Field(100_000, ge=1000, description="Numbers in one explanation of an example.")
    max_surface_work: float = Field(3e9, ge=1e6, description="Multiply-adds for one picture of the loss's surface.")
    idle_seconds: float = Field(
        3600, gt=0, description="A run that nobody watches or asks about for so long is paused, in seconds."
    )

    @field_validator("allowed_origins", "frame_ancestors", "trusted_proxies", "data_mirrors", mode="before")
    @classmethod
    def split(cls, value: Any) -> Any:
        """'https://a.example, https://b.example' → both, without a slash at the end."""
        if isinstance(value, str):
            value = value.split(",")
        return tuple(origin.strip().rstrip("/") for origin in value if origin.strip())

    @field_validator("frame_ancestors")
    @classmethod
    def sources(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """What a Content-Security-Policy can hold; the server itself may always show its pages, unless nobody may."""
        words = tuple(f"'{word}'" if word in ("self", "none") else word for word in value) or ("'none'",)
        for word in words:
            if word not in ("'self'", "'none'", "*") and not SOURCE.fullmatch(word):
                raise ValueError(f"{word} is no site: write it like https://school.example, or *")
        if "'none'" in words:
            return ("'none'",)
        return ("*",) if "*" in words else tuple(dict.fromkeys(("'self'", *words)))

    @field_validator("trusted_proxies")
    @classmethod
    def networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network, strict=False)
        return value

    @field_validator("rate_requests", "rate_creations")
    @classmethod
    def rules(cls, value: str) -> str:
        try:
            return value if not value.strip() or parse_many(value) else ""
        except ValueError:
            raise ValueError("expected rules like 1200/minute; 20000/day, or nothing for no limit") from None

    @field_validator("admin_token")
    @classmethod
    def long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 16:
            raise ValueError("expected 16 characters or more that nobody guesses")
        return value

    @field_validator("root_path")
    @classmethod
    def one_slash(cls, value: str) -> str:
        value = value.strip("/")
        return f"/{value}" if value else ""

    @field_validator("data_dir")
    @classmethod
    def absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def datasets(self) -> Path:
        """The folder of data sets that are read from files, uploads among them."""
        return self.data_dir / "datasets"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL to use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'playground.db'}"
