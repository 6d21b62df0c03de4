"""What a detector says of itself: data, licence, figures, limits; as data and as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mimimi.config import Recipe
from mimimi.data import other_machines
from mimimi.data.index import Recording
from mimimi.detector.config import AnyMemberConfig, DetectorConfig, MemoryConfig
from mimimi.detector.publishing import about as said
from mimimi.detector.publishing.about import Row, Summary
from mimimi.detector.publishing.method import is_memory, method
from mimimi.recipes import as_dict

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

_KNOWN_CORPORA = {
    "MIMII": (
        "cc-by-sa-4.0",
        "[MIMII](https://zenodo.org/record/3384388), public release 1.0, by Hitachi, Ltd. "
        "(Purohit et al. 2019), CC BY-SA 4.0",
    ),
    other_machines.CORPUS: (
        "cc-by-sa-4.0",
        "noise with the mean spectra of normal clips of "
        "[MIMII](https://zenodo.org/record/3384388), by Hitachi, Ltd. (Purohit et al. 2019), CC "
        "BY-SA 4.0, only to be told apart from",
    ),
    "simulated": ("mit", "simulated machines, made by `python -m mimimi simulate`, MIT"),
}


def about(
    recipe: Recipe,
    trained_on: Sequence[Recording],
    epochs: Mapping[str, int],
    summaries: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What is saved in `config.json` for people: JSON types.

    Args:
        recipe: the detector was trained by.
        trained_on: recordings behind its weights.
        epochs: that each of its networks was trained for.
        summaries: figures on recordings outside the training set, of `Evaluation.as_dict`.
    """
    from mimimi import __version__

    corpora = Counter(recording.corpus for recording in trained_on)
    licences = {_KNOWN_CORPORA[name][0] for name in corpora if name in _KNOWN_CORPORA}
    strictest = "cc-by-sa-4.0" if "cc-by-sa-4.0" in licences else "mit"
    return {
        "mimimi_version": __version__,
        "recipe": as_dict(recipe),
        "epochs": dict(epochs),
        "recordings": dict(corpora),
        "licence": strictest if set(corpora) <= set(_KNOWN_CORPORA) else "other",
        "figures": [_figures(summary) for summary in summaries],
    }


def _figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("machine", "normal", "anomalous", "auc", "pauc")
    rows = [*summary["machines"], summary["overall"]]
    return {
        "corpus": summary["corpus"],
        "machine_id_given": summary["machine_id_given"],
        "machines": [{key: row[key] for key in keys} for row in rows],
    }


def model_card(
    config: DetectorConfig,
    members: Sequence[AnyMemberConfig],
    references: int,
    repo: str | None = None,
) -> str:
    """The card, Markdown with the front matter of the Hugging Face Hub.

    Args:
        config: of the detector, with `about` filled in.
        members: of its ensemble.
        references: number of normal recordings it keeps.
        repo: where it is published, "user/repo"; None: nowhere.
    """
    kind, licence = config.machine_type, said.licence(config.about)
    summaries = said.figures(config.about)
    recordings = said.recordings(config.about)
    data = [
        f"- {count} recordings of {_KNOWN_CORPORA.get(name, ('', f'the corpus “{name}”'))[1]}"
        for name, count in recordings.items()
    ]
    normal = sum(len(s) for s in config.calibration.scores.get("given", {}).values())
    return f"""---
{_front_matter(kind, licence, summaries)}
---

# Is this {kind} going wrong? A MIMIMI detector

It listens to a recording of a {kind} it knows ({", ".join(config.ids)}) and says whether it
sounds as that machine did when it was running well. {method(members)}

```python
from mimimi import Detector
verdict = Detector.from_pretrained("{repo or kind}").analyse("clip.wav", "{config.ids[0]}")
print(verdict.is_anomalous, verdict.score, verdict.threshold)
```

## Data

{chr(10).join(data) or "- not recorded"}

{_calibrated(members, normal)}
{_hall(config)}{_told(members)}{_kept(references)}{_licence_in_words(licence, recordings)}

## Figures

{_table(summaries)}

## Limits

- It knows the machines above, in their place, with their microphone. Another machine, room or
  microphone is not judged by these figures; a threshold from recordings of your own is.
- Without the machine's id the most similar one is inferred, which is less reliable: an anomaly is a
  recording that resembles another machine.
- A promised false-alarm rate holds on average over sets of calibration recordings, and no rate
  below 1 in (recordings + 1) can be promised.
- Faults that it was never tried on may sound like nothing to it: a normal verdict proves no health.
- Not for decisions on which safety depends.
"""


def _hall(config: DetectorConfig) -> str:
    """Whether a second microphone is needed."""
    if not (channels := config.channels):
        return ""
    return (
        f"A second microphone heard the hall (channel {channels.far} beside channel "
        f"{channels.near}), and what it explains was\ntaken out: recordings without one are not "
        "judged.\n"
    )


def _front_matter(kind: str, licence: str | None, summaries: Sequence[Summary]) -> str:
    from huggingface_hub import ModelCardData

    results = [result for summary in summaries for result in _results(kind, summary)]
    card = ModelCardData(
        license=licence or "unknown",
        library_name="mimimi",
        pipeline_tag="audio-classification",
        tags=["anomaly-detection", "machine-sound", kind],
        model_name=f"mimimi-{kind}" if results else None,
        eval_results=results or None,
    )
    return str(card.to_yaml())


def _results(kind: str, summary: Summary) -> list[EvalResult]:
    """Figures in the Hub's `model-index` form."""
    from huggingface_hub import EvalResult

    mode = "given" if summary.machine_id_given else "inferred"

    def result(row: Row, name: str, value: float, **arguments: float) -> EvalResult:
        return EvalResult(
            task_type="audio-classification",
            task_name="Anomalous sound detection",
            dataset_type=summary.corpus.lower().replace(" ", "-"),
            dataset_name=f"{summary.corpus}, {kind}, machine id {mode}",
            dataset_config=f"id-{mode}",
            metric_type="roc_auc",
            metric_name=f"{name}, {row.machine}",
            metric_value=round(value, 4),
            metric_args=arguments or None,
        )

    results = []
    for row in sorted(summary.machines, key=lambda row: row.machine != "mean"):
        if row.auc:
            results.append(result(row, "AUC", row.auc.value))
        if row.pauc:
            results.append(result(row, "pAUC", row.pauc.value, max_fpr=0.1))
    return results


def _licence_in_words(licence: str | None, recordings: Mapping[str, int]) -> str:
    if licence:
        return f"Licence of the weights: {licence.upper()}; of the code: MIT."
    shared = any(_KNOWN_CORPORA.get(name, ("",))[0] == "cc-by-sa-4.0" for name in recordings)
    then = ", and then\nonly under CC BY-SA 4.0, as part of the data above is" if shared else ""
    return (
        "Licence of the weights: NOT KNOWN, since that of some recordings behind them is not. Ask "
        f"whoever made\nthem before you pass the weights on{then}. Licence of the code: MIT."
    )


def _kept(references: int) -> str:
    """What of single recordings goes along with the weights: whoever passes them on must know."""
    if not references:
        return ""
    return (
        f"Of {references} normal recordings it keeps the file's name and the mean spectrum, not "
        "the sound, to show\nwhich of them another recording is most like.\n"
    )


def _told(members: Sequence[AnyMemberConfig]) -> str:
    """What was said of recordings later: faults are named, others promise nothing."""
    memories = [member for member in members if isinstance(member, MemoryConfig)]
    occasions = [occasion for memory in memories for occasion in memory.occasions]
    told = [f"- {occasion.text}" for occasion in occasions[1:]]
    if not told:
        return ""
    return "It was told since:\n\n" + "\n".join(told) + "\n\n"


def _calibrated(members: Sequence[AnyMemberConfig], normal: int) -> str:
    """Which recordings its promises rest on."""
    if is_memory(members):
        return (
            f"Thresholds rest on the same sound, as {normal} recordings or pieces of one, each\n"
            f"left out in turn (jackknife+): of new ones like them k in {normal + 1} give a false "
            "alarm,\nand twice that is proven. It holds what the views make of each segment, "
            "not the sound."
        )
    return (
        f"The thresholds come from a calibration set of {normal} normal recordings outside the "
        "training set."
    )


def _table(summaries: Sequence[Summary]) -> str:
    if not summaries:
        return "None: there were no labelled recordings outside the training split."
    lines = [
        "AUC and pAUC (false-alarm rates up to 0.1) on recordings outside the training split, with",
        "95 % bootstrap intervals over recordings. Where recordings are few, the intervals promise",
        "too much; the normal ones among them are also those behind the thresholds.",
    ]
    for summary in summaries:
        lines += [
            "",
            f"{summary.corpus}, machine id {'given' if summary.machine_id_given else 'inferred'}:",
            "",
            "| machine | normal | anomalous | AUC | pAUC |",
            "|---|---|---|---|---|",
        ]
        for row in summary.machines:
            auc, pauc = row.auc or "n/a", row.pauc or "n/a"
            lines.append(f"| {row.machine} | {row.normal} | {row.anomalous} | {auc} | {pauc} |")
    return "\n".join(lines)
