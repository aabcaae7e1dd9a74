"""Write docs/exchange.md: what can go out and come in, from the tables that do it.

python -m tests.exchange.docs --write     write it anew; a test fails where it is not what the code says
"""

import sys
from pathlib import Path

import engine.experiment  # noqa: F401  fills the catalogue
from app.api.exchange import Format, Source
from app.exchange.onnx_out import OPSET
from engine.export.keras import FOREVER
from engine.export.program import EMBEDDED, TOLERANCE
from engine.importing import keras_layers, torch_modules
from engine.importing.playground_link import DEAD, KEYS
from engine.importing.source import MAX_CHARACTERS
from engine.importing.torch_parts import ACTIVATIONS
from engine.importing.walk import MAX_STATEMENTS
from engine.spec import CATALOGUE

PAGE = Path(__file__).parents[2] / "docs" / "exchange.md"
NOTE = "<!-- Written by `python -m tests.exchange.docs --write`. Change that file or the code, not this page. -->"
FORMATS = {
    "keras": "a Keras 3 program",
    "torch": "a PyTorch program",
    "numpy": "a program in plain NumPy, every layer a function that can be read",
    "onnx": f"an ONNX model, opset {OPSET}; reads what the network reads, channels last",
    "safetensors": "the weights; `names=ours`, `torch` or `keras`",
    "npz": "the same as NumPy's file",
    "svg": "the network as a drawing: layers, neurons, weights as lines",
    "chart": "the losses as a chart, SVG",
    "spec": "the experiment as JSON, as `POST /runs` takes it",
    "csv": "the losses, one line a row of history",
    "curl": "commands that make the same run on the same server",
    "python": "a script that does, and follows it",
}
SOURCES = {
    "keras": "code with `Sequential` or the functional way",
    "torch": "code with `nn.Sequential` or classes derived from `nn.Module`",
    "keras-json": "what `model.to_json()` writes, in Keras 3 and Keras 2",
    "tf-playground": "a link of TensorFlow Playground, or what is after its `#`",
    "onnx": "a model that was exported here, as base64; its graph must be as it was",
    "spec": "an experiment as JSON, such as `spec` gives",
}


def names(entries: object) -> str:
    return ", ".join(f"`{name}`" for name in sorted(entries, key=str.lower))  # type: ignore[call-overload]


def page() -> str:
    """The page's text."""
    assert set(FORMATS) == set(Format.__args__) and set(SOURCES) == set(Source.__args__)
    out = [f"| `{name}` | {what} |" for name, what in FORMATS.items()]
    into = [f"| `{name}` | {what} |" for name, what in SOURCES.items()]
    return f"""# Work in and out

{NOTE}

## Out: `GET /api/v1/runs/{{id}}/export/{{format}}`

| format | what comes |
|---|---|
{chr(10).join(out)}

A program holds the network, the data and how it is made ready, the seed, the weights, and the losses that the page
showed. Run it, and it computes both losses anew and stops with an error where one differs by more than {TOLERANCE:g}
(of its size, where that is above 1). `train` behind its name goes on training with the settings of the page. Up to
{EMBEDDED:,} numbers stand in the program itself; more are in an `.npz` file beside it, and both come as one zip file.

Losses of classes are computed from the sums before the last activation, as here: probabilities near 0 and 1 have lost
their digits. In a PyTorch program `forward` gives these sums and `predict` the probabilities. PyTorch has the channels
of images first: the exported module turns its input around at the start, and back before it lays values in a row, so
weights keep the order that they have here. Trained on without an end, a Keras program says `epochs={FOREVER}`.

Keras has no convolution with both strides and dilation above 1; such a network goes to PyTorch, ONNX or NumPy. The mean
of windows that reach over one edge alone is taken with the border by Keras's PyTorch backend, and without by its
others. Frozen layers are not told apart in programs.

## In: `POST /api/v1/import/{{source}}` with `{{"text": …}}`

| source | what it is |
|---|---|
{chr(10).join(into)}

The answer has the experiment as far as the source says it, and notes: what was put right, what was left out, each with
its line. What is not known is refused, with its line. Code is parsed and never run; at most {MAX_CHARACTERS:,}
characters and {MAX_STATEMENTS:,} steps of it are followed.

**Keras.** {names(keras_layers.LAYERS)}, and ZeroPadding before a convolution. `compile` and `fit` say how it trains.
Models that are classes of their own are not read.

**PyTorch.** {names({*torch_modules.MODULES, *ACTIVATIONS})}, the functions of the same names, `view`, `reshape`,
`flatten`, `permute`, `torch.cat`, `+` and `*`. The size of images is what the code or its data says, else one with
which all numbers in it fit, the sizes of the data here first. Where a number is written that is not the number that
arrives, a note says which and why. An activation in the expression that makes its input, or as a function, belongs to
that layer; a module on a line of its own stays a layer of its own.

**TensorFlow Playground.** Keys: {names(KEYS)}, and every `…_hide`. {names(DEAD)} have no effect there either. The last
of two equal keys counts, nothing is decoded, whatever is not `false` is true. Numbers beyond what is possible here are
brought to the nearest, and a note says so. Points and first weights follow the same rules, but are other ones.

**Weights.** Files of weights (safetensors, NPZ) are known by their names: `hidden1.kernel` is ours, `hidden1/kernel`
Keras's, `hidden1.weight` PyTorch's. `PUT /api/v1/runs/{{id}}/weights` puts them into a run, all of them or none, and
says which array is missing or has another shape than expected; an ONNX model will do too, its layers in their order:

```sh
curl -X PUT -H "Authorization: Bearer $KEY" -F file=@circle_ours.safetensors localhost:8000/api/v1/runs/$ID/weights
```

Out of Keras: `numpy.savez("weights.npz", **{{v.path: v for v in model.variables}})`. Out of PyTorch:
`safetensors.torch.save_file(model.state_dict(), "weights.safetensors")`. Where no layer of a file is called as one
here, layers are taken in their order, and the answer says which for which. In PyTorch a Linear reads an image behind
`nn.Flatten` channel by channel; `-F order=channels_first` or `channels_last` says so where it can not be known by the
names. NPZ files are never unpickled, nothing is unpacked to a disk, and a file has at most `max_model_bytes`
([settings](settings.md)), unpacked too.

## A new layer

It needs a row in each of these, and a test says which is missing: `engine/export/layout.py` (where its channels are),
`engine/export/state.py` (the names of its weights, if it has any), `engine/export/plain.py` (its function in NumPy),
`app/exchange/onnx_layers.py`, `engine/importing/keras_layers.py`, `engine/importing/torch_modules.py`; and in
`engine/export/torch_net.py` if calling its module is not enough. Its code in Keras and PyTorch is in its declaration.
All {len(CATALOGUE["layer"])} layers and {len(CATALOGUE["activation"])} activations have them.
"""


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    raise SystemExit(0 if PAGE.read_text(encoding="utf-8") == page() else 1)
