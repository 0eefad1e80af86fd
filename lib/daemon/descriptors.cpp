#include "lib/daemon/descriptors.h"

#include <algorithm>

#include <sys/resource.h>

namespace hawser {

std::size_t raise_descriptor_limit() {
  constexpr std::size_t kUnknown = 1024;  // the kernel's own default
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kUnknown;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65536);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : kUnknown;
}

Status judge_descriptor_limit(std::size_t allowed) {
  if (allowed >= kFewestDescriptors) return {};
  return fail("needs to have {} files open at once, {} are allowed: allow more (ulimit -n, LimitNOFILE=)",
              kFewestDescriptors, allowed);
}

}  // namespace hawser
