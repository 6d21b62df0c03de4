"""What MIMIMI is built on: under which licences, and whether any of it is known to be unsafe.

The second is asked of a service: where none answers that is said, and nothing is refused.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

BIN = Path(sys.executable).parent


def audit(*pinned: str) -> subprocess.CompletedProcess[str]:
    """Ask the service about packages of these versions."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
        asked.write("\n".join(pinned))
        asked.flush()
        command = [BIN / "pip-audit", "-r", asked.name, "--no-deps", "--disable-pip"]
        quietly = ["--progress-spinner", "off", "--timeout", "5"]
        return subprocess.run([*command, *quietly], capture_output=True, text=True, check=False)


def unheard(asked: subprocess.CompletedProcess[str]) -> bool:
    """Whether nobody has answered."""
    said = asked.stdout + asked.stderr
    return "could not be audited" in said or (asked.returncode != 0 and "found" not in said)


def main() -> int:
    """1 where something is known to be unsafe."""
    summary = [BIN / "pip-licenses", "--summary", "--order=license", "--from=mixed"]
    subprocess.run(summary, check=True)
    installed = {one.metadata["Name"]: one.version for one in distributions()}
    pinned = [f"{name}=={version}" for name, version in sorted(installed.items())]
    if unheard(audit(next(one for one in pinned if one.startswith("urllib3")))):
        print("pip-audit: skipped, since no service that knows of vulnerabilities answers here")
        return 0
    asked = audit(*(one for one in pinned if not one.startswith("mimimi=")))
    print(asked.stdout + asked.stderr)
    return 1 if "known vulnerabilit" in asked.stderr and asked.returncode else 0


if __name__ == "__main__":
    raise SystemExit(main())
