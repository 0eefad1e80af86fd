// Whether an answer of a control socket is what doc/control-api.md says.
#pragma once

#include <set>
#include <string>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"

namespace hawser::test {

// The keys of an answer, at any depth, that the document does not name.
inline void find_undocumented(const boost::json::value& value, const std::string& document,
                              std::set<std::string>& found) {
  if (const auto* list = value.if_array())
    for (const auto& item : *list) find_undocumented(item, document, found);
  const auto* object = value.if_object();
  if (object == nullptr) return;
  for (const auto& [name, member] : *object) {
    const auto key = '"' + std::string(name) + '"';
    if (document.find(key) == std::string::npos) found.insert(key);
    find_undocumented(member, document, found);
  }
}

inline std::set<std::string> undocumented(const boost::json::value& answer) {
  std::set<std::string> found;
  find_undocumented(answer, read_file(HAWSER_SOURCE_DIR "/doc/control-api.md").value(), found);
  return found;
}

}  // namespace hawser::test
