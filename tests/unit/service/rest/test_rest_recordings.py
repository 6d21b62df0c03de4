"""Recordings over HTTP: judged, learnt, told of, and refused as anywhere else."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from asking import problem
from hall import beside_and_away

from mimimi.detector.detector import Detector
from mimimi.files import home


def test_a_recording_is_judged_as_anywhere_else(serve, learnt, hum_detector, wav):
    client, fault = serve(), wav(hertz=600.0, seed=7)
    files = {"recording": ("clip.wav", fault)}
    answer = client.post("/detectors/hum/score", files=files, data={"explanation": "true"})
    assert answer.status_code == 200, answer.text
    told, expected = answer.json(), hum_detector.analyse(fault, name="clip.wav")
    assert told["is_anomalous"] is True
    assert told["score"] == pytest.approx(expected.score)
    assert (told["file"], told["machine_id"]) == ("clip.wav", "hum")
    assert "Hz" in told["where"]
    well = client.post("/detectors/hum/score", files={"recording": ("a.wav", wav(seed=99))})
    assert well.json()["is_anomalous"] is False


def test_a_machine_is_learnt_judged_and_told_of(serve, wav):
    client = serve()
    minute = [("recordings", (f"{n}.wav", wav(seed=n))) for n in range(6)]
    answer = client.post("/detectors/Press 4", files=minute, data={"kind": "press"})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["machines"]) == ("press-4", ["Press 4"])
    assert "press-4" in client.get("/detectors").json()
    status, said = problem(client.post("/detectors/press 4", files=minute))
    assert status == 409
    assert "already" in said

    unusual = {"recording": ("a.wav", wav(hertz=600.0, seed=50))}
    assert client.post("/detectors/press-4/score", files=unusual).json()["is_anomalous"]
    bearing = {"was": "fault", "fault": "bearing"}
    told = client.post("/detectors/press-4/feedback", files=unusual, data=bearing)
    assert "bearing" in told.json()["learnt"][-1]
    assert "did you mean press-4?" in problem(client.get("/detectors/pres 4"))[1]
    like = {"recording": ("b.wav", wav(hertz=600.0, seed=51))}
    assert "bearing" in client.post("/detectors/press-4/score", files=like).json()["like"]
    assert Detector.from_pretrained(home() / "runs" / "press-4").occasions[-1].fault == "bearing"
    again = client.post("/detectors/press-4/feedback", files=unusual, data=bearing)
    assert problem(again)[0] == 422
    assert problem(client.post("/detectors/fan/feedback", files=unusual, data=bearing))[0] == 422


def test_a_second_microphone_is_heard_as_anywhere_else(serve, hum):
    def sent(seed: int, channels: int = 2) -> bytes:
        file = io.BytesIO()
        sound = 0.3 * beside_and_away(hum(seed=seed), seed, loud=2.0)[:, :channels]
        soundfile.write(file, sound, 16_000, format="WAV")
        return file.getvalue()

    client, two = serve(), {"channel": "0", "reference_channel": "1"}
    minute = [("recordings", (f"{n}.wav", sent(n))) for n in range(4)]
    answer = client.post("/detectors/Press 4", files=minute, data=two)
    assert answer.json()["reference_channel"] == 1, answer.text
    told = client.post("/detectors/press-4/score", files={"recording": ("a.wav", sent(9))})
    learnt = Detector.from_pretrained(home() / "runs" / "press-4")
    assert told.json()["score"] == pytest.approx(learnt.analyse(sent(9)).score)
    one = {"recording": ("a.wav", sent(9, channels=1))}
    for path, data in [("score", {}), ("feedback", {"was": "normal"})]:
        status, said = problem(client.post(f"/detectors/press-4/{path}", files=one, data=data))
        assert status == 422
        assert "has one channel, and the second microphone" in said
    both = {"recording": ("a.wav", sent(9))}
    refused = client.post("/detectors/fan/score", files=both, data={"reference_channel": "1"})
    assert "made without a second microphone" in problem(refused)[1]
    same = client.post("/detectors/Press 5", files=minute, data={"reference_channel": "0"})
    assert "cannot be both" in problem(same)[1]


def test_what_is_wrong_is_a_problem_with_the_sentence_said_elsewhere(serve, learnt, wav):
    client = serve(megabytes=1.0, seconds=20.0)

    def score(content: bytes, name: str = "hum", **data) -> tuple[int, str]:
        files = {"recording": ("clip.wav", content)}
        return problem(client.post(f"/detectors/{name}/score", files=files, data=data))

    for status, found, said in [
        (422, score(b"this is no sound"), "not a sound file"),
        (422, score(b""), "empty"),
        (422, score(wav(), machine_id="id_99"), "knows no"),
        (422, score(wav(), channel="3"), "there is no channel 3"),
        (422, score(wav(), channel="many"), "channel"),
        (422, score(wav(25.0)), "longer than 20 s"),
        (404, score(wav(), name="press 9"), "There is no detector 'press 9'"),
        (404, score(wav(), name="..%2F..%2Fetc"), "Not Found"),
        (413, score(bytes(2_000_000)), "more than 1 MB"),
        (404, problem(client.get("/machines/pump")), "There is no history of 'pump'"),
        (404, problem(client.get("/nowhere")), "Not Found"),
        (405, problem(client.post("/machines")), "Not Allowed"),
    ]:
        assert found[0] == status, found
        assert said in found[1]


def test_sound_that_says_it_is_short_is_measured_all_the_same(serve, learnt, wav):
    client = serve(seconds=20.0)
    flac = io.BytesIO()
    silence = 1e-3 * np.random.default_rng(0).standard_normal(16_000 * 30)
    soundfile.write(flac, silence, 16_000, format="FLAC")
    lying = bytearray(flac.getvalue())
    lying[21:26] = bytes([lying[21] & 0xF0, 0, 0, 0x10, 0])  # 4,096 samples, its header says
    files = {"recording": ("clip.flac", bytes(lying))}
    status, said = problem(client.post("/detectors/hum/score", files=files))
    assert (status, "longer than 20 s" in said) == (422, True)
