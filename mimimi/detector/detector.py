"""`Detector`: an ensemble, what its scores mean, and what it compares with; saved as one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mimimi import audio
from mimimi.config import FrontEnd
from mimimi.detector import checkpoint, learning
from mimimi.detector.calibration import Calibration, Mode, calibrate_alone
from mimimi.detector.config import DetectorConfig, member_configs
from mimimi.detector.ensemble import Ensemble
from mimimi.detector.hearing import require_alike
from mimimi.detector.locate import locate
from mimimi.detector.measurement import Measurement
from mimimi.detector.publishing.hub import Token
from mimimi.detector.publishing.model_card import model_card
from mimimi.detector.publishing.publish import publish, require_name
from mimimi.detector.references import References, checked
from mimimi.detector.spectral_baseline import SpectralBaseline
from mimimi.detector.teachable import Teachable
from mimimi.detector.threshold import FEWEST_TO_BE_SURE, but_for_rounding, p_value
from mimimi.detector.verdict import Verdict
from mimimi.errors import DetectorError, UnknownMachineError


@dataclass(frozen=True)
class Detector(Teachable):
    """Judges recordings of one machine type.

    What it is made of, and what it can be told later, stands in `Teachable`.

    Example:
        >>> from mimimi.simulate import simulate_clip
        >>> clip = simulate_clip("fan", "id_50", clip=900), 16_000
        >>> verdict = Detector.from_pretrained("fan").analyse(clip, machine_id="id_50")
        >>> verdict.is_anomalous == (verdict.score > verdict.threshold), verdict.recognised
        (True, True)
    """

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
        folder, origin = locate(name, revision)
        saved = checkpoint.read_config(folder)
        try:
            config = DetectorConfig.from_config(saved)
            members = member_configs(saved, config)
            entries = checked(saved["references"], config.ids, config.trained_on)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise DetectorError(
                f"{folder / checkpoint.CONFIG} is damaged: {type(error).__name__} at {error}."
            ) from error
        layout = Ensemble.layout(members)
        if config.novelty_limit is not None:
            layout |= SpectralBaseline.layout(len(config.ids))
        layout |= References.layout(len(entries), sum(len(m.machines) for m in members))
        arrays = checkpoint.read_arrays(folder, saved, layout)
        return cls(
            config,
            Ensemble.from_arrays(config.machine_type, config.ids, members, arrays),
            SpectralBaseline.from_arrays(arrays) if config.novelty_limit is not None else None,
            References.from_arrays(entries, arrays),
            origin,
        )

    @classmethod
    def learn(
        cls,
        name: str,
        recordings: Sequence[learning.Sound],
        kind: str = "machine",
        channel: audio.Channel = 0,
    ) -> Detector:
        """Remember how one machine sounds when all is well; 10 s will do, a minute is better.

        Args:
            name: of the machine.
            recordings: normal ones, as for `analyse` or read; one heard twice counts once.
            kind: of machine, such as "compressor".
            channel: the one of several channels that is heard, counted from 0, or an `audio.Pair`,
                of which the far one hears the hall; it is remembered, and needed ever after.

        Raises:
            AudioError: there is less than 10 s, or a recording cannot be learnt from.
            UserError: name or kind cannot be one.

        Example:
            >>> from mimimi.simulate import simulate_clip
            >>> clips = [(simulate_clip("fan", "id_50", clip=n), 16_000) for n in range(4)]
            >>> Detector.learn("roof fan", clips[:3], "fan").analyse(clips[3]).is_anomalous
            False
        """
        learnt = learning.learn(name, recordings, kind, channel)
        return cls(learnt.config, learnt.ensemble, references=learnt.references)

    def save_pretrained(self, folder: str | Path, *, repo: str | None = None) -> None:
        """Save as a folder that explains itself; a file is there whole or not at all.

        Args:
            folder: made where it is missing.
            repo: where it is published on the Hugging Face Hub, "user/repo", as its card says;
                None: nowhere.
        """
        config = self.config.as_config() | {
            "members": [member.as_config() for member in self.ensemble.configs],
            "references": self.references.as_config(),
        }
        arrays = self.ensemble.as_arrays() | self.references.as_arrays()
        if self.baseline:
            arrays |= self.baseline.as_arrays()
        checkpoint.write(Path(folder), config, arrays, self.card(repo))

    def push_to_hub(self, repo: str, *, private: bool = False, token: Token = None) -> str:
        """Publish on the Hugging Face Hub.

        Args:
            repo: "user/repo", made where it is missing.
            private: only its owner sees it.
            token: that may write there; None: the user's own.

        Returns:
            The address of the commit.

        Raises:
            DetectorError: the Hub refuses it or cannot be reached.
            UserError: it is no name on the Hub, the repo holds something else, or is public where a
                private one was asked for.
        """
        require_name(repo)
        with TemporaryDirectory() as folder:
            self.save_pretrained(folder, repo=repo)
            return publish(Path(folder), repo, private=private, token=token)

    def card(self, repo: str | None = None) -> str:
        """Its model card, Markdown; `repo` as for `save_pretrained`."""
        kept = len(self.references.entries)
        return model_card(self.config, self.ensemble.configs, kept, repo)

    @property
    def machine_type(self) -> str:
        """Such as "fan"."""
        return self.config.machine_type

    @property
    def ids(self) -> tuple[str, ...]:
        """The machines it knows."""
        return self.config.ids

    @property
    def calibration(self) -> Calibration:
        """Scores of normal recordings, and thresholds."""
        return self.config.calibration

    @property
    def front_end(self) -> FrontEnd:
        """How recordings are cut into segments and windows."""
        return self.ensemble.front_end

    def on(self, device: str) -> Detector:
        """The same, its networks judging on another device, such as "cuda", by torch."""
        return replace(self, ensemble=self.ensemble.on(device))

    def measure(self, waveform: audio.Waveform) -> Measurement:
        """Measure a recording, to be judged, explained and compared.

        Args:
            waveform: the recording.

        Raises:
            AudioError: it is shorter than one window, or was heard with a second microphone where
                those behind the detector were not, or the other way round.
        """
        require_alike(self.config, waveform)
        return self.ensemble.measure(waveform)

    def analyse(
        self,
        source: audio.Source,
        machine_id: str | None = None,
        *,
        channel: audio.Channel | None = None,
        name: str | None = None,
        false_alarm_rate: float | None = None,
    ) -> Verdict:
        """Judge a recording.

        Args:
            source: a path, the bytes of a file, an open binary file, or (samples, sample rate).
            machine_id: the machine it is said to be. Without it the most similar one is taken,
                which is less reliable: an anomaly is a recording that resembles another machine.
            channel: the one of several channels that is judged, counted from 0; see `channel`.
            name: what messages and the verdict call it.
            false_alarm_rate: another than the thresholds were made for; see `Verdict.at`.

        Raises:
            AudioError: the recording cannot be judged.
            UnknownMachineError: the detector does not know this id.
        """
        self.check_id(machine_id)  # before a long recording is measured in vain
        waveform = self.read(source, channel, name)
        return self.judge(self.measure(waveform), machine_id, false_alarm_rate)

    def judge(
        self,
        measured: Measurement,
        machine_id: str | None = None,
        false_alarm_rate: float | None = None,
    ) -> Verdict:
        """Decide on a measured recording; as `analyse`, which measures first.

        Raises:
            UnknownMachineError: the detector does not know this id.
            DetectorError: the network's scores are no numbers.
        """
        self.check_id(machine_id)
        mode: Mode = "given" if machine_id else "inferred"
        machine_id = machine_id or self.ids[int(measured.ids.argmin())]
        which = self.ids.index(machine_id)
        score = float(measured.ids[which])
        if not np.isfinite(score):  # else it would be below every threshold
            raise DetectorError(
                "The network's scores are no numbers; train or fetch the detector again."
            )
        calibration = self.calibration
        if measured.margins is not None:  # each recording has a threshold of its own: jackknife+
            calibration = calibrate_alone(machine_id, (score + measured.margins).tolist())
        threshold = calibration.threshold(mode, machine_id)
        youden = calibration.youden(mode, machine_id)
        normal = calibration.normal_scores(mode, machine_id)
        score = but_for_rounding(score, normal)
        verdict = Verdict(
            file=measured.name,
            machine_type=self.machine_type,
            machine_id=machine_id,
            machine_id_given=mode == "given",
            score=score,
            threshold=threshold.value,
            is_anomalous=score > threshold.value,
            tentative=measured.margins is None and len(normal) < FEWEST_TO_BE_SURE,
            recognised=self._recognises(measured),
            youden_threshold=youden.value if youden else None,
            false_alarm_rate=threshold.false_alarm_rate,
            p_value=p_value(normal, score),
            calibration_clips=len(normal),
            calibration_scores=normal,
            seconds=measured.seconds,
            like=self.like(measured),
            windows=measured.windows_of(which, self.front_end),
            attention=measured.channel_weights(self.ids),
            probabilities=dict(zip(self.ids, measured.probabilities.tolist(), strict=True)),
            problems=list(measured.problems),
            warning=self._warning(measured, mode),
            state=measured.state,
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

    def _recognises(self, measured: Measurement) -> bool | None:
        """Whether it sounds like any machine that is known; None where that cannot be told."""
        if measured.novelty is not None:
            return not measured.novelty.is_unknown
        limit = self.config.novelty_limit
        if self.baseline is None or limit is None:
            return None
        distance = self.baseline.distance(measured.statistics)
        return but_for_rounding(distance, [limit]) <= limit

    def _warning(self, measured: Measurement, mode: Mode) -> str | None:
        said = measured.warnings(self.front_end)
        if mode == "inferred" and len(self.ids) > 1:
            said.append("machine inferred: less reliable")
        return "; ".join(said) or None
