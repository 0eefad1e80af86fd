#include "bondctl/change/migrate_verb.h"

#include <algorithm>

#include "bondctl/change/announce.h"
#include "bondctl/change/carry_out.h"
#include "bondctl/change/migrate.h"
#include "lib/answer/confirm.h"
#include "lib/cli/refuse.h"
#include "lib/reconcile/device_paths.h"

namespace hawser::bondctl {

namespace {

std::string value_of(const cli::Arguments& arguments, const std::string& option) {
  const auto found = arguments.values.find(option);
  return found == arguments.values.end() ? std::string{} : found->second;
}

Work work_of(const Observed& observed, const Migration& migration) {
  Work work{migrate(observed, migration, devices_by_path)};
  std::vector<std::string> devices;
  devices.reserve(work.change.desired.state.links.size());
  for (const auto& [name, link] : work.change.desired.state.links) devices.push_back(name);
  for (const auto& stage : work.change.then)
    for (const auto& [name, link] : stage.desired.state.links)
      if (std::ranges::find(devices, name) == devices.end()) devices.push_back(name);
  work.after = [devices] { return announce(devices); };
  work.cuts = migration.device;
  return work;
}

}  // namespace

int migrate_verb(const cli::Arguments& arguments) {
  const auto& words = arguments.words;
  const Migration migration{words.front(),
                            value_of(arguments, "--into"),
                            elements_of(value_of(arguments, "--with")),
                            {words.begin() + 1, words.end()}};
  if (migration.bond.empty()) {
    cli::refuse(arguments, "bondctl",
                fmt::format("migrate: into which bond? write --into bond0: 'bondctl migrate {} --into bond0 "
                            "--confirm 60s'",
                            migration.device));
    return kUsage;
  }
  return change_bond(arguments, migration.bond,
                     [&](const Observed& observed) { return work_of(observed, migration); });
}

const std::vector<cli::Option>& migrate_options() {
  static const std::vector<cli::Option> options{
      {"--into", "BOND", "a new bond, or one that is there"},
      {"--with", "PORT,PORT", "other ports of it"},
      {"--dry-run", "", "say what would be done, and what it costs"},
      answer::kConfirm,
      answer::kAllowInterruption};
  return options;
}

}  // namespace hawser::bondctl
