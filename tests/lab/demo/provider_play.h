// The play at the provider's site: the Active is cut off, comes back, and hands over as planned; after each,
// the route follows the role.
#pragma once

#include <filesystem>

#include "tests/lab/demo/director.h"
#include "tests/lab/demo/site.h"

namespace hawser::demo {

struct ProviderPlay {
  std::filesystem::path folder;
  Terms terms;
  Broken broken = Broken::kNothing;  // nothing, or vipd
  std::string logs;                  // what the daemons said is written there, unless empty
};

inline constexpr const char* kRoutedServer = "203.0.113.100:80";

// The exit status.
int run_provider_play(const ProviderPlay& play);

}  // namespace hawser::demo
