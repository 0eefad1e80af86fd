#include "bondctl/program.h"

#include "bondctl/show.h"

namespace hawser::bondctl {

const cli::Program& program() {
  static const cli::Program instance{
      .name = "bondctl",
      .summary = "what the bonds of this host do, with or without netd",
      .options = {cli::Common::kRuntimeDir, cli::Common::kJson},
      .verbs = {
          {"show", "[BOND]", "each bond, its ports and what monitors them, as the kernel has it", show}}};
  return instance;
}

}  // namespace hawser::bondctl
