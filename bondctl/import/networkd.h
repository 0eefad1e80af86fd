// systemd-networkd's .netdev and .network files as sections of ours. Pure.
#pragma once

#include "bondctl/import/draft.h"

namespace hawser::bondctl {

void import_networkd(const ForeignFiles& files, Draft& draft);

}  // namespace hawser::bondctl
