// The journal: what netd made and may therefore remove again, also after a restart with another file. It is
// written before the step that makes the thing, so that a crash between the two leaves at worst the name of
// something that does not exist. Addresses and routes need no entry: they bear our protocol number.
// A name is not an owner: after a boot, or when somebody else deleted ours and made his own, the thing of
// that name is not the one in the journal. So it holds the boot, and of links the kernel's number.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/plan/kernel.h"
#include "lib/plan/owed.h"
#include "lib/plan/plan.h"
#include "netd/vip_addresses.h"

namespace hawser::netd {

struct Made {
  std::string boot;  // /proc/sys/kernel/random/boot_id of the kernel that has it; empty: unknown
  Journal names;
  std::map<std::string, IfIndex> indexes;  // of links in `names`; one that is not here was not seen yet
  Owed owed{};  // of others, taken away by a plan that is being carried out; see owed_json.h

  bool operator==(const Made&) const = default;
};

// {"format": 1, "boot": "..", "links": ["bond0"], "indexes": {"bond0": 7}, "services": ["udp 192.0.2.1:53"],
//  "owed": {..}}
// Without "boot", as an earlier release wrote it, it counts as another boot's.
std::string encode_journal(const Made& made);
Result<Made> decode_journal(std::string_view text);
// What of it this kernel can still have: nothing when it was made in another boot.
Made of_this_boot(Made made, const std::string& boot);

class JournalBook {
 public:
  using Write = std::function<Status(const std::string& text)>;

  JournalBook(Made made, Write write) : made_(std::move(made)), written_(made_), write_(std::move(write)) {}

  // Before these steps are performed, all at once where they are known: the file is written whole and put on
  // the disk. An error is for the log, and comes once for each reason: a full disk must not keep a service
  // down. What could not be written is written with the next change, or by flush().
  Status will_do(std::span<const Step> steps);
  // After this step was performed, or refused: what was deleted, and what was not made, is no longer ours.
  void did(const Step& step);
  void did_not(const Step& step);
  // Links that were announced and had no turn are not ours either.
  void links_over();
  // Before a plan: what of others it will put back, and whoever comes after us must put back if we end in
  // between. After it: nothing.
  Status owes(Owed owed);
  [[nodiscard]] const Owed& owed() const { return made_.owed; }
  // Notes which devices the links are, and forgets those that are gone: who has the name next is not us.
  void saw(const Observed& observed);
  // Writes what changed since, and asks a disk again that did not take it; nothing is lost when it comes
  // late.
  Status flush();

  [[nodiscard]] const Journal& names() const { return made_.names; }
  // Why the last attempt failed; empty: the disk takes it.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  Status write();
  void announce(const Step& step);

  Made made_;
  Made written_;  // what the disk has
  std::string trouble_;
  std::set<std::string> links_to_come_;  // announced, neither made nor refused yet
  Write write_;
};

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

}  // namespace hawser::netd
