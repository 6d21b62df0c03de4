"""Put memories beside the networks of trained detectors, which stay as they are.

    python -m benchmarks.memory.add_to checkpoints OUT DATA [--anew RUN]

So the bundled detectors were made: from networks that were trained before, on the same recordings,
those of DATA and of `simulate.write_corpus` with ten clips of each kind a machine. Networks that
were trained since, on the same recordings by the recipe as it now is, are taken from the folder of
that training: so the complex one came from `benchmarks.accuracy.shapes`. Thresholds, references and
figures are made anew, as at the end of a training.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from mimimi.config import MACHINE_TYPES, MemberRecipe, Recipe
from mimimi.data.index import Recording, index
from mimimi.detector.detector import Detector
from mimimi.detector.member import NetworkMember
from mimimi.errors import UserError
from mimimi.features.fingerprint import is_among
from mimimi.recipes import recipe
from mimimi.simulate import write_corpus
from mimimi.training import loop
from mimimi.training.assembly import Trained, assemble, round_to_half, score_statistics
from mimimi.training.split import TrainValidationSplit, network_splits, split_data


def trained(
    detector: Detector, chosen: Recipe, recordings: Sequence[Recording], run: Path | None
) -> dict[str, Trained]:
    """The networks of a detector as after their training, by name.

    Args:
        detector: that has them.
        chosen: the recipe that they were trained by.
        recordings: on these, among others.
        run: the folder of a training whose networks take the place of those of their names.

    Raises:
        UserError: they are not those of the recipe.
    """
    networks = [m for m in detector.ensemble.members if isinstance(m, NetworkMember)]
    if [m.config.name for m in networks] != [m.name for m in chosen.members]:
        raise UserError(f"These are not the networks of the recipe {chosen.name}.")
    known = {machine for network in networks for machine in network.config.machines}
    recordings = [recording for recording in recordings if recording.machine in known]
    split = split_data(recordings, detector.machine_type, print)
    found = {}
    for member, how in zip(networks, chosen.members, strict=True):
        [(_, division)] = network_splits(how, [split], recordings)
        if division.machines != list(member.config.machines):
            raise UserError("Recordings of a machine that the networks know are missing.")
        if run and (kept := run / f"last.{how.name}.safetensors").exists():
            found[how.name] = trained_anew(kept, how, division)
            continue
        if member.config.network != how.network:
            raise UserError(f"{how.name} is not the network of the recipe; give it with --anew.")
        in_nats = (member.config.mean, member.config.deviation)
        epochs = detector.config.about["epochs"][how.name]
        found[how.name] = Trained(how, division, member.network, epochs, in_nats)
    return found


def trained_anew(kept: Path, how: MemberRecipe, division: TrainValidationSplit) -> Trained:
    """A network as a training left it, put on its scale.

    Raises:
        UserError: the training has not come to its end.
    """
    progress = loop.begin(len(division.machines), how, torch.device("cpu"))
    progress.load(kept)
    if progress.epoch < how.training.epochs:
        raise UserError(f"{kept}: the training of {how.name} is not finished.")
    progress.network.load_state_dict(progress.best_weights)
    round_to_half(progress.network)
    in_nats = score_statistics(progress.network, how, division, print)
    return Trained(how, division, progress.network, progress.epoch, in_nats)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a detector of each type found in DETECTORS to OUT.

    Raises:
        UserError: the recordings are not those that a detector was trained on.
    """
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("detectors", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--anew", type=Path, metavar="RUN", help="folder of a later training")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    chosen = recipe("ensemble")
    simulated = options.out / "simulated"
    write_corpus(simulated, types=MACHINE_TYPES, clips=10, tests=10)
    recordings = index([options.data, simulated], None, print)
    for folder in sorted(options.detectors.iterdir()):
        before = Detector.from_pretrained(folder)
        networks = trained(before, chosen, recordings, options.anew)
        plan = split_data(recordings, before.machine_type, lambda line: None)
        with TemporaryDirectory() as decoded:
            after, evaluation = assemble(
                plan, chosen, list(networks.values()), Path(decoded), print
            )
        known = before.config.trained_on
        if not all(is_among(heard, known) for heard in after.config.trained_on):
            raise UserError(f"{before.machine_type}: it was trained on other recordings.")
        after.save_pretrained(options.out / before.machine_type)
        print(evaluation.as_table() if evaluation else "no figures", flush=True)


if __name__ == "__main__":
    main()
