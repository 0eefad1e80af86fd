// What the verbs of vipctl ask of the vipd that runs here.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "lib/cli/command.h"
#include "lib/control/client.h"
#include "lib/control/json.h"

namespace hawser::vipd {

inline Result<boost::json::value> ask(const cli::Arguments& arguments, const std::string& method,
                                      const std::string& target) {
  return control::ask_json(arguments.runtime_dir / "vipd.sock", {method, target, ""});
}

// The vips that an answer is about.
inline std::vector<std::string> names_in(const boost::json::value& answer) {
  std::vector<std::string> names;
  for (const auto& name : control::list_in(answer, "vips"))
    if (name.is_string()) names.emplace_back(name.get_string());
  return names;
}

// ---- what would come of it. Asked of paths of their own: a vipd of an earlier version, which would do it,
// does not have them.

inline const cli::Option kOnlyPlan{"--dry-run", "", "only say what would be done"};
inline constexpr Milliseconds kAnotherProgram{10000};  // is asked by vipd before it answers

int say_plan(const cli::Arguments& arguments, const boost::json::value& answer);
// `target`: of the verb, "take?vip=web".
int plan(const cli::Arguments& arguments, const std::string& target);

}  // namespace hawser::vipd
