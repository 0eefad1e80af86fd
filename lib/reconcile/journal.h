// The journal: what netd made and may therefore remove again, also after a restart with another file. It is
// written before the step that makes the thing, so that a crash between the two leaves at worst the name of
// something that does not exist. Addresses and routes need no entry: they bear our protocol number.
// A name is not an owner: after a boot, or when somebody else deleted ours and made his own, the thing of
// that name is not the one in the journal. So it holds the boot, and of links the kernel's number.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "lib/base/result.h"
#include "lib/plan/kernel.h"
#include "lib/plan/owed.h"
#include "lib/plan/plan.h"

namespace hawser {

// One thing that is ours to undo.
struct MadeLink {
  std::string name;
  auto operator<=>(const MadeLink&) const = default;
};
struct MadeService {
  ServiceKey key;
  auto operator<=>(const MadeService&) const = default;
};
// A setting of the host's that was there before us: put back when nothing needs ours any more.
struct SetValue {
  std::string name;  // "net.ipv4.ip_forward"
  std::string was;
  auto operator<=>(const SetValue&) const = default;
};
struct MadeNftTable {
  auto operator<=>(const MadeNftTable&) const = default;
};
using JournalEntry = std::variant<MadeLink, MadeService, SetValue, MadeNftTable>;

// What performing the step adds; nullopt: what it makes bears our number, or it makes nothing.
std::optional<JournalEntry> entry_made_by(const Step& step);
// What it takes away.
std::optional<JournalEntry> entry_undone_by(const Step& step);

// All entries, by kind, as they are looked for.
struct Made {
  std::string boot;  // /proc/sys/kernel/random/boot_id of the kernel that has it; empty: unknown
  Journal names;
  std::map<std::string, IfIndex> indexes;       // of links in `names`; one that is not here was not seen yet
  std::map<std::string, std::string> values{};  // what settings of the host were before us, by name
  Owed owed{};  // of others, taken away by a plan that is being carried out; see owed_json.h

  bool operator==(const Made&) const = default;
  // A device of the name that was there before, and is gone, is not the one that will be made; of a setting
  // the first old value is the host's.
  void note(const JournalEntry& entry);
  void forget(const JournalEntry& entry);
  // Whether the entry is known as one whose thing is still to be made.
  [[nodiscard]] bool announces(const JournalEntry& entry) const;
};

// {"format": 1, "boot": "..", "links": ["bond0"], "indexes": {"bond0": 7}, "services": ["udp 192.0.2.1:53"],
//  "values": {"net.ipv4.ip_forward": "0"}, "nft": true,
//  "owed": {..}}
// Without "boot", as an earlier release wrote it, it counts as another boot's; "values", "nft" and "owed"
// are there where there are some.
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
  [[nodiscard]] const std::map<std::string, std::string>& values() const { return made_.values; }
  // It is again what it was before us, whoever saw to that.
  void forget_value(const std::string& name) { made_.values.erase(name); }
  // Why the last attempt failed; empty: the disk takes it.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  Status write();
  void announce(const JournalEntry& entry);

  Made made_;
  Made written_;  // what the disk has
  std::string trouble_;
  std::set<std::string> links_to_come_;  // announced, neither made nor refused yet
  Write write_;
};

}  // namespace hawser
