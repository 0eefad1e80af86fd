// What every daemon of ours tells of itself in the same words: its file, its control socket. Pure.
#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/events/event.h"

namespace hawser {

// One thing that is wrong with the file: "hawser.toml:3:9: vip.web.priority: must be 1 to 255".
Event problem_event(Level level, const std::string& problem);

// "hawser.toml: broken: the last good file is in use, as node lb1: PROBLEM". `node`, `problem`: empty where
// there is nothing to say of it.
Event last_good_event(const std::string& file, const std::string& node, const std::string& problem = {});

// `made` is what became of the control socket, see control::Server::keep().
Event control_socket_event(const std::string& socket, const Status& made);

// Something else that went wrong and is lived with; `why` names its object first.
Event trouble_event(EventKind kind, const Error& why);

}  // namespace hawser
