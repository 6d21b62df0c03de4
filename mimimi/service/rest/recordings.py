"""Recordings judged, learnt from, and told of."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from mimimi.audio import Pair
from mimimi.detector.detector import Detector
from mimimi.detector.verdict import Verdict
from mimimi.errors import UserError
from mimimi.explain.explanation import explain
from mimimi.jobs import names
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.examples import DETECTOR, VERDICT
from mimimi.service.rest.problems import documented

Channel = Annotated[int | None, Form(ge=0, le=255, description="of several, counted from 0")]
Reference = Annotated[
    int | None, Form(ge=0, le=255, description="of a second microphone, which hears the hall")
]
Recording = Annotated[UploadFile, File(description="in any format that `score` takes")]


class DetectorShown(BaseModel):
    """A detector and what it promises."""

    name: str
    machine_type: str
    machines: list[str]
    false_alarm_rate: dict[str, float]
    reference_channel: int | None  # of the second microphone that it was made with, if any
    learnt: list[str]  # what it was told, in order; nothing where it was trained

    @classmethod
    def of(cls, name: str, detector: Detector) -> DetectorShown:
        """As it is now."""
        calibration, channels = detector.calibration, detector.config.channels
        return cls(
            name=name,
            machine_type=detector.machine_type,
            machines=list(detector.ids),
            false_alarm_rate={
                i: calibration.threshold("given", i).false_alarm_rate for i in detector.ids
            },
            reference_channel=channels.far if channels else None,
            learnt=[occasion.text for occasion in detector.occasions],
        )


def router(backend: Backend) -> APIRouter:
    """The operations on detectors."""
    routes = APIRouter(prefix="/detectors", tags=["recordings"])

    @routes.get("", response_model=list[str])
    def detectors() -> list[str]:
        """The names of all detectors: those that come with MIMIMI, and those made here."""
        return sorted(backend.detectors())

    @routes.get(
        "/{name}",
        responses=documented(401, 404, example=DETECTOR),
    )
    def detector(name: str) -> DetectorShown:
        """One detector: the machines it knows and its rate of false alarms."""
        return DetectorShown.of(backend.known(name), backend.detector(name))

    @routes.post(
        "/{name}/score",
        responses=documented(401, 404, 413, 422, 503, example=VERDICT),
    )
    def score(
        name: str,
        recording: Recording,
        machine_id: Annotated[str | None, Form(description="such as id_00")] = None,
        channel: Channel = None,
        reference_channel: Reference = None,
        false_alarm_rate: Annotated[float | None, Form(gt=0, lt=1)] = None,
        explanation: Annotated[bool, Form(description="say where, if it is unusual")] = False,
    ) -> Verdict:
        """Judge a recording."""
        detector = backend.detector(name)
        detector.check_id(machine_id)
        heard = detector.channel(channel, reference_channel)
        with backend.turn:
            sound = backend.sound(recording.file, recording.filename, heard)
            measured = detector.measure(sound)
            verdict = detector.judge(measured, machine_id, false_alarm_rate)
            if explanation and verdict.is_anomalous and verdict.machine_id:
                found = explain(detector, sound, verdict.machine_id, measured=measured)
                verdict = replace(verdict, where=found.sentence)
        return verdict

    @routes.post(
        "/{name}",
        status_code=201,
        responses=documented(401, 409, 413, 422, 503, example=DETECTOR, status=201),
    )
    def learn(
        name: str,
        recordings: Annotated[list[UploadFile], File(description="a minute of normal sound")],
        kind: Annotated[str, Form(description="of machine, such as compressor")] = "machine",
        channel: Channel = None,
        reference_channel: Reference = None,
    ) -> DetectorShown:
        """Learn a machine from its normal sound."""
        with backend.turn:
            try:
                slug = names.free(name)
            except UserError as error:
                raise HTTPException(409, str(error)) from None
            near = channel or 0
            which = near if reference_channel is None else Pair(near, reference_channel)
            heard = [backend.sound(one.file, one.filename, which) for one in recordings]
            learnt = Detector.learn(name, heard, kind)
            learnt.save_pretrained(names.runs() / slug)
        return DetectorShown.of(slug, learnt)

    @routes.post(
        "/{name}/feedback",
        responses=documented(401, 404, 413, 422, 503, example=DETECTOR),
    )
    def feedback(
        name: str,
        recording: Recording,
        was: Annotated[Literal["normal", "fault"], Form(description="what it was in truth")],
        fault: Annotated[str | None, Form(description="its name, such as bearing")] = None,
        channel: Channel = None,
        reference_channel: Reference = None,
    ) -> DetectorShown:
        """Tell a detector that was learnt what a recording was; a listener heeds it by itself."""
        if was == "fault" and not fault:
            raise UserError("Say which fault it was, such as bearing.")
        slug = backend.known(name)
        with backend.turn:
            before = backend.detector(slug)
            which = before.channel(channel, reference_channel)
            sound = backend.sound(recording.file, recording.filename, which)
            if was == "fault" and fault:
                told = before.was_fault(sound, fault)
            else:
                told = before.was_normal(sound)
            told.save_pretrained(backend.detectors()[slug])
        return DetectorShown.of(slug, told)

    return routes
