#include "lib/netlink/ipvs_sysctl.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "lib/base/atomic_file.h"
#include "lib/base/fd.h"

namespace hawser::nl {

namespace {

std::string path_of(IpvsSysctl which) {
  std::string name(name_of(which));
  std::ranges::replace(name, '.', '/');
  return "/proc/sys/" + name;
}

}  // namespace

std::map<IpvsSysctl, std::uint32_t> read_ipvs_sysctls() {
  std::map<IpvsSysctl, std::uint32_t> values;
  for (const auto& [which, name] : kNames<IpvsSysctl>) {
    const auto text = read_file(path_of(which));
    std::uint32_t value = 0;
    if (text && std::from_chars(text->data(), text->data() + text->size(), value).ec == std::errc())
      values.emplace(which, value);
  }
  return values;
}

Status write_ipvs_sysctl(IpvsSysctl which, std::uint32_t value) {
  const Fd file{::open(path_of(which).c_str(), O_WRONLY | O_CLOEXEC)};
  if (!file) return fail_with(errno, "{}", std::strerror(errno));
  const auto text = std::to_string(value);
  if (::write(file.get(), text.data(), text.size()) < 0) return fail_with(errno, "{}", std::strerror(errno));
  return {};
}

}  // namespace hawser::nl
