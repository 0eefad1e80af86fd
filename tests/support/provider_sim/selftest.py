#!/usr/bin/env -S python3 -B
"""The imitation held to what the providers document: started as everybody starts it, called over HTTPS.

usage: selftest.py [MODULE[.CLASS[.TEST]]]... [-v] [-k WORDS]   (all modules, beside one another, when there is none)
"""

import subprocess
import sys
import unittest

MODULES = ("test_robot", "test_cloud", "test_hook", "test_faults")


def all_modules() -> int:
    running = [subprocess.Popen([__file__, one], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for one in MODULES]
    said = [one.communicate()[0] for one in running]
    print("".join(said), end="")
    return max(one.returncode for one in running)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(all_modules())
    unittest.main(module=None)
