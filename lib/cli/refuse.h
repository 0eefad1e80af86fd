// The end of a verb that cannot do what it was asked. With --json there is one JSON document on stdout in
// this case too, and stderr does not say it again:
//   {"format": 1, "error": {"text": "netd.sock: No such file or directory"}}
// What the other documents hold: lib/answer/verdict.h.
#pragma once

#include <string_view>

#include "lib/cli/command.h"

namespace hawser::cli {

enum class Form : std::uint8_t { kText, kJson };
inline Form form_of(const Arguments& arguments) {
  return arguments.json ? Form::kJson : Form::kText;
}

// "netd: bond0: no such bond". `program` is empty where the text names it. Returns kRefused.
int refuse(Form form, std::string_view program, std::string_view text);
int refuse(const Arguments& arguments, std::string_view program, std::string_view text);
int refuse(const Arguments& arguments, std::string_view program, const Error& error);

}  // namespace hawser::cli
