"""Weights of a file put into a run that is there."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from app.api.body import StrictRoute
from app.api.problems import answers
from app.api.run_views import RunView
from app.deps import OwnedRunDep, RunsDep, SettingsDep
from app.exchange.weights_in import Order, read_weights
from app.runs.view import view
from app.settings import Settings
from engine.errors import LimitError
from engine.experiment import Experiment

router = APIRouter(route_class=StrictRoute)


class WeightsPut(RunView):
    """The run with its new weights."""

    notes: list[str] = Field(examples=[["1 arrays are of no layer here and were left out: head.bias."]])
    """What was left out, or is worth knowing."""


@router.put("/runs/{run}/weights", tags=["steering"], responses=answers(400, 401, 403, 404, 413, 422, 503))
async def put_weights(
    run: OwnedRunDep,
    runs: RunsDep,
    settings: SettingsDep,
    file: Annotated[
        UploadFile,
        File(
            description="A safetensors file, an NPZ file, or an ONNX model exported here. Names are ours "
            "(hidden1.kernel), those of Keras (hidden1/kernel) or of a PyTorch state dict (hidden1.weight)."
        ),
    ],
    order: Annotated[
        Order | None,
        Form(
            description="With PyTorch's names: in which order a Dense layer reads the values of an image. "
            "channels_last, as programs exported here do; channels_first, as programs of your own with nn.Flatten do. "
            "Left out, the latter where the file calls its layers otherwise than the run.",
            examples=["channels_first"],
        ),
    ] = None,
) -> WeightsPut:
    """Replace all weights of a run by those of a file, running statistics included; all of them, or none.

    Arrays are found by their names. Where no layer of the file is called as one here, and in an ONNX model, layers are
    taken in their order, and a note says which for which. The run goes on from there, the optimizer without what it
    remembered; an edit like others: the history gets a row where the run is not training.
    """
    most = settings.max_model_bytes
    data = await file.read(most + 1)
    spec = run.record.spec
    packed, notes = await run_in_threadpool(_read, data, spec, settings, order)
    await runs.load_weights(run, packed)
    return WeightsPut(**view(run.record), notes=notes)


def _read(data: bytes, spec: dict[str, Any], settings: Settings, order: Order | None) -> tuple[bytes, list[str]]:
    most = settings.max_model_bytes
    if len(data) > most:
        message = f"The file is larger than {most:,} bytes (max_model_bytes)."
        raise LimitError(message, where="file", fix="Give a smaller file.")
    network = Experiment.from_json(spec).network
    limits = {"most": most, "max_parameters": settings.max_parameters}
    parameters, notes = read_weights(data, network, **limits, order=order)
    return parameters.packed().astype("<f4", copy=False).tobytes(), notes
