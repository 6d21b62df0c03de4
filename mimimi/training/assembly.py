"""From trained networks to a detector: memories, one scale, thresholds, baseline, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mimimi import audio
from mimimi.config import FrontEnd, MemberRecipe, Recipe
from mimimi.data.decoded import decode
from mimimi.data.index import Recording
from mimimi.detector import line_baseline, spectral_baseline
from mimimi.detector.calibration import Mode, calibrate
from mimimi.detector.config import DetectorConfig, MemberConfig
from mimimi.detector.detector import Detector
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.measurement import Measurement
from mimimi.detector.member import Member, NetworkMember
from mimimi.detector.memories_member import MemoriesMember
from mimimi.detector.publishing.model_card import about
from mimimi.detector.references import References, collect_references, evenly
from mimimi.detector.spectral_baseline import SpectralBaseline, band_statistics
from mimimi.errors import UserError
from mimimi.evaluation import Evaluation
from mimimi.evaluation.judging import judged
from mimimi.features.fingerprint import fingerprint
from mimimi.features.segment_spectra import ArraySpectra
from mimimi.features.segments import split
from mimimi.features.spectrum import Real
from mimimi.networks.build import Network
from mimimi.terminal import Log
from mimimi.training.memories import remember
from mimimi.training.split import DataSplit, TrainValidationSplit

_SMALLEST_DEVIATION = 0.1  # nats: recordings all alike are no scale


@dataclass(frozen=True)
class Trained:
    """A network after its training, and what it was trained on."""

    recipe: MemberRecipe
    division: TrainValidationSplit
    network: Network
    epochs: int
    statistics: tuple[float, float]  # mean and deviation of its scores of the validation set


def score_statistics(
    network: Network, recipe: MemberRecipe, division: TrainValidationSplit, log: Log
) -> tuple[float, float]:
    """Mean and deviation of a network's scores of the validation set.

    Over all the machines it knows, whatever their types: few recordings of one type alone have
    a deviation by accident, and a network that never errs on them would drown all others.

    Args:
        network: trained.
        recipe: that it was trained by.
        division: says which recordings were held out; where none was, the training set serves.
        log: told the figures, and which recordings had to be left out.

    Returns:
        In nats.
    """
    config = MemberConfig(recipe.name, recipe.front_end, recipe.network, tuple(division.machines))
    ensemble = Ensemble([NetworkMember.of_all(config, network)])
    scores = []
    for recording in division.validation or division.training:
        if measured := _measured(ensemble, recording, log):
            scores.append(float(measured.ids[division.machines.index(recording.machine)]))
    mean = float(np.mean(scores)) if scores else 0.0
    deviation = float(np.std(scores, ddof=1)) if len(scores) > 1 else 1.0
    log(
        f"{recipe.name}: {len(scores)} normal recordings of the validation set score {mean:.3f} "
        f"with a deviation of {deviation:.3f} nats"
    )
    return mean, max(deviation, _SMALLEST_DEVIATION)


def round_to_half(network: Network) -> None:
    """Round kernels and matrices to half precision, in which a detector is saved.

    Before anything is measured with them, so that a loaded detector judges as the trained one.
    Means and variances stay as they are: they may be beyond its range.
    """
    with torch.no_grad():
        for weights in network.parameters():
            if weights.dim() > 1:
                weights.copy_(weights.half())


def assemble(
    plan: DataSplit, recipe: Recipe, trained: Sequence[Trained], decoded: Path, log: Log
) -> tuple[Detector, Evaluation | None]:
    """Make a calibrated detector of one machine type; each recording is measured once.

    Args:
        plan: of the machine type.
        recipe: that its networks were trained by.
        trained: its networks, in the order of the recipe's members.
        decoded: where the recordings of the training set are kept decoded.
        log: told what was decided.

    Returns:
        The detector, and its figures if there are anomalous recordings.
    """
    normal = _calibration_set(plan, trained, log)
    memories = remember(plan, normal, log) if recipe.memories else None
    ensemble = _ensemble(plan, trained, memories)
    # Every second anomalous recording of a machine finds Youden's threshold, the others report it.
    fitting = [
        recording
        for machine_id in plan.ids
        for recording in [r for r in plan.anomalous if r.machine_id == machine_id][::2]
    ]
    measured = {
        recording: found
        for recording in dict.fromkeys([*normal, *plan.anomalous])
        if (found := _measured(ensemble, recording, log))
    }
    calibration = calibrate(
        _scores(plan.ids, normal, measured),
        {r.machine_id: r.corpus for r in plan.train if not r.helper},
        _scores(plan.ids, fitting, measured),
    )
    for entry in calibration.thresholds:
        log(
            f"threshold {entry.threshold.value:.4f} for {', '.join(entry.judges)}, id {entry.mode}"
            f": {entry.threshold.how}"
        )
    baseline, novelty_limit = _baseline(plan, normal, measured, ensemble.front_end, decoded, log)
    training = {r for t in trained for r in (*t.division.training, *t.division.validation)}
    detector = Detector(
        DetectorConfig(
            machine_type=plan.machine_type,
            ids=tuple(plan.ids),
            calibration=calibration,
            novelty_limit=novelty_limit,
            channels=_pair(plan),
            trained_on=_fingerprints(training, decoded),
            calibrated_on=frozenset(
                measured[r].fingerprint for r in (*normal, *fitting) if r in measured
            ),
        ),
        ensemble,
        baseline,
        _references(plan, ensemble, measured, training),
    )
    evaluation = None
    if plan.anomalous and plan.normal:
        tried = [r for r in (*plan.normal, *plan.anomalous) if r in measured]
        clips = [judged(detector, recording, measured[recording]) for recording in tried]
        evaluation = Evaluation(clips, Counter())
    weights = sorted({r for t in trained for r in t.division.training}, key=str)
    epochs = {t.recipe.name: t.epochs for t in trained}
    summaries = evaluation.as_dict()["summaries"] if evaluation else []
    said = about(recipe, weights, epochs, summaries)
    return replace(detector, config=replace(detector.config, about=said)), evaluation


def _ensemble(
    plan: DataSplit, trained: Sequence[Trained], memories: MemoriesMember | None
) -> Ensemble:
    members: list[Member] = []
    alone = len(trained) == 1 and not memories  # then its scores stay in nats
    for t in trained:
        config = MemberConfig(
            t.recipe.name,
            t.recipe.front_end,
            t.recipe.network,
            tuple(t.division.machines),
            *((0.0, 1.0) if alone else t.statistics),
        )
        members.append(NetworkMember.of(plan.machine_type, plan.ids, config, t.network))
    return Ensemble([*members, memories] if memories else members)


def _calibration_set(plan: DataSplit, trained: Sequence[Trained], log: Log) -> list[Recording]:
    """Normal recordings that no weight comes from, if there are any."""
    if plan.normal:
        return plan.normal
    log(
        "no normal recordings outside the training split: thresholds come from recordings of "
        "it and promise too much; hold some recordings out (split test in index.csv)"
    )
    validation = {r for t in trained for r in t.division.validation}
    own = [r for r in plan.train if not r.helper]
    return [r for r in own if r in validation] or own


def _pair(plan: DataSplit) -> audio.Pair | None:
    channels = {r.channel for r in plan.train}
    return next((each for each in channels if isinstance(each, audio.Pair)), None)


def _baseline(
    plan: DataSplit,
    calibration_set: Sequence[Recording],
    measured: Mapping[Recording, Measurement],
    front_end: FrontEnd,
    decoded: Path,
    log: Log,
) -> tuple[SpectralBaseline | None, float | None]:
    """From every channel of the recordings trained on; limited by the calibration set."""
    recordings = [r for r in plan.train if r not in calibration_set] or plan.train
    statistics: dict[str, list[Real]] = {machine_id: [] for machine_id in plan.ids}

    def lines(machine_id: str) -> Iterator[Real]:
        for spectra in _spectra([r for r in recordings if r.machine_id == machine_id], decoded):
            statistics[machine_id].append(band_statistics(spectra.complex(FrontEnd())))
            yield line_baseline.lines(spectra)

    def _spectra(of_machine: Sequence[Recording], decoded: Path) -> Iterator[ArraySpectra]:
        for recording in of_machine:
            for samples in _channels(recording, decoded):
                waveform = audio.from_array(samples, front_end.sample_rate)
                segments = np.stack([s.samples for s in split(waveform, front_end)])
                yield ArraySpectra(segments)

    held_out = [measured[r].statistics for r in calibration_set if r in measured]
    try:
        by_line = line_baseline.fit({machine_id: lines(machine_id) for machine_id in plan.ids})
    except ValueError:
        held_out = []
    if not held_out:
        log("not every machine has recordings to know it by: unknown sounds will not be told")
        return None, None
    joined = {machine_id: np.concatenate(found) for machine_id, found in statistics.items()}
    return spectral_baseline.fit(joined, by_line, held_out)


def _channels(recording: Recording, decoded: Path) -> Iterator[NDArray[np.int16]]:
    """Each channel of a recording of the training set; of one that was left out there, none."""
    with suppress(UserError):
        whole = decode(recording.path, decoded, recording.channel)
        for channel in range(whole.channels):
            yield whole.samples(channel, 0, whole.length)


def _measured(ensemble: Ensemble, recording: Recording, log: Log) -> Measurement | None:
    try:
        return ensemble.measure(audio.read(recording.path, channel=recording.channel))
    except UserError as error:
        log(f"left out: {error}")
        return None


def _scores(
    ids: Sequence[str],
    recordings: Sequence[Recording],
    measured: Mapping[Recording, Measurement],
) -> Mapping[Mode, dict[str, list[float]]]:
    """Scores by mode and id; with the id inferred a recording counts for the id inferred."""
    found: dict[Mode, dict[str, list[float]]] = {"given": {}, "inferred": {}}
    for recording in (r for r in recordings if r in measured):
        scores = measured[recording].ids
        given, inferred = ids.index(recording.machine_id), int(scores.argmin())
        found["given"].setdefault(recording.machine_id, []).append(float(scores[given]))
        found["inferred"].setdefault(ids[inferred], []).append(float(scores[inferred]))
    return found


def _references(
    plan: DataSplit,
    ensemble: Ensemble,
    measured: Mapping[Recording, Measurement],
    training: set[Recording],
) -> References:
    """Of each machine some recordings that it was trained on, evenly spread."""

    def kept() -> Iterator[tuple[str, str, Measurement]]:
        for machine_id in plan.ids:
            own = [r for r in plan.train if r.machine_id == machine_id and r in training]
            for recording in evenly(own):
                found = measured.get(recording) or _measured(ensemble, recording, lambda line: None)
                if found:
                    yield machine_id, str(recording.path), found

    return collect_references(kept())


def _fingerprints(recordings: set[Recording], decoded: Path) -> frozenset[str]:
    """Of every channel, since each was trained on."""
    return frozenset(
        fingerprint(samples.astype(np.float32))
        for recording in recordings
        for samples in _channels(recording, decoded)
    )
