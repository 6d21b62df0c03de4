"""`Detector`: network, ids, thresholds and front end as one saved thing that judges recordings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi import audio
from mimimi.detector import checkpoint
from mimimi.detector.calibration import Mode
from mimimi.detector.config import DetectorConfig, fields_of
from mimimi.detector.member import listen
from mimimi.detector.recording_scores import RecordingScores, attention_of
from mimimi.detector.references import References
from mimimi.detector.scoring import fused, recording_score, segment_scores, window_scores
from mimimi.detector.spectral_baseline import SpectralBaseline, features
from mimimi.detector.threshold import p_value
from mimimi.detector.verdict import Verdict, Window
from mimimi.errors import DetectorError, UnknownMachineError
from mimimi.features.segments import repeated, split
from mimimi.features.spectrum import window_starts
from mimimi.networks.build import Network, build

Source = str | Path | bytes | BinaryIO | tuple[NDArray[Any], int]
_SEGMENTS_AT_ONCE = 2  # bounds the memory of a long recording; more is slower on a CPU


@dataclass(kw_only=True)
class Detector(DetectorConfig):
    """Judges recordings of one machine type; the fields beside these are `DetectorConfig`'s.

    Args:
        networks: of the members, by their names.
        familiar: where the known machines lie, if `known_limit` is given.
        sounds: of the `references`, if there are any.
        origin: where it was loaded from, in words.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> clip = simulate_clip("fan", "id_50", clip=900), 16_000
        >>> verdict = Detector.from_pretrained("fan").analyse(clip, machine_id="id_50")
        >>> verdict.is_anomalous == (verdict.score > verdict.threshold), verdict.recognised
        (True, True)
    """

    networks: dict[str, Network]
    familiar: SpectralBaseline | None = None
    sounds: References | None = None
    origin: str = "memory"

    @classmethod
    def from_pretrained(cls, name: str | Path, *, revision: str | None = None) -> Detector:
        """Load a detector.

        Args:
            name: a folder, a bundled name ("fan", "pump", "slider", "valve"), or a Hugging Face
                Hub repo "user/repo", looked up in this order.
            revision: branch, tag or commit of a Hub repo.

        Raises:
            DetectorError: there is none of that name, or it is damaged.
        """
        from mimimi.detector.locate import locate

        folder, origin = locate(name, revision)
        config = checkpoint.read_config(folder)
        try:
            fields = fields_of(config)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DetectorError(
                f"{folder / checkpoint.CONFIG} is damaged: {type(error).__name__} at {error}."
            ) from error
        with torch.device("meta"):  # laid out without memory of its own
            networks = {m.name: build(len(m.machines), m.network) for m in fields["members"]}
        layout = {
            f"member.{name}.{key}": tensor
            for name, network in networks.items()
            for key, tensor in network.state_dict().items()
        }
        tells_strangers = fields["known_limit"] is not None
        if tells_strangers:
            layout |= SpectralBaseline.layout(len(fields["ids"]), fields["holds_lines"])
        if fields["references"]:
            n_classes = sum(len(member.machines) for member in fields["members"])
            layout |= References.layout(len(fields["references"]), n_classes)
        tensors = checkpoint.read_tensors(folder, config, layout)
        for name, network in networks.items():
            prefix = f"member.{name}."
            state = {key: tensors[prefix + key] for key in network.state_dict()}
            network.load_state_dict(state, assign=True)
            network.eval()
        familiar = SpectralBaseline.from_tensors(tensors) if tells_strangers else None
        sounds = References.from_tensors(tensors) if fields["references"] else None
        return cls(networks=networks, familiar=familiar, sounds=sounds, origin=origin, **fields)

    def save_pretrained(self, folder: str | Path) -> None:
        """Save as a folder that explains itself; a file is there whole or not at all.

        Args:
            folder: made where it is missing.
        """
        from mimimi.detector.publishing.model_card import model_card

        tensors = {
            f"member.{name}.{key}": value.cpu()
            for name, network in self.networks.items()
            for key, value in network.state_dict().items()
        }
        if self.familiar:
            tensors |= self.familiar.as_tensors()
        if self.sounds:
            tensors |= self.sounds.as_tensors()
        checkpoint.write(Path(folder), self.as_config(), tensors, model_card(self))

    @torch.inference_mode()
    def measure(self, waveform: audio.Waveform) -> RecordingScores:
        """Score a recording under every id.

        Args:
            waveform: the recording.

        Raises:
            AudioError: it is shorter than one window.
        """
        segments = split(waveform, self.front_end)
        scores: dict[str, list[Tensor]] = {member.name: [] for member in self.members}
        attentions, distances = [], []
        for first in range(0, len(segments), _SEGMENTS_AT_ONCE):
            samples = np.stack([s.samples for s in segments[first : first + _SEGMENTS_AT_ONCE]])
            if self.familiar:
                colour = features(torch.from_numpy(samples))
                distances.append(self.familiar.distance(colour) * len(samples))
            for member in self.members:
                network = self.networks[member.name]
                device = next(network.parameters()).device
                heard = listen(network, member.front_end, torch.from_numpy(samples).to(device))
                own = [member.machines.index(f"{self.machine_type} {i}") for i in self.ids]
                scores[member.name].append(window_scores(heard.logits)[..., own].cpu())
                if heard.attention is not None:
                    attentions.append(attention_of(own, heard.attention.cpu()))
        by_window = {name: torch.cat(found) for name, found in scores.items()}
        by_member = {
            name: recording_score(segment_scores(found)) for name, found in by_window.items()
        }
        together = fused([(by_window[m.name] - m.mean) / m.deviation for m in self.members])
        return RecordingScores(
            waveform=waveform,
            windows=together,
            ids=recording_score(segment_scores(together)),
            likeness=-torch.stack(list(by_member.values())).mean(dim=0),
            attention=torch.cat(attentions).mean(dim=0) if attentions else None,
            starts=self._starts([segment.start for segment in segments]),
            by_member=by_member,
            distance=sum(distances) / len(segments) if distances else None,
        )

    def analyse(
        self,
        source: Source,
        machine_id: str | None = None,
        *,
        channel: int = 0,
        name: str | None = None,
        false_alarm_rate: float | None = None,
    ) -> Verdict:
        """Judge a recording.

        Args:
            source: a path, the bytes of a file, an open binary file, or (samples, sample rate).
            machine_id: the machine it is said to be. Without it the most similar one is taken,
                which is weaker: an anomaly is a recording that resembles another machine.
            channel: the one of several channels that is judged, counted from 0.
            name: what messages and the verdict call it.
            false_alarm_rate: another than the thresholds were made for; see `Verdict.at`.

        Raises:
            AudioError: the recording cannot be judged.
            UnknownMachineError: the detector does not know this id.
        """
        self.check_id(machine_id)  # before a long recording is measured in vain
        if isinstance(source, tuple):
            samples, rate = source
            waveform = audio.from_array(samples, rate, channel=channel, name=name or "array")
        else:
            waveform = audio.read(source, channel=channel, name=name)
        return self.judge(self.measure(waveform), machine_id, false_alarm_rate)

    def judge(
        self,
        measured: RecordingScores,
        machine_id: str | None = None,
        false_alarm_rate: float | None = None,
    ) -> Verdict:
        """Decide on a measured recording; as `analyse`, which measures first.

        Raises:
            UnknownMachineError: the detector does not know this id.
            DetectorError: the network's scores are no numbers.
        """
        self.check_id(machine_id)
        mode: Mode = "given" if machine_id else "guessed"
        machine_id = machine_id or self.ids[int(measured.ids.argmin())]
        which = self.ids.index(machine_id)
        score = float(measured.ids[which])
        if not np.isfinite(score):  # else it would be below every threshold
            raise DetectorError(
                "The network's scores are no numbers; train or fetch the detector again."
            )
        threshold = self.calibration.threshold(mode, machine_id)
        normal = self.calibration.normal_scores(mode, machine_id)
        youden = self.calibration.youden(mode, machine_id)
        far, limit = measured.distance, self.known_limit
        recognised = None if far is None or limit is None else far <= limit
        verdict = Verdict(
            file=measured.waveform.name,
            machine_type=self.machine_type,
            machine_id=machine_id,
            machine_id_given=mode == "given",
            score=score,
            threshold=threshold.value,
            is_anomalous=score > threshold.value,
            recognised=recognised,
            youden_threshold=youden.value if youden else None,
            false_alarm_rate=threshold.false_alarm_rate,
            p_value=p_value(normal, score),
            calibration_clips=len(normal),
            calibration_scores=normal,
            seconds=measured.waveform.seconds,
            windows=self._windows(measured, which),
            attention=measured.channel_weights(self.ids),
            probabilities=dict(zip(self.ids, measured.likeness.softmax(0).tolist(), strict=True)),
            warning=self._warning(measured.waveform, mode),
        )
        return verdict if false_alarm_rate is None else verdict.at(false_alarm_rate)

    def check_id(self, machine_id: str | None) -> None:
        """Refuse a machine id that is not among `ids`; None is any.

        Raises:
            UnknownMachineError: the detector does not know it.
        """
        if machine_id is not None and machine_id not in self.ids:
            known = ", ".join(self.ids)
            raise UnknownMachineError(
                f"This detector knows no {self.machine_type} {machine_id!r}; it knows {known}."
            )

    def _starts(self, of_segments: list[float]) -> Tensor:
        """Where the windows of the first member begin, `(segment, window)` in seconds."""
        front_end = self.front_end
        hop_seconds = front_end.hop_length / front_end.sample_rate
        in_segment = window_starts(front_end.segment_frames, front_end.window_frames)
        return torch.tensor(
            [[start + frame * hop_seconds for frame in in_segment] for start in of_segments]
        )

    def _windows(self, measured: RecordingScores, which: int) -> list[Window]:
        seconds = self.front_end.window_samples / self.front_end.sample_rate
        scores = measured.windows[..., which].flatten().tolist()
        starts = measured.starts.flatten().tolist()
        found = [Window(start, seconds, score) for start, score in zip(starts, scores, strict=True)]
        # A recording that was repeated to length has no sound of its own beyond its end.
        end = max(measured.waveform.seconds, seconds)
        return sorted((w for w in found if w.start + w.seconds <= end + 0.1), key=lambda w: w.start)

    def _warning(self, waveform: audio.Waveform, mode: Mode) -> str | None:
        said = [waveform.warning] if waveform.warning else []
        if repeated(waveform, self.front_end):
            said.append(
                f"{waveform.seconds:.1f} s is short: it was repeated to "
                f"{self.front_end.segment_seconds:g} s"
            )
        if mode == "guessed" and len(self.ids) > 1:
            said.append("machine guessed: weaker")
        return "; ".join(said) or None
