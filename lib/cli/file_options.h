// Common options as options of one verb, where its program does not have them for all of its verbs: to
// ifenslave and to ipvsadm -c is a word of its own.
#pragma once

#include <initializer_list>
#include <vector>

#include "lib/cli/command.h"

namespace hawser::cli {

std::vector<Option> options_of(std::initializer_list<Common> common);
// With what the verb's own --config, --node and --state-dir say.
Arguments with_file(Arguments arguments);

}  // namespace hawser::cli
