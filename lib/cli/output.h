// What goes to the user: answers to stdout, one line per problem to stderr.
#pragma once

#include <string_view>

#include "lib/base/result.h"

namespace hawser::cli {

void print(std::string_view text);

// "bondctl: bond0: no such bond" to stderr. Returns kRefused, for `return complain(...)`.
int complain(std::string_view program, std::string_view text);
int complain(std::string_view program, const Error& error);

}  // namespace hawser::cli
