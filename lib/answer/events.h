// `netd events` and `vipctl events`: what the daemon has told lately, and with --follow what it tells from
// now on.
#pragma once

#include <string_view>

#include "lib/cli/command.h"

namespace hawser::answer {

// `program` is who asks, `daemon` who is asked: "vipctl", "vipd". A word is an object: only its events.
// Returns the exit code; --follow ends with the daemon, or when its output is not wanted any more.
int show_events(const cli::Arguments& arguments, std::string_view program, std::string_view daemon);

// The verb of both.
cli::Verb events_verb(std::string_view program, std::string_view daemon);

}  // namespace hawser::answer
