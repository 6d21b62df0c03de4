"""The server itself: what it says it is, and how it begins, errs and ends."""

from __future__ import annotations

import jsonschema
import pytest
from asking import Client, problem

from mimimi.errors import UserError
from mimimi.service.history.history import History
from mimimi.service.history.tables import folder
from mimimi.service.rest import examples
from mimimi.service.rest.backend import Backend
from mimimi.service.rest.server import Server
from mimimi.service.settings import ServeSettings


def test_the_description_is_openapi_and_its_examples_fit_it(serve):
    told = serve().get("/openapi.json").json()
    assert told["openapi"].startswith("3.")
    seen = []
    for path, operations in told["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            for status, answer in operation["responses"].items():
                for media, content in answer.get("content", {}).items():
                    if "example" not in content:
                        continue
                    schema = content.get("schema") or schema_of(answer)
                    whole = {**schema, "components": told["components"]}
                    shown = content["example"]
                    # FastAPI leaves out what is null.
                    known = [e for e in EXAMPLES if without_null(e) == shown]
                    jsonschema.validate(known[0] if known else shown, whole)
                    seen.append((path, status, media))
    assert ("/detectors/{name}/score", "200", "application/json") in seen
    assert ("/detectors/{name}/score", "413", "application/problem+json") in seen
    assert len({path for path, _, _ in seen}) >= 8


EXAMPLES = [examples.DETECTOR, examples.VERDICT, examples.MACHINE]


def without_null(example: dict) -> dict:
    return {key: value for key, value in example.items() if value is not None}


def schema_of(answer: dict) -> dict:
    """Of a problem, whose schema stands beside another kind of content."""
    return next(content["schema"] for content in answer["content"].values() if "schema" in content)


def test_examples_are_as_things_are(serve, heard, learnt):
    client = serve()
    assert set(client.get("/machines").json()[0]) == set(examples.MACHINE)
    assert set(client.get("/detectors/hum").json()) == set(examples.DETECTOR)
    (event,) = client.get("/machines/press 4/events").json()
    assert set(event) <= set(examples.EVENT)


@pytest.mark.planted
def test_a_mistake_of_ours_is_a_problem_with_a_reference(serve, heard, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    client = serve()
    monkeypatch.setattr(History, "newest", broken)
    status, said = problem(client.get("/machines"))
    assert status == 500
    assert "reference" in said


def test_a_port_that_is_taken_is_said(serve):
    client = serve()
    port = int(client.address.rpartition(":")[2])
    with pytest.raises(UserError, match=f"Port {port}"):
        Server(Backend(ServeSettings(port=port), History(), folder()))


def test_a_server_ends_though_somebody_follows_the_stream(heard):
    server = Server(Backend(ServeSettings(port=0), heard, folder() / "clips"))
    thread = server.start()
    with Client(server.address, None).get("/events", stream=True) as stream:
        next(stream.iter_lines())
        server.stop()
        thread.join(600)
        assert not thread.is_alive()
