// The few link messages that the laboratory's own wiring needs, said to the kernel directly: a program for
// each (`ip link ...`) costs a tenth of a second under emulation, and a network has dozens. Written apart
// from lib/netlink on purpose: what tests it must not be it.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/namespace.h"

namespace hawser::lab::rtnetlink {

// All throw Failure with the kernel's reason.

// A veth pair: `far` in `far_host`, up; `near` in `near_host`, down.
void add_veth(const Namespace& far_host, const std::string& far, const Namespace& near_host,
              const std::string& near);
// A bridge, up, without spanning tree and multicast snooping.
void add_bridge(const Namespace& where, const std::string& name);
// Makes `port` a port of `bridge`; bits of `forwarded` are link-local groups that pass it all the same (4:
// LACP).
void attach(const Namespace& where, const std::string& bridge, const std::string& port,
            std::uint16_t forwarded);
void remove(const Namespace& where, const std::string& name);

}  // namespace hawser::lab::rtnetlink
