// What a verb wants of one bond, made from what is there: by the rows and rules of the file, so that the
// prompt and the file take the same words and refuse the same. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bondctl/change/edit.h"
#include "lib/base/duration.h"
#include "lib/plan/plan.h"
#include "lib/reconcile/wanted.h"

namespace hawser::bondctl {

// Which port is to be the active one.
struct Role {
  std::string bond, port;
  std::string instead_of{};  // must not be it any more; empty: a wish, and in any case
};

// What comes later: what the kernel or the neighbours have to take first cannot be in the same plan.
struct Stage {
  std::vector<std::string> carriers{};  // of these ports, awaited for some seconds
  std::optional<Role> role{};           // moved then
  Milliseconds pause{};                 // waited then
  Desired desired{};
};

struct Change {
  Desired desired;                    // of nobody: what bears an owner's number is left alone
  std::vector<Stage> then;            // afterwards, one by one
  std::vector<std::string> problems;  // "bond0: lacp_rate: ..", all of them; none: `desired` counts
  std::vector<std::string> notes;     // on what was asked for: it works, and probably not as meant
  bool wrong_words = false;           // some of them are of the command line, and not of this host
};

Change create(const Observed& observed, const std::string& bond, const Edits& words,
              const FindPaths& find_paths);
// Also ports that join and leave: "ports+=eth2".
Change set(const Observed& observed, const std::string& bond, const Edits& words,
           const FindPaths& find_paths);
Change remove(const Observed& observed, const std::string& bond);

// Why a device cannot be a port of this bond; empty: it can.
std::string why_no_port(const Observed& observed, const std::string& bond, const std::string& name);
// Why the active port of this bond cannot be that one; empty: it can.
std::string why_not_active(const Observed& observed, const std::string& bond, const std::string& port);

}  // namespace hawser::bondctl
