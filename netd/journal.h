// The journal: what netd made and may therefore remove again, also after a restart with another file. It is
// written before the step that makes the thing, so that a crash between the two leaves at worst the name of
// something that does not exist. Addresses and routes need no entry: they bear our protocol number.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/plan/kernel.h"
#include "lib/plan/plan.h"

namespace hawser::netd {

// {"format": 1, "links": ["bond0"], "services": ["tcp 192.0.2.100:80"]}
std::string encode_journal(const Journal& journal);
Result<Journal> decode_journal(std::string_view text);

class JournalBook {
 public:
  using Write = std::function<Status(const std::string& text)>;

  JournalBook(Journal journal, Write write) : journal_(std::move(journal)), write_(std::move(write)) {}

  // Before these steps are performed. An error is for the log: a full disk must not keep a service down.
  Status will_do(std::span<const Step> steps);
  // After this step was performed; what was deleted is forgotten with the next flush().
  void did(const Step& step);
  Status flush();

  [[nodiscard]] const Journal& journal() const { return journal_; }

 private:
  Journal journal_;
  Write write_;
  bool unwritten_ = false;
};

// The kernel as netd uses it for links: creations are journalled, and addresses that a vip names are
// invisible, so that no plan ever touches what vipd holds.
class OwnKernel : public Kernel {
 public:
  using OnJournalError = std::function<void(const Error&)>;
  OwnKernel(Kernel& kernel, JournalBook& book, std::set<IpAddress> vips, OnJournalError on_error)
      : kernel_(kernel), book_(book), vips_(std::move(vips)), on_error_(std::move(on_error)) {}

  Result<Observed> observe(const Scope& scope) override;
  Status perform(const Step& step) override;

 private:
  Kernel& kernel_;
  JournalBook& book_;
  std::set<IpAddress> vips_;
  OnJournalError on_error_;
};

// Removes from every link the addresses that are in `vips`.
void hide_addresses(State& state, const std::set<IpAddress>& vips);

}  // namespace hawser::netd
