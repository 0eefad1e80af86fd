// Keeps our nftables table as the services need it. Looked at when nftables says that something of it
// changed, and every ipvs_check, since a notification may be lost; where nothing is wanted, nothing is asked.
// Takes the time as an argument; the kernel is the two-method interface.
#pragma once

#include "lib/plan/kernel.h"
#include "lib/reconcile/journal.h"
#include "lib/reconcile/nft.h"
#include "netd/events.h"
#include "netd/retry.h"

namespace hawser::netd {

class NftKeeper {
 public:
  NftKeeper(Kernel& kernel, JournalBook& book, Tell tell)
      : kernel_(kernel), book_(book), tell_(std::move(tell)) {}

  void configure(const config::Config& config, Why why, TimePoint now);
  void changed(TimePoint now);  // nftables: something of our table is not what it was
  void work(TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }
  // Whether there is a table to keep or to remove: who listens for changes listens for its sake.
  [[nodiscard]] bool concerned() const { return wanted_ || book_.names().nft; }
  [[nodiscard]] const Retries<std::string>& refusals() const { return refusals_; }

 private:
  void look(TimePoint now);
  void perform(const NftStep& step, Why why, TimePoint now);

  Kernel& kernel_;
  JournalBook& book_;
  Tell tell_;
  Milliseconds interval_{5000};
  std::optional<NftTable> wanted_;
  Why why_ = Why::kStart;
  bool as_wanted_ = false;  // at the last look: what differs now, somebody else changed
  TimePoint next_ = TimePoint::max();
  Retries<std::string> refusals_;
  std::string blind_;  // why the kernel could not be looked at, as it was said
};

}  // namespace hawser::netd
