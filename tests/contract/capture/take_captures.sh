#!/bin/bash
# Takes the pinned netlink messages again from the kernel of the lab's virtual machine and puts them where the
# unit tests read them. What differs afterwards is what that kernel says otherwise: look at `git diff`.
set -euo pipefail
root=$(readlink -f "$(dirname "$0")/../../..")
rm -rf "$root/build/lab/captures"
"$root/dev" lab python3 "$root/tests/contract/capture/dump.py" "$root/build/lab/captures"
cp "$root"/build/lab/captures/*.{hex,txt} "$root/tests/unit/lib/netlink/captures/"
