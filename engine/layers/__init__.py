"""Layers: one file each, found by being here. `engine.layer.Layer` says what a layer promises."""

from engine.spec import load_modules

load_modules(__name__, __path__)
