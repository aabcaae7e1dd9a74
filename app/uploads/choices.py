"""How a file is to be read: what its owner chose, None where it is left to us; and how much one file may hold."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Choices:
    """See `app.api.upload_views.Choices` for what each means to its owner."""

    name: str | None = None
    # tables
    header: bool | None = None
    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    target: str | None = None
    task: str | None = None  # classification | regression
    missing: str | None = None  # drop | fill
    columns: dict[str, str] = field(default_factory=dict)  # name → number | category | out
    # pictures
    size: int | None = None
    colour: bool | None = None


@dataclass(frozen=True)
class Limits:
    """How much one data set may be; each is a setting of the server with this name."""

    max_dataset_bytes: int = 64 * 2**20
    max_samples: int = 100_000
    max_columns: int = 200
