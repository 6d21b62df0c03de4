from __future__ import annotations

import pytest

from mimimi.errors import UserError
from mimimi.monitor.alarm import Rule
from mimimi.service.configuration import machine_of, parse, read, template

MACHINE = """
[[machine]]
name = "compressor 2"
detector = "fan"
source = "rtsp://camera.local/1"
"""


def test_the_template_is_a_configuration_that_can_be_read():
    (machine,) = parse(template()).machines
    assert (machine.name, machine.alarm, machine.cool_down) == ("compressor 2", Rule(5, 6), 10)


def test_every_setting_in_the_template_exists_also_those_that_are_off():
    on = [line.removeprefix("# ") for line in template().splitlines()]
    lines = [line for line in on if line.startswith("[") or " = " in line.split("#")[0]]
    seen, kept = set(), []
    for line in lines:  # of three sources, the first
        key = line.split("=")[0].strip()
        if line.startswith("["):
            seen.clear()
        if key not in seen:
            kept.append(line)
        seen.add(key)
    settings = parse("\n".join(kept))
    assert settings.mqtt
    assert settings.webhook
    assert settings.machines[0].off_below == -60


def test_many_machines_one_broker_and_one_database():
    text = 'history = "postgresql://db/x"\n' + MACHINE + MACHINE.replace("2", "3")
    settings = parse(text + '[mqtt]\nurl = "mqtts://me:pw@broker:8883"\n')
    assert [machine.name for machine in settings.machines] == ["compressor 2", "compressor 3"]
    assert settings.mqtt
    assert settings.history == "postgresql://db/x"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (MACHINE + 'alarm = "6/5"', 6, "no alarm rule"),
        (MACHINE + "channel = true", 6, "whole number from 0 to 255"),
        (MACHINE + 'reference_channel = "left"', 6, "whole number from 0 to 255"),
        (MACHINE + "channel = 1\nreference_channel = 1", 7, "is the same as channel"),
        (MACHINE + "chanel = 1", 6, "chanel is no setting here"),
        (MACHINE + "cool_down = -1", 6, "minutes, from 0"),
        (MACHINE + "off_below = 10", 6, "dBFS"),
        (MACHINE + MACHINE, 8, "is there twice"),
        (MACHINE + MACHINE.replace("r 2", "r-2"), 8, "told from 'compressor 2'"),
        (MACHINE.replace('name = "compressor 2"\n', ""), 2, "name is missing"),
        (MACHINE.replace("compressor 2", "a|b"), 3, "cannot be the name of a machine"),
        (MACHINE + '[webhook]\nurl = "ftp://x"', 7, "begins with http:// or https://"),
        (MACHINE + '[webhook]\nurl = "http://x"\nsecret = "short"', 8, "16 signs"),
        (MACHINE + "[mqtt]", 6, "url is missing"),
        ('history = "mysql://x"' + MACHINE, 1, "postgresql://"),
        (MACHINE + "name 3", 6, "line 6"),
        (MACHINE + "clips_days = 3", 6, "clips_days belongs above the first table"),
        (MACHINE + '[webhok]\nurl = "http://x"', 6, "[webhook]"),
        (MACHINE + '[[machines]]\nname = "a"', 6, "machines is no setting here"),
        ('notify = ["123:a-secret"]' + MACHINE, 1, "such as ntfy://"),
        ("", 0, "no machine in it"),
        ("machine = 3", 1, "[[machine]]"),
    ],
)
def test_a_mistake_is_told_with_its_line(text, line, said):
    with pytest.raises(UserError) as raised:
        parse(text)
    assert said in str(raised.value)
    assert not line or f"line {line}" in str(raised.value)


def test_a_file_saved_by_notepad_is_read(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(MACHINE, encoding="utf-8-sig")
    assert read(path).machines[0].name == "compressor 2"


def test_all_mistakes_are_told_at_once():
    with pytest.raises(UserError) as raised:
        parse(MACHINE + 'channel = -1\nalarm = "x"\n')
    assert len(str(raised.value).splitlines()) == 2


def test_two_machines_cannot_share_standard_input():
    pipe = MACHINE.replace("rtsp://camera.local/1", "-")
    with pytest.raises(UserError, match="only one machine"):
        parse(pipe + pipe.replace("2", "3"))
    assert len(parse(MACHINE + MACHINE.replace("2", "3")).machines) == 2  # two channels, one camera


def test_what_is_no_file_is_told(tmp_path):
    with pytest.raises(UserError, match="--init"):
        read(tmp_path / "mimimi.toml")
    (tmp_path / "mimimi.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="UTF-8"):
        read(tmp_path / "mimimi.toml")


def test_flags_are_checked_like_lines():
    given = {"name": "fan", "detector": "fan", "source": "-"}
    assert machine_of({**given, "alarm": "2/3"}).alarm == Rule(2, 3)
    with pytest.raises(UserError, match="off-below: must be a level"):
        machine_of({**given, "off_below": 3.0})
