// Options of bonds as files, BOND/bonding/OPTION below /sys/class/net: for kernels in which an option is
// older than its netlink attribute. (Of those that Linux 6.1 and later know by netlink none is; see
// bonding.rst.)
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lib/base/result.h"
#include "lib/base/strong.h"
#include "lib/state/bond_options.h"

namespace hawser::nl {

class BondFiles {
 public:
  explicit BondFiles(std::filesystem::path root = "/sys/class/net") : root_(std::move(root)) {}

  // nullopt: there is no such file, or what is mounted there shows another namespace's devices. `index` tells
  // these apart.
  [[nodiscard]] std::optional<std::uint32_t> read(const std::string& bond, IfIndex index,
                                                  BondOption option) const;
  // Errors: the kernel's errno; ENOENT where read() finds nothing.
  [[nodiscard]] Status write(const std::string& bond, IfIndex index, BondOption option,
                             std::uint32_t value) const;

 private:
  [[nodiscard]] std::optional<std::filesystem::path> file_of(const std::string& bond, IfIndex index,
                                                             BondOption option) const;

  std::filesystem::path root_;
};

// "fast 1", "100": what such a file holds.
std::optional<std::uint32_t> number_in_bond_file(std::string_view text);

}  // namespace hawser::nl
