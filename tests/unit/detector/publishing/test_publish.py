"""Detectors to the Hub, by the real client over HTTP; the Hub is `hub_server`."""

from __future__ import annotations

import json

import pytest
import yaml
from detector_files import contents, note
from hub_server import MINE, OTHERS, Repo

from mimimi.cli import main
from mimimi.detector.detector import Detector
from mimimi.detector.locate import locate
from mimimi.detector.publishing import hub
from mimimi.errors import DetectorError, UserError


def publish(folder, repo, **options) -> str:
    return Detector.from_pretrained(folder).push_to_hub(repo, **options)


@pytest.mark.parametrize("private", [False, True])
def test_what_was_published_comes_back_bit_for_bit(server, saved, private):
    address = publish(saved, "user/fan", private=private, token=MINE)
    repo = server.repos["user/fan"]
    assert repo.private is private
    assert address.endswith(repo.at("main"))
    folder = hub.download("user/fan", token=MINE)
    assert contents(folder) == contents(saved)
    ours, theirs = (Detector.from_pretrained(path).config for path in (saved, folder))
    assert ours == theirs


def test_the_card_shows_the_figures_on_the_site_and_how_to_use_it(server):
    folder, _ = locate("fan")
    publish(folder, "user/mimimi-fan", token=MINE)
    text = server.repos["user/mimimi-fan"].commits[server.repos["user/mimimi-fan"].at("main")]
    card = text["README.md"].decode()
    front = yaml.safe_load(card.split("\n---\n")[0].removeprefix("---\n"))
    assert front["license"] == "cc-by-sa-4.0"
    assert front["library_name"] == "mimimi"
    assert {"fan", "anomaly-detection"} <= set(front["tags"])
    figures = json.loads((folder / "config.json").read_text())["about"]["figures"]
    (model,) = front["model-index"]
    assert len(model["results"]) == len(figures)
    for result, figure in zip(model["results"], figures, strict=True):
        first = result["metrics"][0]
        mean = next(row for row in figure["machines"] if row["machine"] == "mean")
        assert first == {
            "type": "roc_auc",
            "name": "AUC, mean",
            "value": round(mean["auc"]["value"], 4),
        }
    assert 'Detector.from_pretrained("user/mimimi-fan")' in card
    assert "## Limits" in card


def test_an_unknown_licence_is_said_not_refused(server, saved, capsys, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", MINE)
    assert main(["publish", str(saved), "user/fan"]) == 0
    out, err = capsys.readouterr()
    assert "/user/fan/commit/" in out
    assert "unknown licence" in err
    card = next(iter(server.repos["user/fan"].commits.values()))["README.md"].decode()
    assert "license: unknown" in card
    assert "NOT KNOWN" in card


def test_publishing_again_is_a_commit_on_top(server, saved):
    publish(saved, "user/fan", token=MINE)
    note(saved, "another")
    publish(saved, "user/fan", token=MINE)
    assert len(server.repos["user/fan"].commits) == 2


def test_somebody_elses_token_or_none_publishes_nothing(server, saved):
    for token in (OTHERS, "hf_wrong", False, None):
        with pytest.raises(DetectorError, match="token"):
            publish(saved, "user/fan", token=token)
    assert not server.repos


def test_another_model_is_not_written_over(server, saved):
    server.repos["user/bert"] = Repo()
    server.repos["user/bert"].commit({"config.json": b"{}"})
    with pytest.raises(UserError, match="holds something else"):
        publish(saved, "user/bert", token=MINE)
    assert len(server.repos["user/bert"].commits) == 1


def test_private_is_not_published_to_a_public_repo(server, saved):
    publish(saved, "user/fan", token=MINE)
    with pytest.raises(UserError, match="already and public"):
        publish(saved, "user/fan", private=True, token=MINE)
    assert len(server.repos["user/fan"].commits) == 1


def test_a_broken_upload_is_repeated_and_one_that_stays_broken_is_one_sentence(server, saved):
    server.cuts = 1
    publish(saved, "user/fan", token=MINE)
    assert contents(hub.download("user/fan")) == contents(saved)
    server.store.clear()
    server.cuts = 1000
    with pytest.raises(DetectorError, match="user/fan2 could not be published"):
        publish(saved, "user/fan2", token=MINE)
    assert not server.repos["user/fan2"].commits


@pytest.mark.parametrize("name", ["fan", "user/fan@v1", "a/b/c", "user/", "../fan", "user/re po"])
def test_what_is_no_name_on_the_hub_is_refused(server, saved, name):
    with pytest.raises(UserError, match="Hub"):
        publish(saved, name, token=MINE)
    assert not server.repos


def test_nothing_damaged_is_published(server, saved):
    weights = saved / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(DetectorError, match="damaged"):
        publish(saved, "user/fan", token=MINE)
    assert not server.asked
