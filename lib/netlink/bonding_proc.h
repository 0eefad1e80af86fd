// What the bonding driver tells in no netlink message, only in the text of /proc/net/bonding/NAME: who the
// LACP partner of each port is. The driver writes that part to holders of CAP_NET_ADMIN only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lib/state/bond_details.h"

namespace hawser::nl {

struct ProcLacp {
  std::optional<Churn> actor_churn, partner_churn;
  std::optional<std::uint32_t> actor_churns, partner_churns;
  std::optional<LacpEnd> actor, partner;

  bool operator==(const ProcLacp&) const = default;
};

// By port. Lines that we do not know are skipped; a number that is none is 0.
std::map<std::string, ProcLacp> parse_bonding_proc(std::string_view text);

}  // namespace hawser::nl
