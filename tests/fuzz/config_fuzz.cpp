// Any text is either refused with problems or becomes a Config; it never throws, crashes or takes for ever.
#include <cstdlib>
#include <string_view>

#include "lib/config/load.h"
#include "lib/reconcile/weight.h"

namespace {

using hawser::config::Source;

// Two files, split at the first NUL, so that merging is reached as well.
std::vector<Source> sources_of(std::string_view text) {
  const auto split = text.find('\0');
  std::vector<Source> sources{{"a.toml", std::string(text.substr(0, split))}};
  if (split != std::string_view::npos) sources.push_back({"b.toml", std::string(text.substr(split + 1))});
  return sources;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer gives bytes
  const auto sources = sources_of({reinterpret_cast<const char*>(data), size});
  for (const auto& node : hawser::config::node_names(sources)) {
    const auto loaded = hawser::config::load(sources, {node, {}, "host"});
    for (const auto& problem : loaded.problems)
      if (problem.what.empty()) std::abort();
    if (loaded.good()) hawser::lay_out(loaded.config);
  }
  return 0;
}
