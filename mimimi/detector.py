"""`Detector`: network, ids, thresholds and front end as one saved thing that judges recordings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mimimi import audio, saved
from mimimi.calibration import Mode
from mimimi.detector_config import MEMBER, DetectorConfig, fields_of
from mimimi.errors import DetectorError, UnknownMachineError
from mimimi.network.detector_network import DetectorNetwork
from mimimi.scoring import recording_score, segment_scores, window_scores
from mimimi.segments import repeated, split
from mimimi.spectrum import as_real, complex_spectrum, normalised, window_starts, windows
from mimimi.threshold import p_value
from mimimi.verdict import ChannelWeights, Verdict, Window

Source = str | Path | bytes | BinaryIO | tuple[NDArray[Any], int]
_PREFIX = f"member.{MEMBER}."
_SEGMENTS_AT_ONCE = 2  # bounds the memory of a long recording; more is slower on a CPU


@dataclass(frozen=True)
class RecordingScores:
    """A recording measured by every id, before anything is decided.

    `windows` is `(segment, window, ids)`, `ids` is `(ids,)` with the score of the recording under
    each id, `attention` is `(2 ids,)`, `starts` is `(segment, window)` in seconds.
    """

    waveform: audio.Waveform
    windows: Tensor
    ids: Tensor
    attention: Tensor
    starts: Tensor


@dataclass(kw_only=True)
class Detector(DetectorConfig):
    """Judges recordings of one machine type; the fields beside these are `DetectorConfig`'s.

    Args:
        network: the network itself.
        origin: where it was loaded from, in words.

    Example:
        >>> from mimimi.corpus.simulate import simulate_clip
        >>> detector = Detector.from_pretrained("fan")
        >>> clip = simulate_clip("fan", "id_50", clip=900)
        >>> verdict = detector.analyse((clip, 16_000), machine_id="id_50")
        >>> verdict.is_anomalous == (verdict.score > verdict.threshold)
        True
    """

    network: DetectorNetwork
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
        from mimimi.locate import locate

        folder, origin = locate(name, revision)
        config = saved.read_config(folder)
        try:
            fields = fields_of(config)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DetectorError(
                f"{folder / saved.CONFIG} is damaged: {type(error).__name__} at {error}."
            ) from error
        with torch.device("meta"):  # laid out without memory of its own
            network = DetectorNetwork(len(fields["ids"]), fields["network_config"])
        layout = {_PREFIX + key: tensor for key, tensor in network.state_dict().items()}
        tensors = saved.read_tensors(folder, config, layout)
        state = {key.removeprefix(_PREFIX): tensor for key, tensor in tensors.items()}
        network.load_state_dict(state, assign=True)
        network.eval()
        return cls(network=network, origin=origin, **fields)

    def save_pretrained(self, folder: str | Path) -> None:
        """Save as a folder that explains itself; a file is there whole or not at all.

        Args:
            folder: made where it is missing.
        """
        from mimimi.model_card import model_card

        state = self.network.state_dict()
        tensors = {_PREFIX + key: value.cpu() for key, value in state.items()}
        saved.write(Path(folder), self.as_config(), tensors, model_card(self))

    @torch.inference_mode()
    def measure(self, waveform: audio.Waveform) -> RecordingScores:
        """Score a recording under every id.

        Args:
            waveform: the recording.

        Raises:
            AudioError: it is shorter than one window.
        """
        segments = split(waveform, self.front_end)
        device = next(self.network.parameters()).device
        scores, attentions = [], []
        for first in range(0, len(segments), _SEGMENTS_AT_ONCE):
            samples = np.stack([s.samples for s in segments[first : first + _SEGMENTS_AT_ONCE]])
            batch = torch.from_numpy(samples).to(device)
            spectrum = as_real(normalised(complex_spectrum(batch, self.front_end)))
            cut = windows(spectrum, self.front_end.window_frames)
            output = self.network(cut.flatten(0, 1))
            scores.append(window_scores(output.total).reshape(*cut.shape[:2], -1).cpu())
            attentions.append(output.attention.cpu())
            n_frames = spectrum.shape[-1]
        hop_seconds = self.front_end.hop_length / self.front_end.sample_rate
        in_segment = window_starts(n_frames, self.front_end.window_frames)
        starts = torch.tensor(
            [[segment.start + frame * hop_seconds for frame in in_segment] for segment in segments]
        )
        by_window = torch.cat(scores)
        return RecordingScores(
            waveform,
            by_window,
            recording_score(segment_scores(by_window)),
            torch.cat(attentions).mean(dim=0),
            starts,
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
        self._check_id(machine_id)  # before a long recording is measured in vain
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
        self._check_id(machine_id)
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
        by_complex, by_magnitude = measured.attention.reshape(2, -1).tolist()
        verdict = Verdict(
            file=measured.waveform.name,
            machine_type=self.machine_type,
            machine_id=machine_id,
            machine_id_given=mode == "given",
            score=score,
            threshold=threshold.value,
            is_anomalous=score > threshold.value,
            youden_threshold=youden.value if youden else None,
            false_alarm_rate=threshold.false_alarm_rate,
            p_value=p_value(normal, score),
            calibration_clips=len(normal),
            calibration_scores=normal,
            seconds=measured.waveform.seconds,
            windows=self._windows(measured, which),
            attention=ChannelWeights(
                magnitude=dict(zip(self.ids, by_magnitude, strict=True)),
                complex=dict(zip(self.ids, by_complex, strict=True)),
            ),
            probabilities=dict(zip(self.ids, (-measured.ids).softmax(dim=0).tolist(), strict=True)),
            warning=self._warning(measured.waveform, mode),
        )
        return verdict if false_alarm_rate is None else verdict.at(false_alarm_rate)

    def _check_id(self, machine_id: str | None) -> None:
        if machine_id is not None and machine_id not in self.ids:
            known = ", ".join(self.ids)
            raise UnknownMachineError(
                f"This detector knows no {self.machine_type} {machine_id!r}; it knows {known}."
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
