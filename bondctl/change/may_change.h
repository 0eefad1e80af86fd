// Whether a verb may change something now: netd does not keep it, and no other bondctl is at work.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <boost/json/value.hpp>

#include "bondctl/change/change.h"
#include "lib/base/duration.h"
#include "lib/daemon/namespace_lock.h"

namespace hawser::bondctl {

// What a running netd takes back at its next look, and where that is said.
struct KeptByNetd {
  std::string file;
  std::map<std::string, std::string> keys;  // "bond0" -> "[bond.bond0]", "eth0" -> "addresses of [link.eth0]"

  // Of this device, for people; empty: netd does not keep it.
  [[nodiscard]] std::string why(const std::string& device) const;
};

// Of netd's status.
KeptByNetd kept_in(const boost::json::value& status);
// Nothing where no netd runs. Error: whether it keeps this bond is not known.
Result<KeptByNetd> kept_by_netd(const std::filesystem::path& runtime_dir, const std::string& bond);

// Devices that the change takes from netd are among its problems: ports that join, VLANs that are made anew.
void leave_to_netd(Change& change, const Observed& observed, const KeptByNetd& kept);

// Two that plan on one table undo each other's work. Error: another one is still at it after `patience`.
Result<NamespaceLock> alone(const std::string& bond, Milliseconds patience = Milliseconds{0});

}  // namespace hawser::bondctl
