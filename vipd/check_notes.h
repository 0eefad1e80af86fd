// What is no mistake in the file, but keeps a vip of it from working on this host as it is now.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/config/load.h"

namespace hawser::vipd {

// Interfaces by name, and whether they have an IPv4 address.
std::map<std::string, bool> interfaces_here();

// "vip.web: this host has no interface front now: vipd waits for it". Pure.
std::vector<config::Problem> notes_on(const std::vector<config::Vip>& vips,
                                      const std::map<std::string, bool>& here);

}  // namespace hawser::vipd
