"""Everything about a server that its owner may choose, read from the environment: PLAYGROUND_PORT, PLAYGROUND_WORKERS …

The limits are safe for a server that is open to strangers. Whoever goes past one gets an error that names it.
"""

import os
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PLAYGROUND_"


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
    root_path: str = Field("", description="Path under which a proxy shows the server, e.g. /playground.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Other sites whose pages may open streams and use the API, separated by commas, "
        "e.g. https://school.example. The server's own pages always may.",
    )

    # What it keeps
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("neuron-playground", appauthor=False),
        description="Folder for the database and the checkpoints; made when missing.",
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL of the database; left empty, an SQLite file in the data folder."
    )
    checkpoint_seconds: float = Field(
        2.0, gt=0, le=60, description="A running run is saved this often: what a crash can cost, in seconds."
    )

    # How it works
    workers: int = Field(
        default_factory=usable_cores, ge=1, le=256, description="Worker processes that train; one for each core."
    )
    frames_per_second: float = Field(30, ge=1, le=120, description="At most so many pictures a second to each watcher.")

    # What a visitor may ask for
    max_parameters: int = Field(1_000_000, ge=1, description="Weights and biases of one network.")
    max_samples: int = Field(100_000, ge=2, description="Samples of one data set.")
    max_dataset_bytes: int = Field(64 * 2**20, ge=1024, description="Bytes of one data set, held or uploaded.")
    max_request_bytes: int = Field(2**20, ge=1024, description="Bytes of one request's body, uploads aside.")
    max_epochs: int = Field(100_000, ge=1, description="Epochs of one run, counted from its start or reset.")
    max_runs_per_key: int = Field(100, ge=1, description="Runs kept for one owner's key.")
    max_running_per_key: int = Field(8, ge=1, description="Runs of one owner that train at the same time.")
    max_running: int = Field(400, ge=1, description="Runs of the whole server that train at the same time.")
    max_group_runs: int = Field(
        24, ge=1, le=100, description="Runs of one group; while it trains, a group counts as one of its owner's runs."
    )
    max_timeline_moments: int = Field(256, ge=2, description="Moments kept of one run, to go back to.")
    max_timeline_bytes: int = Field(8 * 2**20, ge=1024, description="Bytes of the moments kept of one run.")
    max_explained: int = Field(100_000, ge=1000, description="Numbers in one explanation of an example.")
    max_surface_work: float = Field(3e9, ge=1e6, description="Multiply-adds for one picture of the loss's surface.")
    idle_seconds: float = Field(
        3600, gt=0, description="A run that nobody watches or asks about for so long is paused, in seconds."
    )

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def split(cls, value: Any) -> Any:
        """'https://a.example, https://b.example' → both, without a slash at the end."""
        if isinstance(value, str):
            value = value.split(",")
        return tuple(origin.strip().rstrip("/") for origin in value if origin.strip())

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
    def database(self) -> str:
        """The SQLAlchemy URL to use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'playground.db'}"
