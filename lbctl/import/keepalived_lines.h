// The lines of keepalived.conf as its parser sees them: without comments, with included files in their place
// and definitions filled in (keepalived.conf(5), ADVANCED CONFIGURATION). Pure but for the reader it is
// given.
#pragma once

#include <string>
#include <vector>

#include "lbctl/import/draft.h"

namespace hawser::lbctl {

struct KaLine {
  Origin origin;     // where it stands; of what a definition holds: where it was used
  std::string text;  // without comment
};

std::vector<KaLine> keepalived_lines(const config::Source& source, const IncludeReader& include,
                                     Draft& draft);

}  // namespace hawser::lbctl
