"""Memory that a step frees is there for the next one."""

import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
from mimimi.training.heap import keep_freed_memory

if sys.argv[1] == "kept":
    keep_freed_memory()
import torch

def step():
    torch.ones(9_000_000).add(1.0)  # twice 36 MB: what is below 32 MiB glibc keeps by itself

for _ in range(30):  # until there are holes of every size that is asked for
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_taken(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_pages_are_not_taken_anew_at_every_step() -> None:
    assert 10 * pages_taken("kept") < pages_taken("as it is")
