// Errors are values: Result<T> and Status wherever the world can say no.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace hawser {

// What went wrong, in words for people: subject, verb, object, reason ("bond0: add port eth1: Device or
// resource busy"). `code` is the errno of the kernel's refusal, 0 where no system call was involved.
struct Error {
  std::string text;
  int code = 0;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// return fail("{}: interface missing", name);
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(Error{fmt::format(format, std::forward<Args>(args)...), 0});
}

// The same with the errno that the caller may decide on.
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail_with(int code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(Error{fmt::format(format, std::forward<Args>(args)...), code});
}

// Puts the object in front of a lower layer's reason.
[[nodiscard]] inline tl::unexpected<Error> fail_because(std::string_view subject, const Error& why) {
  return tl::unexpected(Error{fmt::format("{}: {}", subject, why.text), why.code});
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
// clang 16 does not deduce template arguments of aggregates without this guide.
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace hawser
