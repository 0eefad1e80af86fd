// Reads the file that the user named, whatever it turns out to be: directories and devices are refused with a
// reason, and no pipe is waited for without a limit.
#pragma once

#include <filesystem>
#include <string>

#include "lib/base/duration.h"
#include "lib/base/result.h"

namespace hawser::config {

struct TextLimits {
  std::size_t bytes = std::size_t{16} << 20U;
  Milliseconds wait{5000};  // for the writer of a pipe, from opening it to its end
};

// A regular file, /dev/null (empty), or a pipe: `-c /dev/stdin`, `-c <(...)`. The error names the file; its
// code is the errno, if one was the reason.
Result<std::string> read_text(const std::filesystem::path& path, const TextLimits& limits = {});

}  // namespace hawser::config
