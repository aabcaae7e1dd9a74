"""The notebook widget's half in Python: what it tells the browser, and what it is told."""

import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of IPython and its friends
    pytest.importorskip("anywidget", reason="the extra `jupyter` is not installed")
    from app.jupyter import Playground

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def widget(monkeypatch):
    made = Playground("http://localhost:8000/", experiment="dataset=xor", hide=["noise", "batch"], lang="zh")
    made.asked = []
    monkeypatch.setattr(Playground, "send", lambda self, content, buffers=None: self.asked.append(content))
    return made


def test_what_it_shows_is_told_to_the_browser(widget):
    told = widget.get_state()
    assert (told["server"], told["experiment"], told["hide"]) == (
        "http://localhost:8000",
        "dataset=xor",
        ["noise", "batch"],
    )
    assert told["lang"] == "zh"
    assert "postMessage" in told["_esm"]


def test_methods_are_messages(widget):
    widget.play()
    widget.step("batch")
    widget.set("training.optimizer.learning_rate", 0.1)
    widget.pause()
    widget.reset()
    assert widget.asked == [
        {"type": "play"},
        {"type": "step", "unit": "batch"},
        {"type": "set", "path": "training.optimizer.learning_rate", "value": 0.1},
        {"type": "pause"},
        {"type": "reset"},
    ]


def test_losses_can_be_observed(widget):
    seen = []
    widget.observe(lambda change: seen.append(change.new), "test_loss")
    widget.set_state({"state": "running", "epoch": 1, "test_loss": 0.5, "train_loss": None})
    widget.set_state({"epoch": 2.5, "test_loss": 0.25})
    assert (widget.state, widget.epoch, widget.train_loss, seen) == ("running", 2.5, None, [0.5, 0.25])


def test_a_theme_that_there_is_not_is_refused(widget):
    with pytest.raises(Exception, match="theme"):
        widget.theme = "pink"
