"""Thousands of damaged and crafted detectors in one process: refused, or harmless."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import resource
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mimimi.detector.detector import Detector
from mimimi.errors import DetectorError, UserError
from mimimi.simulate import simulate_clip

pytestmark = pytest.mark.slow  # processes, or bundled detectors

MUTANTS = 2_002
MOST_SECONDS = 5.0  # of one processor, for one of them
MOST_MEMORY = 1 << 20  # KiB more than before
STRANGE = [
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        2,
        7,
        64,
        4096,
        10**6,
        10**30,
        -(2**63),
        0.5,
        -0.0,
        1e-300,
        1e308,
    ),
    *(float("nan"), float("inf"), float("-inf")),
    *(
        "",
        "x",
        "../..",
        "/etc/passwd",
        "id_00",
        "\x00",
        "\ud800",
        "é" * 70,
        "<script>",
        "a" * 10_000,
    ),
    *("cross_entropy", "nearest", "complex_spectrum", "0" * 64),
    *([], {}, [[]], [None], {"a": None}, [0.0] * 5_000, ["id_00", "id_00"], {"id_00": []}),
]
"""In place of what belongs there; all kinds of JSON, and the numbers and names of other fields."""


Files = dict[str, bytes]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def damaged(tree: Any, chance: random.Random) -> Any:
    """A copy with one thing changed, somewhere in it; deep places as likely as shallow ones."""
    tree = copy.deepcopy(tree)
    by_depth: dict[int, list[tuple[Any, ...]]] = {}
    for place in places(tree):
        by_depth.setdefault(len(place), []).append(place)
    *above, key = chance.choice(by_depth[chance.choice(list(by_depth))])
    node = tree
    for step in above:
        node = node[step]
    value = node[key]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    match chance.randrange(6):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node[f"{key}_" if chance.random() < 0.5 else str(chance.choice(STRANGE))] = node.pop(
                key
            )
        case 2 if is_number:
            node[key] = chance.choice(
                [value + 1, value * 2, value // 2, -value, float(value), str(value)]
            )
        case 3 if isinstance(value, list):
            node[key] = chance.choice([value * 2, value[1:], value[::-1], value * 500, [value]])
        case _:
            node[key] = chance.choice(STRANGE)
    return tree


def in_config(good: Files, chance: random.Random) -> Files:
    config = json.loads(good["config.json"])
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        config = damaged(config, chance)
    return good | {"config.json": json.dumps(config).encode()}


def in_text(good: Files, chance: random.Random) -> Files:
    """Damage that a disk or a wire does, and JSON that is none."""
    text = bytearray(good["config.json"])
    match chance.randrange(5):
        case 0:
            text = text[: chance.randrange(len(text))]
        case 1:
            for _ in range(chance.randint(1, 20)):
                text[chance.randrange(len(text))] = chance.randrange(256)
        case 2:
            at = text.index(b"[", chance.randrange(len(text) // 2))
            text[at : at + 1] = b"[" * chance.choice([10, 1_000, 100_000])
        case 3:
            at = chance.randrange(len(text))
            text[at:at] = chance.choice(
                [b"\x00", b"9" * 5_000, b"\xff", b'"', b"1e999", b"\\u0000"]
            )
        case 4:
            text = bytearray(chance.choice([b"", b"null", b"[]", b"{}", b"\x80\x04.", b'"format"']))
    return good | {"config.json": bytes(text)}


def rehashed(good: Files, weights: bytes) -> Files:
    """Other weights, under a configuration that vouches for them."""
    config = json.loads(good["config.json"])
    config["weights_sha256"] = hashlib.sha256(weights).hexdigest()
    return good | {"config.json": json.dumps(config).encode(), "model.safetensors": weights}


def in_header(good: Files, chance: random.Random) -> Files:
    """The table of contents of the safetensors file: shapes, types, places, names."""
    weights = good["model.safetensors"]
    (length,) = struct.unpack("<Q", weights[:8])
    header, data = json.loads(weights[8 : 8 + length]), weights[8 + length :]
    names = [name for name in header if name != "__metadata__"]
    name = chance.choice(names)
    match chance.randrange(6):
        case 0:
            text = json.dumps(damaged(header, chance)).encode()
        case 1:
            header[name]["dtype"] = chance.choice(["F16", "BF16", "F64", "I64", "U8", "BOOL", "F4"])
            text = json.dumps(header).encode()
        case 2:
            header[name]["shape"] = chance.choice([[2**40], [], [0], [-1], [1] * 70, [2**62, 4]])
            text = json.dumps(header).encode()
        case 3:
            header[name]["data_offsets"] = chance.choice(
                [[0, 2**63], [8, 4], [-4, 0], [0, len(data)]]
            )
            text = json.dumps(header).encode()
        case 4:
            header[chance.choice(["other", "../x", "", *names])] = header.pop(name)
            text = json.dumps(header).encode()
        case _:
            text = bytearray(weights[8 : 8 + length])
            for _ in range(chance.randint(1, 8)):
                text[chance.randrange(len(text))] = chance.randrange(256)
    return rehashed(good, struct.pack("<Q", len(text)) + bytes(text) + data)


def in_weights(good: Files, chance: random.Random) -> Files:
    weights = bytearray(good["model.safetensors"])
    (length,) = struct.unpack("<Q", weights[:8])
    match chance.randrange(6):
        case 0:
            weights = weights[: chance.randrange(len(weights))]
        case 1:
            weights += os.urandom(chance.choice([1, 8, 100_000]))
        case 2:
            weights[:8] = struct.pack(
                "<Q", chance.choice([0, 1, length - 1, length + 1, 2**31, 2**64 - 1])
            )
        case 3:  # numbers that are none, or too large to count with
            number = chance.choice([float("nan"), float("inf"), 3e38, -3e38, 1e-40])
            at = 8 + length + 4 * chance.randrange((len(weights) - 8 - length) // 4)
            weights[at : at + 4] = struct.pack("<f", number)
        case 4:
            for _ in range(chance.randint(1, 200)):
                weights[chance.randrange(8 + length, len(weights))] = chance.randrange(256)
        case 5:
            return good | {"model.safetensors": bytes(weights[:-1]) + b"\x07"}  # not vouched for
    return rehashed(good, bytes(weights))


@pytest.fixture(scope="module")
def good(untouched_detector: Detector, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("good")
    untouched_detector.save_pretrained(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(good: Files, tmp_path: Path) -> Path:
    for name, content in good.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_thousands_of_damaged_detectors_are_refused_or_harmless(good: Files, folder: Path) -> None:
    chance = random.Random(0)
    clip = simulate_clip("fan", seconds=3.0), 16_000
    ways = [*[in_config] * 3, *[in_text] * 2, in_header, in_weights]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused, judged = 0, 0
    for n in range(MUTANTS):
        files = ways[n % len(ways)](good, chance)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        begin = time.process_time()
        try:
            detector = Detector.from_pretrained(folder)
        except DetectorError:
            refused += 1
        except Exception as error:
            pytest.fail(f"mutant {n} by {ways[n % len(ways)].__name__}: {error!r}")
        else:
            try:
                detector.analyse(clip, detector.ids[0])
                judged += 1
            except UserError:
                refused += 1
            except Exception as error:
                pytest.fail(f"mutant {n} by {ways[n % len(ways)].__name__} loads: {error!r}")
        assert time.process_time() - begin < MOST_SECONDS, n
    assert refused + judged == MUTANTS
    assert refused > MUTANTS / 2
    assert judged > 20  # else nothing gets past the first check
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MOST_MEMORY
