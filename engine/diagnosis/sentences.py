"""Every sentence of a diagnosis, in one place, so that they can be translated: by id, with the numbers left open.

A diagnosis names a sentence by its id and gives the numbers; `say` puts them in. Names in braces with a format behind
a colon are Python's.
"""

from typing import Any

SENTENCES: dict[str, str] = {
    "diverged": "The numbers grew beyond all bounds in epoch {epoch:g}: each update made the error larger instead of "
    "smaller.",
    "dead_relu": "In {layer}, {dead} of {units} ReLU neurons give 0 for every example: no gradient reaches them, so "
    "they can not learn any more.",
    "dead_layer": "In {layer}, all {units} ReLU neurons give 0 for every example: nothing passes this layer, so the "
    "whole network can not learn any more.",
    "saturated": "In {layer}, {share:.0%} of the values of {activation} are at the ends of its range, where it is "
    "nearly flat: hardly any gradient gets through.",
    "vanishing": "The gradient shrinks on its way back: per weight, that of {first} is {factor:,.0f} times smaller "
    "than that of {last}, so the first layers hardly learn.",
    "symmetric": "All {units} neurons of {layer} have the same weights. They get the same gradients, so they stay the "
    "same and together do no more than one neuron.",
    "linear": "The network can only draw a straight border: no layer before its output bends anything. With that it is "
    "right in {accuracy:.0%} of the cases, and more training does not help; if the task is curved, a layer that bends "
    "would.",
    "linear_values": "The network can only give a flat slope: no layer before its output bends anything. With that it "
    "explains {r2:.0%} of the differences, and more training does not help; if the task is curved, a layer that bends "
    "would.",
    "rate_too_large": "The loss jumps up and down, by {jump:.0%} from one epoch to the next, and does not get lower: "
    "the learning rate {rate:g} seems too large.",
    "rate_too_large_rising": "The loss is {times:.1f} times what it was at the start: the learning rate {rate:g} seems "
    "too large.",
    "rate_too_small": "The loss falls evenly but only by {fall:.2%} an epoch, and an update changes the weights by no "
    "more than {step:.1g} of their size: the learning rate {rate:g} seems too small.",
    "overfitting": "The test loss was lowest in epoch {epoch:g}, {lowest:.3g}, and is {test:.3g} now, while the "
    "training loss is {train:.3g}: the network learns its {examples:,} training examples by heart.",
    "chance": "{accuracy:.0%} right is no better than always naming the most frequent class, {majority:.0%}: the "
    "network has not learned anything yet.",
    "chance_values": "The predictions are no better than always giving the mean: the network has not learned anything "
    "yet.",
    "large_batch": "A batch holds {share:.0%} of the {examples:,} training examples: in {epoch:g} epochs the weights "
    "have been changed only {update:,} times.",
    # what can be tried, on a button
    "try_rate": "Try a learning rate of {rate:g}",
    "try_activation": "Try {activation} in {layer}",
    "try_activation_everywhere": "Try {activation} in all hidden layers",
    "try_adam": "Try the optimizer Adam, which gives every weight a step of its own",
    "try_seed": "Try another start, with other first weights",
    "try_initializer": "Start {layer} with random weights",
    "try_hidden_layer": "Add a hidden layer of {units} neurons with {activation}",
    "try_l2": "Keep the weights small: L2 with a rate of {rate:g}",
    "try_batch": "Try a batch of {size}",
}


def say(id: str, values: dict[str, Any]) -> str:
    """The sentence in English. Raises KeyError where a number is missing."""
    return SENTENCES[id].format(**values)
