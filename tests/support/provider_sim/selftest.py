#!/usr/bin/env -S python3 -B
"""The imitation held to what the providers document: started as everybody starts it, called over HTTPS.

usage: selftest.py [-v] [-k WORDS]
"""

import sys
import unittest
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).parent
    tests = [f"test_{what}" for what in ("robot",)]
    sys.path.insert(0, str(here))
    unittest.main(module=None, argv=[sys.argv[0], *sys.argv[1:], *tests])
