#include "lib/cli/file_options.h"

#include "lib/cli/help.h"

namespace hawser::cli {

std::vector<Option> options_of(std::initializer_list<Common> common) {
  std::vector<Option> options;
  for (const auto one : common) options.push_back(describe(one));
  return options;
}

Arguments with_file(Arguments arguments) {
  for (const auto& [name, value] : arguments.values) {
    if (name == describe(Common::kConfig).name) arguments.config = value;
    if (name == describe(Common::kNode).name) arguments.node = value;
    if (name == describe(Common::kStateDir).name) arguments.state_dir = value;
  }
  return arguments;
}

}  // namespace hawser::cli
