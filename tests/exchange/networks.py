"""Networks to export: one around each layer and activation of the catalogue, and whole ones that people would build.

Nothing here is made up: a layer that joins reads Dense and Reshape layers, so every network is one that a user could
have, and every tool that reads the export has to know these few parts only.
"""

import math
from typing import Any

import numpy as np

import engine.experiment  # noqa: F401  fills the catalogue
from engine.builder import Array
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program, stored_inputs
from engine.spec import make
from tests.engine.scaffold import Case, layer_cases, part_cases, reads_whole

Named = dict[str, dict[str, Array]]


def around(case: Case) -> Network:
    """A network whose last layer is that of the case."""
    name, parameters, shapes = case
    tested = {"id": "tested", "type": name, **parameters}
    if len(shapes) == 1:
        return Network.from_json([tested], shapes[0])
    layers: list[dict[str, Any]] = []
    for k, shape in enumerate(shapes):
        layers.append({"id": f"branch{k}", "type": "dense", "units": math.prod(shape), "inputs": ["input"]})
        if len(shape) > 1:
            layers.append({"id": f"shaped{k}", "type": "reshape", "shape": list(shape)})
    ends = [f"{'shaped' if len(shape) > 1 else 'branch'}{k}" for k, shape in enumerate(shapes)]
    return Network.from_json([*layers, {**tested, "inputs": ends}], (3,))


def activated(name: str, parameters: dict[str, Any]) -> Network:
    """A network that uses an activation on a vector, and as a layer of its own on a sequence."""
    f = {"type": name, **parameters}
    layers = [
        {"id": "hidden", "type": "dense", "units": 6, "activation": f},
        {"id": "steps", "type": "reshape", "shape": [2, 3]},
        {"id": "own", "type": "activation", "activation": f},
    ]
    return Network.from_json(layers, (3,))


CONV = {"type": "conv2d", "filters": 4, "kernel_size": 3, "padding": "same"}
WHOLE: dict[str, tuple[tuple[int, ...], list[dict[str, Any]]]] = {
    "residual convolutions": (
        (6, 5, 2),
        [
            {"id": "stem", **CONV, "activation": "relu"},
            {"id": "conv1", **CONV},
            {"id": "norm1", "type": "batch_norm"},
            {"id": "relu1", "type": "activation", "activation": "relu"},
            {"id": "conv2", **CONV},
            {"id": "sum", "type": "add", "inputs": ["conv2", "stem"]},
            {"id": "relu2", "type": "activation", "activation": "relu"},
            {"id": "pool", "type": "max_pool2d"},
            {"id": "silence", "type": "spatial_dropout2d"},
            {"id": "flat", "type": "flatten"},
            {"id": "classes", "type": "dense", "units": 3, "activation": "softmax"},
        ],
    ),
    "layouts that meet": (
        (4, 4, 2),
        [
            {"id": "conv", **CONV, "filters": 2},
            {"id": "norm", "type": "layer_norm", "inputs": ["input"]},
            {"id": "first", "type": "add", "inputs": ["conv", "norm"]},
            {"id": "last", "type": "multiply", "inputs": ["norm", "conv", "first"]},
            {"id": "wide", "type": "concatenate", "inputs": ["last", "conv"]},
            {"id": "shares", "type": "activation", "activation": "softmax"},
            {"id": "flat", "type": "flatten"},
            {"id": "beside", "type": "flatten", "inputs": ["first"]},
            {"id": "all", "type": "concatenate", "inputs": ["flat", "beside"]},
            {"id": "output", "type": "dense", "units": 1},
        ],
    ),
    "a text reader": (
        (6,),
        [
            {"id": "letters", "type": "embedding", "vocabulary": 9, "units": 4},
            {"id": "look", "type": "conv1d", "filters": 5, "kernel_size": 3, "activation": "gelu"},
            {"id": "read", "type": "gru", "units": 3, "return_sequences": True},
            {"id": "again", "type": "lstm", "units": 4},
            {"id": "rest", "type": "dropout", "rate": 0.3},
            {"id": "next", "type": "dense", "units": 9, "activation": "softmax"},
        ],
    ),
}


def whole(name: str) -> Network:
    """One of the networks that people would build."""
    shape, layers = WHOLE[name]
    return Network.from_json(layers, shape)


def named_cases() -> list[tuple[str, Network]]:
    """Every layer with each of its examples, every activation likewise, and whole networks; with readable names."""
    out = [(f"{c[0]}-{k}", around(c)) for k, c in enumerate(layer_cases())]
    out += [(f"{name}-{k}", activated(name, p)) for k, (name, p) in enumerate(part_cases("activation"))]
    return out + [(name, whole(name)) for name in WHOLE]


def filled(network: Network, seed: int = 1) -> Parameters:
    """Random weights for a network, running statistics as well."""
    parameters, rng = Parameters(network), np.random.default_rng(seed)
    parameters.initialize(seed)
    parameters.flat[:] += rng.uniform(-0.5, 0.5, parameters.flat.shape)
    parameters.state[:] = rng.uniform(0.5, 1.5, parameters.state.shape)
    return parameters


def arrays(parameters: Parameters) -> Named:
    """Every array by layer and name, running statistics as well."""
    return {id: {**named, **parameters.states[id]} for id, named in parameters.named.items()}


def inputs(network: Network, samples: int = 5, seed: int = 2) -> Array:
    """Inputs (N, *shape) that suit a network: codes where it begins by looking them up."""
    rng, first = np.random.default_rng(seed), network.nodes[0].layer
    if reads_whole(first):
        return rng.integers(0, first.vocabulary, (samples, *network.input_shape)).astype(np.float32)
    return rng.uniform(-2, 2, (samples, *network.input_shape)).astype(np.float32)


def outputs(parameters: Parameters, x: Array) -> Array:
    """What the engine gives, (N, *shape)."""
    program = Program(parameters.network, parameters, batch=len(x))
    program.load(stored_inputs(parameters.network, x, np.float32), np.arange(len(x)))
    program.run()
    return program.outputs().copy()


def layer_of(spec: dict[str, Any]) -> Any:
    """A declared layer from its JSON."""
    return make("layer", spec)
