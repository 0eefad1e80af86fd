#include "lib/netlink/bond_files.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "lib/base/atomic_file.h"
#include "lib/base/fd.h"

namespace hawser::nl {

namespace {

// In the kernel's table they have no attribute group: nobody has to look for them.
bool is_netlink_only(BondOption option) {
  return option == BondOption::kCoupledControl || option == BondOption::kBroadcastNeighbor ||
         option == BondOption::kLacpStrict;
}

}  // namespace

std::optional<std::uint32_t> number_in_bond_file(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const auto space = text.rfind(' ');
  if (space != std::string_view::npos) text.remove_prefix(space + 1);
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::filesystem::path> BondFiles::file_of(const std::string& bond, IfIndex index,
                                                        BondOption option) const {
  if (is_netlink_only(option)) return std::nullopt;
  const auto device = read_file(root_ / bond / "ifindex");
  if (!device || number_in_bond_file(*device) != static_cast<std::uint32_t>(index.value)) return std::nullopt;
  auto file = root_ / bond / "bonding" / info_of(option).name;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  return file;
}

std::optional<std::uint32_t> BondFiles::read(const std::string& bond, IfIndex index,
                                             BondOption option) const {
  const auto file = file_of(bond, index, option);
  if (!file) return std::nullopt;
  const auto text = read_file(*file);
  return text ? number_in_bond_file(*text) : std::nullopt;
}

// Every option takes the number of a word as well as the word (bond_opt_parse()).
Status BondFiles::write(const std::string& bond, IfIndex index, BondOption option,
                        std::uint32_t value) const {
  const auto file = file_of(bond, index, option);
  if (!file) return fail_with(ENOENT, "{} has no {} in sysfs", bond, info_of(option).name);
  const Fd opened(::open(file->c_str(), O_WRONLY | O_CLOEXEC));
  const auto text = std::to_string(value);
  if (!opened || ::write(opened.get(), text.data(), text.size()) < 0) return tl::unexpected(Error{{}, errno});
  return {};
}

}  // namespace hawser::nl
