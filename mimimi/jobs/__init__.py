"""Jobs: command-line runs in folders of their own that go on when nobody looks, and survive.

A job is `python -m mimimi train|download|simulate|listen ...` in `home()/runs/NAME`, as a process
of its own session, so that it outlives the page or shell that asked for it. Its folder is all there
is to know: `run.json` (what was asked, state, process), `metrics.jsonl`, `train.log`, and
`output.log` with what the process printed. The page, the command line and the cluster read the same
files.

- Whether a job runs is never believed, always looked at: its process must be there, with the start
  time that was written down, or somebody must hold the lock `.lock` of its folder, which the system
  releases at death. Else it was "interrupted", by a kill or by a reboot. No heartbeat is needed.
- The lock also keeps a job from running twice, whoever starts it, from whichever container.
- The queue is the records in state "queued", first come first served, MIMIMI_JOBS_AT_ONCE (default
  1) at a time. There is no server: whoever lists the jobs, and each job at its end, starts what
  is due, under the lock `.queue.lock` of `runs`.
- A listener is started at once and does not count: it never ends, and is of this machine.
- A job is stopped by SIGTERM, and goes on from the last finished epoch, with as many threads as
  before, to the same weights as if it had never been stopped.
- With MIMIMI_RAY_ADDRESS, a job is handed to a Ray cluster at once, which queues it, and what is
  said of its process and its queue is asked of Ray: see `on_ray`.
- A run begun by hand elsewhere, `train ... --out ELSEWHERE`, is listed through a link in `runs`.

Example:
    >>> import os, tempfile
    >>> os.environ["MIMIMI_HOME"] = tempfile.mkdtemp()
    >>> listed()
    []
"""

from mimimi.jobs.attended import attended
from mimimi.jobs.control import delete, find, listed, log, rename, rename_run, resume, stop, submit
from mimimi.jobs.job import Job
from mimimi.jobs.names import job_name
from mimimi.jobs.request import JobRequest
from mimimi.runs.metrics import read as metrics

__all__ = [
    "Job",
    "JobRequest",
    "attended",
    "delete",
    "find",
    "job_name",
    "listed",
    "log",
    "metrics",
    "rename",
    "rename_run",
    "resume",
    "stop",
    "submit",
]
