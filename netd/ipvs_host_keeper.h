// Keeps what IPVS has once on a host: [ipvs], and the sysctls that services need. Looked at every ipvs_check,
// since the kernel has no event for it; nothing is looked at where nothing is wanted. Takes the time as an
// argument; the kernel is the two-method interface.
#pragma once

#include "lib/plan/kernel.h"
#include "lib/reconcile/ipvs_host.h"
#include "lib/reconcile/journal.h"
#include "netd/events.h"
#include "netd/retry.h"

namespace hawser::netd {

class IpvsHostKeeper {
 public:
  IpvsHostKeeper(Kernel& kernel, JournalBook& book, Tell tell)
      : kernel_(kernel), book_(book), tell_(std::move(tell)) {}

  void configure(const config::Config& config, Why why, TimePoint now);
  void work(TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }
  // By the object of the step: "net.ipv4.vs.expire_nodest_conn".
  [[nodiscard]] const Retries<std::string>& refusals() const { return refusals_; }

 private:
  void look(TimePoint now);
  void perform(const IpvsHostStep& step, Why why, TimePoint now);

  Kernel& kernel_;
  JournalBook& book_;
  Tell tell_;
  Milliseconds interval_{5000};
  IpvsHost wanted_;
  Why why_ = Why::kStart;
  bool as_wanted_ = false;  // at the last look: what differs now, somebody else changed
  TimePoint next_ = TimePoint::max();
  Retries<std::string> refusals_;
  std::string blind_;  // why the kernel could not be looked at, as it was said
};

}  // namespace hawser::netd
