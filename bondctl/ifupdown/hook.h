// What ifup and ifdown ask of us through /etc/network/if-*.d, and what that means for the bond as it is now:
// ifenslave's meaning, by the file's rules. Pure; ifupdown.cpp does it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bondctl/change/stanza.h"
#include "lib/state/observed.h"

namespace hawser::bondctl {

enum class Phase : std::uint8_t { kPreUp, kUp, kPostDown };

struct HookCall {
  std::string interface;
  Phase phase{};
  bool verbose = false;
  Stanza stanza;
  std::set<std::string>
      at_work;  // interfaces that an ifup or ifdown above us works on, as its variables spell them

  [[nodiscard]] bool is_at_work_on(std::string_view name) const;
};

// interfaces(5), ENVIRONMENT VARIABLES. nullopt: a phase in which nothing is ours. Error: not started by
// ifup.
using Environment = std::map<std::string, std::string>;
Result<std::optional<HookCall>> read_call(const Environment& environment);

struct Asked {
  Edits edits;
  std::vector<std::string> notes;  // "bond-slaves: eth7: no such device: .."
};

// The bond as its stanza wants it, made or changed. `own`: ports that have a stanza of their own for this
// bond, and are there or about to come.
Asked ask_for_bond(const Observed& observed, const HookCall& call, const std::set<std::string>& own);
// The interface as a port of its bond-master, and as one no more.
Asked ask_to_join(const Observed& observed, const HookCall& call);
Asked ask_to_leave(const Observed& observed, const HookCall& call, const std::string& bond);

}  // namespace hawser::bondctl
