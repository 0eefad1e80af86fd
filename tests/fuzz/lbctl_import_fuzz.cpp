// Any text, as rules of ipvsadm, as ldirectord.cf or as keepalived.conf: what becomes of it is a file that
// the rules take, or nothing, and every line that was left out is named.
#include <cstdlib>
#include <string_view>

#include "lbctl/import/import.h"
#include "lib/config/host_file.h"

namespace {

using hawser::Result;
using hawser::config::Source;

// Its first byte says whose it is; what follows a NUL is what it includes.
struct Case {
  hawser::lbctl::Foreign format = hawser::lbctl::Foreign::kIpvsadmRules;
  std::string text, included;
};

Case case_of(std::string_view data) {
  constexpr int kFormats = 3;
  if (data.empty()) return {};
  Case one;
  one.format = static_cast<hawser::lbctl::Foreign>(static_cast<unsigned char>(data.front()) % kFormats);
  data.remove_prefix(1);
  const auto split = std::min(data.find('\0'), data.size());
  one.text = data.substr(0, split);
  one.included = data.substr(std::min(split + 1, data.size()));
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer gives bytes
  const auto one = case_of({reinterpret_cast<const char*>(data), size});
  const auto include = [&](const std::string&, const std::string&) -> Result<std::vector<Source>> {
    return std::vector<Source>{{"included", one.included}};
  };
  const auto imported = hawser::lbctl::import_file(one.format, {"f", one.text}, include);
  for (const auto& left : imported.left_out)
    if (left.why.empty() || left.at.line == 0) std::abort();
  if (imported.text.empty()) return 0;
  if (!hawser::config::judge_sources({{"a.toml", imported.text}}, {}, hawser::config::Part::kAll).good())
    std::abort();
  return 0;
}
