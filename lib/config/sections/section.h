// What every section's header needs, and no more: programs that use a Config include them all.
#pragma once

#include "lib/config/engine/section.h"

namespace hawser::config {

class Report;
struct SectionType;  // how a kind of section is read, judged and built: section_type.h
struct File;         // one host's file as it is written: registry.h
struct Config;       // what comes of it: registry.h

}  // namespace hawser::config
