// Keeps what IPVS has once on a host: [ipvs], and the sysctls that services need. Looked at every ipvs_check,
// since the kernel has no event for it; nothing is looked at where nothing is wanted. Takes the time as an
// argument; the kernel is the two-method interface.
#pragma once

#include <map>

#include "lib/reconcile/ipvs_host.h"
#include "netd/upkeep.h"

namespace hawser::netd {

class IpvsHostKeeper {
 public:
  IpvsHostKeeper(Kernel& kernel, JournalBook& book, const Tell& tell)
      : book_(book), upkeep_(kernel, book, tell) {}

  void configure(const config::Config& config, Why why, TimePoint now);
  void work(TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }
  [[nodiscard]] const Upkeep& upkeep() const { return upkeep_; }

 private:
  void look(TimePoint now);
  [[nodiscard]] IpvsHost without_deaf_daemons(const Observed& observed);

  JournalBook& book_;
  Upkeep upkeep_;
  Milliseconds interval_{5000};
  IpvsHost wanted_;
  std::map<SyncRole, IfIndex> speaks_on_;  // as they were when the daemons were first seen
  TimePoint next_ = TimePoint::max();
};

}  // namespace hawser::netd
