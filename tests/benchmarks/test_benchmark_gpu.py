"""The set that a GPU is timed on is one that a training takes."""

from benchmarks.speed import gpu
from mimimi.config import MACHINE_TYPES
from mimimi.data.index import index
from mimimi.training.split import split_data


def test_every_machine_has_clips_to_learn_from_and_to_be_tried_on(tmp_path):
    gpu.corpus(tmp_path, training=35, tests=32)
    recordings = index([tmp_path], None, lambda line: None)
    assert len(recordings) == 67
    for machine_type in MACHINE_TYPES:
        split = split_data(recordings, machine_type, lambda line: None)
        assert split.ids == gpu.MACHINES
        assert {r.machine_id for r in split.normal} == set(gpu.MACHINES)
        assert {r.machine_id for r in split.anomalous} == set(gpu.MACHINES)
    contents = {r.path.read_bytes() for r in recordings}
    assert len(contents) == 67, "no file is another's copy"
