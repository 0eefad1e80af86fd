// lbctl restore: ipvsadm's rules, carried out.
#pragma once

#include <string>
#include <vector>

#include "lbctl/change/carry_out.h"
#include "lbctl/rules/parse.h"
#include "lib/cli/command.h"

namespace hawser::lbctl {

int restore_verb(const cli::Arguments& arguments);
std::vector<cli::Option> restore_options();

struct HowRestored {
  bool replace = false;     // the table becomes what the rules say; else they are carried out on it
  bool keep_going = false;  // beside what is wrong
};
// Pure: what the rules make of the table. `source`: their file, for messages.
TableChange change_by_rules(const std::string& source, const ParsedRules& parsed, const State& there,
                            const HowRestored& how);

}  // namespace hawser::lbctl
