#include "lib/cli/age.h"

namespace hawser::cli {

std::string format_age(Milliseconds age) {
  const auto seconds = age.count() / 1000;
  if (seconds < 1) return fmt::format("{}ms", age.count());
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d{:02}h", seconds / 86400, seconds / 3600 % 24);
}

}  // namespace hawser::cli
