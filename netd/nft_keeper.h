// Keeps our nftables table as the services need it. Looked at when nftables says that something of it
// changed, and every ipvs_check, since a notification may be lost; where nothing is wanted, nothing is asked.
// Takes the time as an argument; the kernel is the two-method interface.
#pragma once

#include "lib/reconcile/nft.h"
#include "netd/upkeep.h"

namespace hawser::netd {

class NftKeeper {
 public:
  NftKeeper(Kernel& kernel, JournalBook& book, const Tell& tell)
      : book_(book), tell_(tell), upkeep_(kernel, book, tell) {}

  void configure(const config::Config& config, Why why, TimePoint now);
  void changed(TimePoint now);  // nftables: something of our table is not what it was
  void work(TimePoint now);
  [[nodiscard]] TimePoint next() const { return next_; }
  // Whether there is a table to keep or to remove: who listens for changes listens for its sake.
  [[nodiscard]] bool concerned() const { return wanted_ || book_.names().nft; }
  [[nodiscard]] const Upkeep& upkeep() const { return upkeep_; }

 private:
  void look(TimePoint now);
  void keep_journal(const std::optional<NftTable>& there);

  JournalBook& book_;
  Tell tell_;
  Upkeep upkeep_;
  Milliseconds interval_{5000};
  std::optional<NftTable> wanted_;
  TimePoint next_ = TimePoint::max();
};

}  // namespace hawser::netd
