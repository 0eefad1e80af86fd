// What the kernel has, in the words of the file: what `bondctl save` writes and `bondctl set` edits.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/engine/value.h"
#include "lib/state/bond.h"

namespace hawser::config {

// [bond.NAME]: its mode, its ports, and what the file would not have by itself. Left out is what means
// nothing in this mode or for its monitor (ARP targets without arp_interval), which the rules of the file
// refuse.
Table bond_section(const Bond& bond);

// "[bond.bond0]\nmode = \"active-backup\"\n.."
std::string section_text(std::string_view kind, std::string_view name, const Table& section);

}  // namespace hawser::config
