"""A text, letter by letter: given the last few letters, say the next one."""

import numpy as np

from engine.datasets.base import ByParameters, Raw, dataset, flat, mlp, training
from engine.spec import choice, integer

# Written for this set: few words, much repetition, so that a small network can learn it in a minute.
TEXT = """
a little net had nothing in its head. it saw a point and guessed that it was red.
the point was blue. the loss went up the hill. the little net sat very, very still.

it took a step, a small one, down the slope. it took a second step, and it had hope.
the third was wrong, the fourth was wrong as well. the fifth was right, as far as it could tell.

a batch came in, a batch of ten or so. it said what each one was, and it said no,
and it said yes, and it was wrong by half. the teacher drew its errors in a graph.

the graph went down, the graph went down some more. the net had never been so good before.
it knew each point it ever had been shown. it knew them all, it knew them to the bone.

then came a point that it had never met. it looked like this, it looked like that, and yet
the little net was wrong, as at the start. it had not learned, it knew them all by heart.

so give it more to see and less to keep, and let some of its neurons go to sleep,
and make its weights be small, and make it stop before the errors that are new go up.

and now the net is good at what is new. it sees a point, and it says red or blue,
and when it is not sure, it says so too. it is a little net. it learned from you.

take a step and take a step and then, take a look and take a step again.
down the hill and down the hill we go, down the hill to where the loss is low.
if the step is long, you miss the place. if the step is short, you lose the race.
take a step and take a step and then, take a look and take a step again.

one neuron draws a line, and that is all. two neurons draw a corner in the wall.
three neurons put a fence around a field, and four and five can make the circle yield.
one neuron draws a line, and that is all. but many lines are never very small.
"""
SIGNS = "".join(sorted(set(" ".join(TEXT.split()))))
NAMES = tuple(SIGNS.replace(" ", "␣"))
CODES = np.array([SIGNS.index(sign) for sign in " ".join(TEXT.split())])


@dataset(
    "letters",
    label="Letters, next one",
    formula=r"\text{predict } c_{i+T} \text{ from } c_i, \dots, c_{i+T-1}",
    task="classification",
    view="sequence",
    train_fraction=0.8,
    shape=ByParameters(lambda made: (made.steps, len(SIGNS)) if made.encoding == "one_hot" else (made.steps,)),
    columns=ByParameters(lambda made: NAMES if made.encoding == "one_hot" else ()),
    class_names=NAMES,
    examples=({}, {"encoding": "codes"}),
    preset={
        "layers": flat(mlp([32], "relu", out=len(SIGNS), out_activation="softmax")),
        "training": training("categorical_cross_entropy", "adam", 0.003, batch_size=32),
    },
)
class Letters:
    """Given a few letters of a short poem, say the next one: the first task of every language model."""

    steps: int = integer(8, lo=1, hi=32, help="How many letters are shown (T).")
    encoding: str = choice(
        "one_hot",
        ("one_hot", "codes"),
        help="one_hot: an input for each sign, one of them 1. codes: the sign's number, for an embedding layer.",
    )

    def generate(self, rng: np.random.Generator) -> Raw:
        windows = np.lib.stride_tricks.sliding_window_view(CODES, self.steps + 1)
        shown, following = windows[:, :-1], windows[:, -1].astype(np.int64)
        if self.encoding == "codes":
            return Raw(shown.astype(np.float64), following)
        return Raw(np.eye(len(SIGNS))[shown], following)
