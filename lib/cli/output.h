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

// "bondctl: bond0: no such bond" to stderr. Returns kRefused, for `return complain(...)`.
int complain(std::string_view program, std::string_view text);
int complain(std::string_view program, const Error& error);

}  // namespace hawser::cli
