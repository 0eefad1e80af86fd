// A refusal of the fake kernel: the errno, and the kernel's extended acknowledgement where it sends one.
#pragma once

#include <cstring>
#include <string_view>

#include "lib/base/result.h"

namespace hawser {

inline tl::unexpected<Error> refuse(int code, std::string_view reason = {}) {
  return tl::unexpected(Error{std::string(reason.empty() ? std::strerror(code) : reason), code});
}

}  // namespace hawser
