// Another program, run to its end: ifup, ifdown and ifquery.
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"

namespace hawser::bondctl {

enum class Output : std::uint8_t { kShown, kKept };

struct Ran {
  int status = 0;    // 128 + the signal's number where one ended it
  std::string text;  // of stdout, where it was kept; then stderr goes nowhere
};

// Found along PATH. Error: it could not be started.
Result<Ran> run_program(std::vector<std::string> words, Output output);

}  // namespace hawser::bondctl
