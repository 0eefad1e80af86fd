// An interface on which another device answers for a virtual MAC must not answer for its addresses itself
// (arp_ignore), nor ask in their name (arp_announce): the others would learn its own MAC. As long as a vip
// with virtual_mac is on it these are set; what was set before is in a journal of the state directory before
// anything is set, and is restored, after a crash too. Done by the worker.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/events/event.h"
#include "lib/netlink/inet_conf_codec.h"

namespace hawser::vipd {

// One setting of a link as it was before us.
struct ArpBefore {
  IfIndex link;
  nl::InetSetting setting{};
  std::uint32_t value = 0;
  bool operator==(const ArpBefore&) const = default;
};

struct ArpSetting {
  IfIndex link;
  nl::InetSetting setting{};
  std::uint32_t value = 0;
  bool operator==(const ArpSetting&) const = default;
};

struct ArpPlan {
  std::vector<ArpBefore> journal;   // once `restore` is done
  std::vector<ArpSetting> restore;  // before they leave the journal
  std::vector<ArpSetting> set;      // once the journal is written
  bool operator==(const ArpPlan&) const = default;
};

// `links`: the wanted interfaces that exist and those of the journal that still exist. Whoever changed a
// setting after us is the administrator: his value is what is restored, or left.
ArpPlan plan_arp(const std::vector<ArpBefore>& journal, const std::set<std::string>& wanted,
                 const std::vector<nl::InetConf>& links);

class ParentArp {
 public:
  ParentArp(std::filesystem::path state_directory, Tell tell)
      : state_directory_(std::move(state_directory)), tell_(std::move(tell)) {}
  // On these interfaces and no others; none: everything is put back. The error is a line for the log.
  Status want(const std::set<std::string>& interfaces);

 private:
  std::filesystem::path state_directory_;
  Tell tell_;
  std::vector<ArpBefore> unwritten_;  // the journal, if it is not in its file
};

}  // namespace hawser::vipd
