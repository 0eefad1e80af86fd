// ifupdown's stanzas as sections of ours. Pure.
#pragma once

#include "bondctl/import/draft.h"

namespace hawser::bondctl {

void import_interfaces(const ForeignFiles& files, Draft& draft);

}  // namespace hawser::bondctl
