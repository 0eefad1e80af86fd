// What devices of vipd's own have in common, those with a virtual MAC and those of a store: raised and marked
// by netlink, with what was done in the picture at once.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/netlink/socket.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// Nothing where it is so already, or gone.
Status set_up(nl::Socket& socket, Picture& picture, IfIndex link, bool up = true);
// By its alias; the error names the device.
Status mark(nl::Socket& socket, IfIndex link, const std::string& name, std::string_view alias);
// An address of ours.
bool holds_something(const Picture::Link& link);
// Of net.ipv4.conf.INTERFACE; 0 where it cannot be read.
int ipv4_setting(const std::string& interface, std::string_view setting);
// As it counts there: the greater of the interface's and that of all.
int arp_ignore_of(const std::string& interface);

}  // namespace hawser::vipd
