// Macvlan devices as RTM_NEWLINK messages: devices with a hardware address of their own on another one. Those
// that are there are changed by index: a name may have moved on.
#pragma once

#include <string>

#include "lib/base/address.h"
#include "lib/base/strong.h"
#include "lib/netlink/attributes.h"

namespace hawser::nl {

struct NewMacvlan {
  std::string name;
  IfIndex parent;
  MacAddress mac;
  IfIndex vrf{};  // the parent's; index 0: none
  bool operator==(const NewMacvlan&) const = default;
};

struct DecodedMacvlan {
  IfIndex index;
  std::string name;
  std::string kind;  // "macvlan"; another: it is none
  IfIndex parent;
  MacAddress mac;
  std::string alias;    // IFLA_IFALIAS: whose it is, in words
  bool up = false;      // IFF_UP
  bool bridge = false;  // its mode
  bool operator==(const DecodedMacvlan&) const = default;
};

// Down, and in mode bridge: a frame from outside that bears its own hardware address (another router of the
// same virtual MAC) then reaches the parent; in mode private the macvlan alone would see it.
Message encode_make_macvlan(const NewMacvlan& wanted);
// The kernel takes none when a device is made.
Message encode_set_alias(IfIndex link, const std::string& alias);
// Answers encode_get_link().
Result<DecodedMacvlan> decode_macvlan(const MessageView& message);
Message encode_set_up(IfIndex link, bool up);
Message encode_delete_link(IfIndex link);

}  // namespace hawser::nl
