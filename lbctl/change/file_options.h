// The file that netd is run by, for the verbs that go by it. Options of these verbs alone: to ipvsadm -c is a
// word of its own.
#pragma once

#include <vector>

#include "lib/cli/command.h"

namespace hawser::lbctl {

const std::vector<cli::Option>& file_options();
// With what they say.
cli::Arguments with_file(cli::Arguments arguments);

}  // namespace hawser::lbctl
