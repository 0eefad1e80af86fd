// How a rule between keys speaks: at the place of the key that must change.
#pragma once

#include "lib/config/engine/report.h"
#include "lib/config/engine/section.h"

namespace hawser::config {

template <class S>
void fault(Report& report, const Section<S>& section, std::string_view key, const std::string& what,
           Part part = Part::kNetd) {
  report.add(part, section.at(key), dotted(section.path, key), what);
}

// What is taken and does nothing, or not what it says: stops nobody. Where such a value can only be a
// mistake, it is a fault.
template <class S>
void note(Report& report, const Section<S>& section, std::string_view key, const std::string& what,
          Part part = Part::kNetd) {
  report.note(part, section.at(key), dotted(section.path, key), what);
}

}  // namespace hawser::config
