// A laboratory that cannot be built is not a result that a test could handle: it throws, and GoogleTest or
// the demo says why.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace hawser::lab {

class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class... Args>
[[noreturn]] void give_up(fmt::format_string<Args...> format, Args&&... args) {
  throw Failure(fmt::format(format, std::forward<Args>(args)...));
}

// The same, followed by the system's reason.
template <class... Args>
[[noreturn]] void give_up_errno(fmt::format_string<Args...> format, Args&&... args) {
  const int code = errno;
  throw Failure(fmt::format(format, std::forward<Args>(args)...) + ": " +
                std::generic_category().message(code));
}

}  // namespace hawser::lab
