// What is no mistake in the file, but keeps a vip of it from working on this host as it is now.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/config/load.h"

namespace hawser::vipd {

// The addresses of this host by the name of their interface; one that has none is there too.
using InterfacesHere = std::map<std::string, std::vector<IpAddress>>;
InterfacesHere interfaces_here();

// What the interface is called that the kernel finds under this name, which may be another name (altname) of
// it; empty: there is none.
std::string kernel_name_of(const std::string& name);

// "vip.web: this host has no interface front now: vipd waits for it". `called`: kernel_name_of(), or a
// stand-in for it.
std::vector<config::Problem> notes_on(const std::vector<config::Vip>& vips, const InterfacesHere& here,
                                      const std::function<std::string(const std::string&)>& called);

// "vip.web: front: arp_ignore is 1: with it nobody is answered there ..", of those that live elsewhere.
// `arp_ignore`: the setting that counts on an interface.
std::vector<config::Problem> notes_on_stores(const std::vector<config::Vip>& vips,
                                             const std::function<int(const std::string&)>& arp_ignore);

}  // namespace hawser::vipd
