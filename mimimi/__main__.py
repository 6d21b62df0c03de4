"""`python -m mimimi`: the command line."""

import sys

from mimimi.cli import main

sys.exit(main())
