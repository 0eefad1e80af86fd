// The bonding module's parameters as modprobe.d has them: what a bond has of which nobody says otherwise.
#pragma once

#include <vector>

#include "bondctl/change/stanza.h"
#include "lib/config/engine/problem.h"

namespace hawser::bondctl {

class ModuleOptions {
 public:
  // "options bonding mode=1 miimon=100"
  explicit ModuleOptions(const std::vector<config::Source>& modprobe);

  // These, and of the module's those that they do not say.
  [[nodiscard]] std::vector<StanzaOption> under(std::vector<StanzaOption> options) const;

 private:
  std::vector<StanzaOption> options_;
};

}  // namespace hawser::bondctl
