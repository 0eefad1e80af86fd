// What every daemon of ours tells of itself in the same words: its file, its control socket. Pure.
#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/events/event.h"

namespace hawser {

inline constexpr std::size_t kMostProblems = 20;
// "and 9730 more problems: check says them all"
Event more_problems_event(Level level, std::size_t more);
// One thing that is wrong with the file: "hawser.toml:3:9: vip.web.priority: must be 1 to 255".
Event problem_event(Level level, const std::string& problem);
// Of many the first, and how many more there are: a generated file may have thousands, and the status has
// them.
template <class Problems>
void tell_problems(const Tell& tell, Level level, const Problems& problems) {
  std::size_t told = 0;
  for (const auto& problem : problems) {
    if (told == kMostProblems) break;
    tell(problem_event(level, to_string(problem)));
    ++told;
  }
  if (problems.size() > told) tell(more_problems_event(level, problems.size() - told));
}

// "hawser.toml: broken: the last good file is in use, as node lb1: PROBLEM". `node`, `problem`: empty where
// there is nothing to say of it.
Event last_good_event(const std::string& file, const std::string& node, const std::string& problem = {});

// `made` is what became of the control socket, see control::Server::keep().
Event control_socket_event(const std::string& socket, const Status& made);

// Something else that went wrong and is lived with; `why` names its object first.
Event trouble_event(EventKind kind, const Error& why);

}  // namespace hawser
