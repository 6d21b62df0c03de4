"""Fail if a test report is empty, or if a test was skipped for want of anything but ../shared."""

import sys
import xml.etree.ElementTree as ElementTree

FEWEST = 200  # there are more; a collapsed collection must not look green

cases = list(ElementTree.parse(sys.argv[1]).iter("testcase"))
skipped = [(case, reason) for case in cases for reason in case.iter("skipped")]
unexcused = [
    f"{case.get('classname')}.{case.get('name')}: {reason.get('message')}"
    for case, reason in skipped
    if "../shared" not in (reason.get("message") or "")
]
print(f"{len(cases)} tests, {len(skipped)} skipped for want of ../shared: {not unexcused}")
if unexcused:
    sys.exit("skipped without excuse:\n" + "\n".join(unexcused))
if len(cases) - len(skipped) < FEWEST:
    sys.exit(f"fewer than {FEWEST} tests ran")
