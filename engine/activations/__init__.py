"""Activations: what a neuron makes of its weighted sum. One short file a family; each is found by being here."""

from engine.spec import load_modules

load_modules(__name__, __path__)
