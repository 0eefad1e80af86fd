// What goes to the user: answers to stdout, one line per problem to stderr.
#pragma once

#include <cstddef>
#include <string_view>

#include "lib/base/result.h"

namespace hawser::cli {

void print(std::string_view text);

// How many characters a line of stdout takes: COLUMNS, else what the terminal says; 0: not a terminal, no
// limit.
std::size_t terminal_width();

// A line to stderr. That it cannot be written (closed, a full disk) changes nothing of what is being done.
void say(std::string_view line);

// Standard descriptors that are closed get /dev/null, the wrong way round, so that writing to them fails as
// it would have: or the first files and sockets of ours got their numbers, and what is meant for people went
// into them.
void occupy_standard_descriptors();

// "bondctl: bond0: no such bond" to stderr. Returns kRefused, for `return complain(...)`.
int complain(std::string_view program, std::string_view text);
int complain(std::string_view program, const Error& error);

}  // namespace hawser::cli
