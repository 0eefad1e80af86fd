#include "lbctl/program.h"

#include "lbctl/show.h"

namespace hawser::lbctl {

const cli::Program& program() {
  static const cli::Program instance{
      .name = "lbctl",
      .summary = "what IPVS on this host does, with or without netd",
      .options = {cli::Common::kRuntimeDir, cli::Common::kJson},
      .verbs = {{"show", "[SERVICE...]",
                 "virtual services and real servers; SERVICE: web, 192.0.2.1:80 or tcp 192.0.2.1:80", show}}};
  return instance;
}

}  // namespace hawser::lbctl
