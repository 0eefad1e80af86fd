#include "lbctl/change/file_options.h"

namespace hawser::lbctl {

namespace {
const cli::Option kConfigFile{"-c,--config", "FILE", "the configuration (/etc/hawser/hawser.toml)"};
const cli::Option kNodeName{"--node", "NAME", "which of its nodes this host is"};
}  // namespace

const std::vector<cli::Option>& file_options() {
  static const std::vector<cli::Option> options{kConfigFile, kNodeName};
  return options;
}

cli::Arguments with_file(cli::Arguments arguments) {
  for (const auto& [name, value] : arguments.values) {
    if (name == kConfigFile.name) arguments.config = value;
    if (name == kNodeName.name) arguments.node = value;
  }
  return arguments;
}

}  // namespace hawser::lbctl
