// Any text, as a file of ifupdown, of modprobe.d or of networkd: what becomes of it is a file that the rules
// take, or nothing, and every line that was left out is named.
#include <cstdlib>
#include <string_view>

#include "bondctl/import/import.h"
#include "lib/config/host_file.h"

namespace {

using hawser::bondctl::ForeignFiles;

// Its first byte says of what program it is; two files of one, split at the first NUL.
ForeignFiles files_of(std::string_view text) {
  ForeignFiles files;
  files.cards = {"eth0", "eth1"};
  if (text.empty()) return files;
  const bool networkd = (text.front() & 1) != 0;
  text.remove_prefix(1);
  const auto split = std::min(text.find('\0'), text.size());
  const std::string first(text.substr(0, split)), second(text.substr(std::min(split + 1, text.size())));
  if (networkd)
    files.units = {{"a.netdev", first}, {"b.network", second}};
  else
    files.interfaces = {{"interfaces", first}}, files.modprobe = {{"m.conf", second}};
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer gives bytes
  const auto imported = hawser::bondctl::import_files(files_of({reinterpret_cast<const char*>(data), size}));
  for (const auto& left : imported.left_out)
    if (left.why.empty()) std::abort();
  if (imported.text.empty()) return 0;
  if (!hawser::config::judge_sources({{"a.toml", imported.text}}, {}, hawser::config::Part::kNetd).good())
    std::abort();
  return 0;
}
