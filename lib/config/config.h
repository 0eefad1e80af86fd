// One host's view of the file, after per-node values, [on.*] overlays, `only` and [defaults.*] were resolved:
// struct Config, plain values with every default filled in, put together from what each section gives. How it
// is read: lib/config/load.h. What the keys mean: hawser.toml(5); how the parts fit: doc/configuration.md.
#pragma once

#include "lib/config/sections/registry.h"
