"""Nothing is written but to where it may: all else read-only, as in the container."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsing import README, running_app
from forged import Forged, looking_at_runs, marked_up, simulate_fans
from listening import eventually

# For /data and /tmp of a container; then all else read-only, and no right of root's left.
ENCLOSE = """
mount -t tmpfs tmpfs "$DATA" && mount -t tmpfs tmpfs "$TMPDIR" || exit
findmnt -rno TARGET | grep -vE '^/(proc|sys|dev|mnt)(/|$)' | grep -vxF "$DATA" |
    grep -vxF "$TMPDIR" | while read -r place; do mount -o remount,bind,ro "$place" || exit; done
exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs sh -c "$INSIDE"
"""
ALONE = 'exec unshare --mount --propagation private sh -c "$ENCLOSE"'
PAGES = ("", "machines", "live", "monitor", "train", "evaluate", "models")


@dataclass
class Enclosed:
    url: str
    home: Path  # as the server sees it
    log: Path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enclosed]:
    place = tmp_path_factory.mktemp("enclosed")
    data, temporary = place / "data", place / "tmp"
    data.mkdir()
    temporary.mkdir()
    environment = {
        "DATA": str(data),
        "TMPDIR": str(temporary),
        "ENCLOSE": ENCLOSE,
        "MIMIMI_SHARED": "1",
        "MIMIMI_HOME": str(data / "mimimi"),
        "MPLCONFIGDIR": str(temporary / "matplotlib"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(place),
    }
    inside = f"! touch {place}/a 2>/dev/null && touch {data}/a {temporary}/a"
    tried = subprocess.run(
        ["sh", "-c", ALONE], env=os.environ | environment | {"INSIDE": inside}, capture_output=True
    )
    if tried.returncode:
        pytest.skip("no disk can be mounted here")
    with running_app(place / "log", ALONE, **environment, INSIDE=README) as url:
        yield Enclosed(url, data / "mimimi", place / "log")
    said = (place / "log").read_text()
    assert "Read-only" not in said
    assert "Permission" not in said


def whole(page: Forged) -> bool:
    texts = [text for message in page.messages for text in marked_up(message)]
    return bool(texts) and not any("went wrong" in one or "cannot write" in one for one in texts)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(app: Enclosed, name: str) -> None:
    with Forged(app.url, name) as page:
        assert whole(page)


def test_a_recording_gets_its_verdict_and_a_machine_is_learnt(
    app: Enclosed, fan_clip: Path
) -> None:
    clip = ("a.wav", fan_clip.read_bytes())
    with Forged(app.url, query="type=fan&id=id_50") as page:
        assert "Sounds normal for fan id_50" in page.upload("uploads_.*", clip)
        assert whole(page)
    with Forged(app.url) as page:
        page.send(teach_name_0={"string_value": "compressor 2"})
        assert "compressor 2" in page.upload("teach_uploads_0", clip)
        assert whole(page)


def test_a_run_is_started_and_ends_well(
    app: Enclosed, hum: Callable[..., np.ndarray], tmp_path: Path
) -> None:
    with Forged(app.url, "train") as page:
        soundfile.write(tmp_path / "a.wav", hum(10.0), 16_000)
        page.upload("own_0", ("a.wav", (tmp_path / "a.wav").read_bytes()))
        added = page.send(
            machine_name={"string_value": "north"}, add_waiting={"trigger_value": True}
        )
        assert "north" in added
        simulate_fans(page)
        eventually(lambda: "check_circle: finished" in looking_at_runs(page))
        assert whole(page)
