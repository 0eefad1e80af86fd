// Carrying steps out on the kernel's table, or showing them: what all verbs that change it do alike. The only
// lbctl that is at work here; no service that netd keeps; all or nothing unless asked otherwise.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lbctl/change/owner.h"
#include "lbctl/rules/replay.h"
#include "lib/cli/command.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/plan/apply.h"
#include "lib/plan/kernel.h"

namespace hawser::lbctl {

inline const cli::Option kDryRun{"--dry-run", "", "say what would be done"};

// What a verb makes of the table that is there.
struct TableChange {
  std::vector<RuleStep> steps;
  std::vector<std::string> problems;  // nothing is done then, but for `goes_on`
  int status = kRefused;              // what problems end with
  bool goes_on = false;               // do the rest, and what can be done of a refused one: --keep-going
  bool quiet = false;                 // say how many steps, not which
  std::string source;                 // of the lines: "rules.txt"
};
using MakeChange = std::function<TableChange(const Observed&)>;

// The whole verb, from the first look to the exit code. `scope`: what it wants to see.
int change_table(const cli::Arguments& arguments, const Scope& scope, const MakeChange& make);

// Errors: another lbctl has been at work here for seconds.
Result<NamespaceLock> alone_here();

// --- the parts, for tests ---

// What of the steps is netd's; one sentence a service.
std::vector<std::string> refused_by_owner(const KeptServices& kept, const std::vector<RuleStep>& steps);

struct CarriedOut {
  std::vector<const Step*> done;    // of the change's; without what was taken back
  std::vector<Refusal> refused;     // text: "rules.txt:12: tcp ..: add real server ..: .."
  std::optional<Error> not_undone;  // what was done and could not be taken back
};
// Stops with the wave (waves.h) that has a refusal, and takes back what was done; with `goes_on` neither.
Result<CarriedOut> carry_out(const TableChange& change, const State& before, Kernel& kernel);
Result<CarriedOut> carry_out(const TableChange&& change, const State& before, Kernel& kernel) = delete;

}  // namespace hawser::lbctl
