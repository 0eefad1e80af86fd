// What the verbs of vipctl ask of the vipd that runs here.
#pragma once

#include <string>

#include "lib/cli/command.h"
#include "lib/control/client.h"

namespace hawser::vipd {

inline Result<boost::json::value> ask(const cli::Arguments& arguments, const std::string& method,
                                      const std::string& target) {
  return control::ask_json(arguments.runtime_dir / "vipd.sock", {method, target, ""});
}

}  // namespace hawser::vipd
