"""Shared runs as requests ask for them and answers show them, every field explained."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from app.api.run_views import SPEC, Moment
from app.api.views import View
from app.runs.view import iso
from app.schemas import Body, Flag, Real, Text, Whole
from app.store.shares import ShareRecord


class ShareCreate(Body):
    """What to share, and for how long."""

    run: Text = Field(max_length=32, examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])
    """Id of the run. Whoever may watch it may share what is seen."""
    weights: Flag = True
    """True: the run as it stands, trained weights and history included, to be gone on with bit for bit. False: the
    experiment alone, which begins at epoch 0."""
    at: Whole | None = Field(None, ge=0, le=2**53, examples=[120])
    """With weights: the update of an earlier moment; the nearest of the time line counts. Left out: now."""
    title: Annotated[Text, Field(max_length=200)] = Field("", examples=["Spiral with three layers"])
    """What a preview of the link says; left out, the data set and the layers."""
    days: Annotated[Real, Field(gt=0, le=36500)] | None = Field(None, examples=[30])
    """So many days later the link is gone; left out, it stays until it is deleted."""


class ShareView(View):
    """A moment of a run behind a short link."""

    id: str = Field(examples=["mS9m6iJr3Jw0"])
    """What stands in the link."""
    url: str = Field(examples=["https://school.example/s/mS9m6iJr3Jw0"])
    """The link: whoever opens it sees what was shared."""
    embed_url: str = Field(examples=["https://school.example/embed/s/mS9m6iJr3Jw0"])
    """The same to be shown in a frame of another page."""
    card_url: str = Field(examples=["https://school.example/s/mS9m6iJr3Jw0/card.png"])
    """A picture of it, 1200 × 630."""
    title: str
    """What a preview of the link says."""
    trained: bool
    """Whether weights and history are part of it."""
    epoch: int = Field(examples=[240])
    """Times that every training example had been used."""
    update: int = Field(examples=[6000])
    """Times that the weights had been changed."""
    numbers: dict[str, float | None] = Field(examples=[{"train_loss": 0.011, "test_loss": 0.012}])
    """Losses and metrics at that moment; null: not defined."""
    spec: Annotated[dict[str, Any], WithJsonSchema(SPEC)]
    """The experiment."""
    created_at: Moment
    """When it was shared, UTC."""
    expires_at: Moment | None
    """When it will be gone, UTC; null: when it is deleted."""

    @classmethod
    def of(cls, share: ShareRecord, base: str, headline: str) -> "ShareView":
        """base: the server's own address, without a slash at its end."""
        same = ("id", "trained", "epoch", "update", "numbers", "spec")
        return cls(
            **{name: getattr(share, name) for name in same},
            url=f"{base}/s/{share.id}",
            embed_url=f"{base}/embed/s/{share.id}",
            card_url=f"{base}/s/{share.id}/card.png",
            title=headline,
            created_at=iso(share.created_at),
            expires_at=None if share.expires_at is None else iso(share.expires_at),
        )


class ShareCreated(ShareView):
    """A new link, with what its maker needs."""

    key: str = Field(examples=["mbUj5yJpqPp3mJ8a0yYbPpYdO3kS0Zt2"])
    """Who sends it (`Authorization: Bearer …`) may delete the link. It is not shown again."""


class ShareList(View):
    shares: list[ShareView]
    """Newest first; those that have expired are not there any more."""


class ShareOpen(Body):
    name: Annotated[Text, Field(max_length=200)] = ""
    """For your own list of runs."""
