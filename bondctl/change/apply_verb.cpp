#include "bondctl/change/apply_verb.h"

#include <fmt/ranges.h>

#include "bondctl/change/announce.h"
#include "bondctl/change/apply.h"
#include "bondctl/change/carry_out.h"
#include "lib/answer/confirm.h"
#include "lib/answer/plan.h"
#include "lib/answer/verdict.h"
#include "lib/cli/file_options.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/reconcile/device_paths.h"
#include "lib/reconcile/directories.h"
#include "lib/reconcile/host_file.h"
#include "lib/reconcile/journal_file.h"
#include "lib/reconcile/own_kernel.h"

namespace hawser::bondctl {

namespace {

using Bonds = std::set<std::string>;

// The bonds that were named, by their devices; none: all. What is not in the file, as Error.
Result<Bonds> chosen(const cli::Arguments& arguments, const config::Config& config) {
  Bonds all;
  for (const auto& [name, policy] : config.bonds) all.insert(name);
  const auto file = arguments.config.string();
  if (all.empty()) return fail("{}: nothing changed: it has no bond for this host", file);
  if (arguments.words.empty()) return all;
  for (const auto& word : arguments.words)
    if (!all.contains(word))
      return fail("{}: {} has no such bond: it has {}", word, file, fmt::join(all, ", "));
  return Bonds(arguments.words.begin(), arguments.words.end());
}

// What the file's bonds look like here: what we make is in the journal, what vipd has is not to be seen, and
// what netd has beside these bonds is nobody's.
class BondKernel : public Kernel {
 public:
  BondKernel(Kernel& kernel, JournalBook& book, const FileNetwork& file, const Bonds& bonds)
      : own_(kernel, book, file.vips,
             [](const Error& error) { cli::complain("bondctl", fmt::format("journal: {}", error.text)); }),
        file_(file),
        bonds_(bonds) {}

  Result<Observed> observe(const Scope& scope) override {
    auto observed = own_.observe(scope);
    if (observed) hide_others_marks(*observed, file_, bonds_);
    return observed;
  }
  Status perform(const Step& step) override { return own_.perform(step); }

 private:
  OwnKernel own_;
  const FileNetwork& file_;
  const Bonds& bonds_;
};

std::vector<std::string> devices_of(const State& network) {
  std::vector<std::string> names;
  names.reserve(network.links.size());
  for (const auto& [name, link] : network.links) names.push_back(name);
  return names;
}

int apply_these(const cli::Arguments& arguments, const HostFile& reading, const Bonds& bonds) {
  const auto file = only_bonds(network_of(reading.config), bonds);
  const auto made = read_journal(arguments);
  if (!made) return cli::refuse(arguments, "bondctl", made.error());
  JournalBook book(*made, [&](const std::string& text) {
    if (arguments.has("--dry-run")) return Status{};
    make_directories(arguments);
    return write_journal(arguments, text);
  });
  const auto view = [&](Kernel& kernel) { return std::make_unique<BondKernel>(kernel, book, file, bonds); };
  return change_network(arguments, fmt::format("{}", fmt::join(bonds, ", ")), view,
                        [&](const Observed& observed) {
                          Work work{apply_file(observed, file, bonds, book, devices_by_path)};
                          for (const auto& note : reading.notes) work.change.notes.push_back(to_string(note));
                          work.after = [devices = devices_of(file.network)] { return announce(devices); };
                          // Or what is put back would no longer be netd's.
                          work.undone = [arguments, journal = journal_text(arguments)] {
                            return journal.empty() ? Status{} : write_journal(arguments, journal);
                          };
                          return work;
                        });
}

}  // namespace

const std::vector<cli::Option>& apply_options() {
  static const auto options = [] {
    auto all = cli::options_of({cli::Common::kConfig, cli::Common::kNode, cli::Common::kStateDir});
    for (const auto& option : {cli::Option{"--dry-run", "", "say what would be done, and what it costs"},
                               answer::kAllowInterruption, answer::kConfirm})
      all.push_back(option);
    return all;
  }();
  return options;
}

namespace {

int apply_file_of(const cli::Arguments& arguments) {
  const auto reading = read_file_of(arguments);
  if (!reading.good()) return answer::refuse(arguments, {reading.problems, reading.notes});
  const auto bonds = chosen(arguments, reading.config);
  if (!bonds) return cli::refuse(arguments, "bondctl", bonds.error());
  // What we change a running netd would take back, or take for its own and remove.
  Result<NamespaceLock> netd = fail("");
  if (!arguments.has("--dry-run")) {
    netd = NamespaceLock::take("netd");
    if (!netd)
      return cli::refuse(arguments, "bondctl",
                         fmt::format("nothing changed: {}: it keeps what its file says: use 'netd reload'",
                                     netd.error().text));
  }
  return apply_these(arguments, reading, *bonds);
}

}  // namespace

int apply_verb(const cli::Arguments& arguments) {
  return apply_file_of(cli::with_file(arguments));
}

}  // namespace hawser::bondctl
