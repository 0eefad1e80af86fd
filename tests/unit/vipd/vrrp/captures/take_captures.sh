#!/bin/bash
# Takes the pinned packets again from the keepalived and FRR of the lab's virtual machine and puts them where the unit tests read them.
# What differs afterwards is what those programs say otherwise: look at `git diff`. FRR's advertisement differs each time in the IP header's
# identification, which is the kernel's choice, and so in its checksum (bytes 18-19 and 24-25 of the frame).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../../..")
out=$root/build/lab/vipd-captures
rm -rf "$out"
"$root/dev" lab python3 -B "$here/take_captures.py" --out "$out"
cp "$out"/*.hex "$here/"
