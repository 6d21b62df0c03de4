"""Fail if a test report is empty, or if a test was skipped without one of the excuses below."""

import sys
import xml.etree.ElementTree as ElementTree

FEWEST = 900  # there are more; a collapsed collection must not look green
EXCUSES = (
    "../shared",  # the real recordings lie beside the repository, or nowhere
    "nothing is forbidden to root",
    "no disk can be mounted",  # only root may, and not in every container
)

cases = list(ElementTree.parse(sys.argv[1]).iter("testcase"))
skipped = [(case, reason) for case in cases for reason in case.iter("skipped")]
unexcused = [
    f"{case.get('classname')}.{case.get('name')}: {reason.get('message')}"
    for case, reason in skipped
    if not any(excuse in (reason.get("message") or "") for excuse in EXCUSES)
]
print(f"{len(cases)} tests, {len(skipped)} skipped, {len(unexcused)} of them without excuse")
if unexcused:
    sys.exit("skipped without excuse:\n" + "\n".join(unexcused))
if len(cases) - len(skipped) < FEWEST:
    sys.exit(f"fewer than {FEWEST} tests ran")
