// Reading ipvsadm's rules. Pure, but for the names that it asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbctl/rules/rule.h"
#include "lbctl/rules/words.h"

namespace hawser::lbctl {

struct ParsedRules {
  std::vector<Rule> rules;
  std::vector<RuleProblem> problems;  // one a bad line
};

// Every line is read, whatever stands in the others. Empty lines and such that begin with "#" say nothing; a
// leading "ipvsadm" is skipped.
ParsedRules parse_rules(std::string_view text, const RuleNames& names);

// One line; nullopt: it says nothing.
Result<std::optional<RuleAction>> parse_rule(std::string_view line, const RuleNames& names);

}  // namespace hawser::lbctl
