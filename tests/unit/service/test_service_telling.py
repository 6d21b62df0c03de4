from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import datetime

import jsonschema
import pytest
from home_assistant import SCHEMAS, TOPIC
from listening import ToldServer, eventually
from mosquitto import MOSQUITTO, Broker
from sqlalchemy.exc import OperationalError

from mimimi.errors import UserError
from mimimi.service.history.history import History
from mimimi.service.judgement import Judgement, Report
from mimimi.service.notice import Notice
from mimimi.service.reader import Backoff
from mimimi.service.settings import MqttSettings, WebhookSettings
from mimimi.service.telling import courier as courier_module
from mimimi.service.telling.courier import Courier
from mimimi.service.telling.lines import Lines
from mimimi.service.telling.mqtt import Mqtt
from mimimi.service.telling.notify import Notify, checked
from mimimi.service.telling.webhook import SIGNATURE, Webhook, signature

ALARM = Notice("fan 1", "alarm", True, 60.0, 30.0, "fan 1 sounds unusual.", {"score": 3.0})
SECRET = "sixteen signs or more"


@pytest.fixture
def history(tmp_path):
    opened = History(f"sqlite:///{tmp_path}/h.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def courier(history, monkeypatch):
    """Couriers that do not wait long, ended with the test."""
    monkeypatch.setattr(courier_module, "Backoff", lambda: Backoff(0.01, 0.05))
    monkeypatch.setattr(courier_module, "_LAST_TRIES", 0.5)
    monkeypatch.setattr(courier_module, "_LOOK_EVERY", 0.05)
    started, said = [], []

    def start(sink) -> list[str]:
        thread = Courier(history, sink, said.append)
        thread.start()
        started.append(thread)
        return said

    yield start
    for thread in started:
        thread.end()


def tell(history: History, count: int, first: int = 0) -> None:
    for n in range(first, first + count):
        history.add("fan 1", Report(notices=[replace(ALARM, at=60.0 + n)]))


def test_a_webhook_is_told_in_order_and_can_tell_who_it_was(history, courier, told: ToldServer):
    courier(Webhook(WebhookSettings(told.url, SECRET)))
    tell(history, 3)
    eventually(lambda: len(told.told) == 3)
    assert [message["id"] for message in told.told] == [1, 2, 3]
    assert told.told[0] == json.loads(ALARM.as_json(1))
    for headers, body in told.bodies:
        assert headers[SIGNATURE] == signature(SECRET, body)
        assert headers["Content-Type"] == "application/json"


def test_what_could_not_be_told_is_told_once_the_server_is_back(history, courier, told):
    told.status = 500
    said = courier(Webhook(WebhookSettings(told.url)))
    tell(history, 20)
    eventually(lambda: said)
    assert "it answers 500" in said[0]
    tell(history, 20, first=20)
    told.status = 200
    eventually(lambda: len(told.told) == 40)
    assert [message["id"] for message in told.told] == list(range(1, 41))
    eventually(lambda: len(said) == 2)
    assert "told again" in said[1]


def test_a_history_that_is_away_is_what_is_complained_of(history, courier, told, monkeypatch):
    def away(_: str) -> None:
        raise OperationalError("", None, Exception("no connection"))

    monkeypatch.setattr(history, "to_tell", away)
    said = courier(Webhook(WebhookSettings(told.url)))
    eventually(lambda: said)
    assert "cannot be told (the history, no connection); trying again" in said[0]


def test_a_webhook_whose_answer_never_ends_has_been_told(history, courier, told):
    told.goes_on = True
    courier(Webhook(WebhookSettings(told.url)))
    tell(history, 2)
    eventually(lambda: not history.to_tell("webhook 127.0.0.1"))
    assert [message["id"] for message in told.told] == [1, 2]


@pytest.mark.planted
def test_what_nobody_expected_of_a_sink_is_said_and_it_is_told_again(history, courier, own_home):
    class Odd(Lines):
        name, told = "odd", 0

        def tell(self, number, notice):
            Odd.told += 1
            if Odd.told < 3:
                raise ZeroDivisionError("by zero")

    said = courier(Odd())
    tell(history, 1)
    eventually(lambda: not history.to_tell("odd"))
    eventually(lambda: len(said) == 2)
    assert "odd cannot be told (Something went wrong" in said[0]
    assert "odd is told again" in said[1]


def test_a_restart_goes_on_where_it_was_told_last(history, told):
    for _ in range(3):
        one = Courier(history, Webhook(WebhookSettings(told.url)), print)
        one.start()
        tell(history, 2)
        one.end()
    assert [message["id"] for message in told.told] == [1, 2, 3, 4, 5, 6]


def test_lines_are_json_one_a_notice(history, courier, capsys):
    courier(Lines())
    tell(history, 2)
    eventually(lambda: not history.to_tell(Lines.name))
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [1, 2]


def test_a_telephone_is_told_what_since_when_and_where_to_hear_it(history, courier, told):
    address = told.url.replace("http://", "json://")
    courier(Notify(address))
    heard = replace(ALARM, details={"link": "http://plant.local/clips/a.flac"})
    history.add("fan 1", Report(notices=[heard, replace(ALARM, is_on=False)]))
    eventually(lambda: len(told.told) == 2)
    began, ended = told.told
    assert (began["title"], began["type"]) == ("fan 1: alarm", "warning")
    assert "fan 1 sounds unusual." in began["message"]
    assert f"Since {datetime.fromtimestamp(30.0):%Y-%m-%d %H:%M:%S}" in began["message"]
    assert "Listen: http://plant.local/clips/a.flac" in began["message"]
    assert (ended["title"], ended["type"]) == ("fan 1: alarm over", "success")


def test_a_service_that_takes_no_message_is_told_again_and_its_password_is_nobodys(
    history, courier, told
):
    told.status = 500
    said = courier(Notify(told.url.replace("http://", "json://user:pass-word@")))
    tell(history, 2)
    eventually(lambda: said)
    assert "pass-word" not in said[0]
    told.status = 200
    eventually(lambda: len(told.told) == 2)


def test_an_address_that_apprise_does_not_know_is_refused():
    with pytest.raises(UserError, match="no address that Apprise"):
        checked("phone://my-wife")


def test_a_broker_is_told_and_knows_how_things_are_for_whoever_comes_later(
    broker, subscribe, history, courier
):
    mqtt = Mqtt(MqttSettings(broker.url), "plant", {"fan 1": {}})
    early = subscribe()
    courier(mqtt)
    eventually(lambda: early.last.get("mimimi/plant/status") == "online")
    eventually(lambda: early.last.get("mimimi/fan-1/alarm") == "OFF")
    tell(history, 1)
    silent = replace(ALARM, about="silent")
    history.add("fan 1", Report(notices=[silent]))
    mqtt.show(
        "fan 1",
        Judgement(0, 10, 10, 1.5, 2, 0.5, False, -20.04, "running", "", 0, "5/6", "off"),
    )
    eventually(lambda: early.events() == [1, 2])
    late = subscribe()
    eventually(lambda: late.last.get("mimimi/fan-1/microphone") == "ON")
    eventually(lambda: "mimimi/fan-1/now" in late.last)
    eventually(lambda: late.last.get("mimimi/fan-1/alarm") == "ON")
    assert json.loads(late.last["mimimi/fan-1/now"]) == {
        "score": 1.5, "threshold": 2, "level": -20.0, "state": "running",
    }  # fmt: skip
    assert late.events() == []  # events are not retained


def test_home_assistant_finds_each_machine_with_its_five_sensors(broker, subscribe):
    mqtt = Mqtt(MqttSettings(broker.url), "plant", {"fan 1": {}, "насос": {}})
    listener = subscribe()
    eventually(lambda: sum(t.endswith("/config") for t in listener.last) == 10)
    found = {t: json.loads(m) for t, m in listener.last.items() if t.endswith("/config")}
    for topic, message in found.items():
        parts = TOPIC.fullmatch(topic)
        assert parts["prefix"] == "homeassistant"
        component, node, thing = parts["component"], parts["node"], parts["object"]
        jsonschema.validate(message, SCHEMAS[component])
        assert message["device"]["identifiers"] == [node]
        assert message["availability_topic"] == "mimimi/plant/status"
        if component == "binary_sensor":
            assert (message["payload_on"], message["payload_off"]) == ("ON", "OFF")
            assert listener.last[message["state_topic"]] == "OFF"
        else:
            assert f"value_json.{thing}" in message["value_template"]
    assert len({message["unique_id"] for message in found.values()}) == 10
    assert {message["device"]["name"] for message in found.values()} == {"fan 1", "насос"}
    mqtt.close()


def test_a_listener_that_dies_is_offline_by_its_last_will(broker, subscribe):
    mqtt = Mqtt(MqttSettings(broker.url), "plant", {})
    listener = subscribe()
    eventually(lambda: listener.last.get("mimimi/plant/status") == "online")
    mqtt._client._sock_close()  # as if the machine had no power any more
    eventually(lambda: ("mimimi/plant/status", "offline", False) in listener.heard)
    mqtt.close()


def test_a_broker_that_lets_nobody_in_is_said_at_once_and_nothing_piles_up(tmp_path):
    if not MOSQUITTO:
        pytest.skip("mosquitto is not installed")
    broker, said = Broker(tmp_path, "allow_anonymous false"), []
    mqtt = Mqtt(MqttSettings(broker.url), "plant", {"fan 1": {}}, said.append)
    eventually(lambda: said)
    assert said == ["MQTT broker 127.0.0.1 cannot be reached (Not authorized); trying again"]
    assert not mqtt._client._out_messages
    broker.stop()
    mqtt.close()


def test_a_broker_that_is_not_there_is_said_once_and_that_it_is_back(tmp_path, broker):
    broker.stop()
    said: list[str] = []
    mqtt = Mqtt(MqttSettings(broker.url), "plant", {}, said.append)
    eventually(lambda: said)
    assert said == ["MQTT broker 127.0.0.1 cannot be reached (Connection refused); trying again"]
    broker.start()
    eventually(lambda: said[1:] == ["MQTT broker 127.0.0.1 is reached again"])
    broker.stop()
    eventually(lambda: said[2:])
    assert "cannot be reached (the connection was lost)" in said[2]
    mqtt.close()


def test_a_broker_that_comes_back_is_told_everything_in_order_and_knows_it_all_again(
    broker, subscribe, history, courier
):
    mqtt = Mqtt(MqttSettings(broker.url), "plant", {"fan 1": {}})
    courier(mqtt)
    eventually(mqtt._client.is_connected)
    tell(history, 2)
    eventually(lambda: not history.to_tell(mqtt.name))
    broker.stop()
    tell(history, 3, first=2)
    time.sleep(0.3)
    assert len(history.to_tell(mqtt.name)) == 3
    broker.start()
    listener = subscribe()
    eventually(lambda: set(listener.events()) == {3, 4, 5})
    first_seen = list(dict.fromkeys(listener.events()))
    assert first_seen == [3, 4, 5]
    eventually(lambda: listener.last.get("mimimi/fan-1/alarm") == "ON")
    assert sum(topic.endswith("/config") for topic in listener.last) == 5
