// The host as ours: what we make is in the journal, what vipd has is not to be seen.
#pragma once

#include "lib/reconcile/journal.h"
#include "lib/reconcile/vip_addresses.h"

namespace hawser {

// The kernel as netd uses it for links: creations are journalled, and addresses that a vip names are
// invisible. What was deleted or refused is written down with the next look at the network.
class OwnKernel : public Kernel {
 public:
  using OnJournalError = std::function<void(const Error&)>;
  OwnKernel(Kernel& kernel, JournalBook& book, VipAddresses vips, OnJournalError on_error)
      : kernel_(kernel), book_(book), vips_(std::move(vips)), on_error_(std::move(on_error)) {}

  Result<Observed> observe(const Scope& scope) override;
  Status perform(const Step& step) override;

 private:
  Kernel& kernel_;
  JournalBook& book_;
  VipAddresses vips_;
  OnJournalError on_error_;
};

}  // namespace hawser
