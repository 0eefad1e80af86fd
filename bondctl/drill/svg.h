// The picture of a drill: a band for each event, time from left to right, what was lost in red. Pure.
#pragma once

#include <string>

#include "bondctl/drill/report.h"

namespace hawser::bondctl::drill {

// One SVG 1.1 document, 900 units wide, without scripts and fonts of its own.
std::string svg_of(const Report& report);

}  // namespace hawser::bondctl::drill
