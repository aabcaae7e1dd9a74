"""Why is it stuck? What a teacher would look at, in plain words, with the numbers behind them and something to try."""

from typing import TYPE_CHECKING, Any

from engine.builder import Array
from engine.diagnosis import course, layers
from engine.diagnosis.evidence import Evidence, Finding

if TYPE_CHECKING:
    from engine.train import Trainer

ORDER = {"problem": 0, "warning": 1, "hint": 2}


def diagnose(trainer: "Trainer", all_rows: Array, recent: Array, ended: bool = False) -> list[Finding]:
    """Findings, the gravest first; none where nothing is wrong.

    all_rows: rows of history (k, columns) from the start to now, perhaps thinned; recent: the last ones, each epoch's.
    ended: training said Diverged, which may have been seen in a loss that became no row.
    """
    evidence = Evidence(trainer, all_rows, recent)
    if found := course.diverged(evidence, ended):
        return [found]  # the rest are numbers of a network that is gone
    checks = (*layers.CHECKS, *course.CHECKS)
    findings = [finding for check in checks for finding in check(evidence)]
    return sorted(_without_echoes(findings), key=lambda f: ORDER[f.severity])


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Where a cause is found, its effects need not be told: a dead layer is at chance level, and so on."""
    kinds = {f.kind for f in findings}
    echoes: set[str] = set()
    if kinds - {"chance", "overfitting"}:
        echoes |= {"chance"}
    if kinds & {"symmetric"} or any(f.sentence == "dead_layer" for f in findings):
        echoes |= {"vanishing", "rate_too_small", "saturated", "large_batch"}
    if "rate_too_large" in kinds:
        echoes |= {"overfitting", "linear"}
    return [f for f in findings if f.kind not in echoes]


def as_json(findings: list[Finding]) -> list[dict[str, Any]]:
    """Findings with their sentences in English, and what is needed to say them in another language."""
    return [finding.to_json() for finding in findings]
