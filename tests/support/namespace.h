// A network namespace that plays a host: with a name (`ip netns exec NAME` works by hand while it lives), a
// loopback that is up, and its own host name for what runs in it. Everything in it ends with it. Needs root.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

#include "lib/base/fd.h"
#include "tests/support/clock.h"

namespace hawser::lab {

using Argv = std::vector<std::string>;

// What a program that ended left: its exit status (128 + signal if killed) and its standard output and error
// in order.
struct Output {
  int status = 0;
  std::string text;
};

class Namespace {
 public:
  // `host` as others see it; the namespace gets a name of this process's own, so that two runs never meet.
  // Where nothing else can be on the machine (the virtual machine), `plain` takes the host's name itself.
  enum class Naming { kUnique, kPlain };
  explicit Namespace(std::string_view host, Naming naming = Naming::kUnique);
  // One that somebody else made and keeps, by its name.
  [[nodiscard]] static Namespace existing(std::string_view name);
  Namespace(Namespace&& other) noexcept = default;
  Namespace& operator=(Namespace&&) = delete;
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;
  ~Namespace();

  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

  // Runs a program inside (no shell) and waits for it; past `within` it is killed and status is 137.
  [[nodiscard]] Output run(const Argv& argv, Duration within = 30s) const;
  // The same for what must succeed: its output, or a Failure that quotes it.
  std::string check(const Argv& argv, Duration within = 30s) const;
  // Lines for one `ip -batch`, each without the leading "ip"; all must succeed.
  void ip(const std::vector<std::string>& lines) const;

  // key with dots, as for sysctl(8): ("net.ipv4.ip_forward", "1").
  void sysctl(std::string_view key, std::string_view value) const;
  // An interface administratively up or down; the instant just before the kernel was asked.
  TimePoint set_link(const std::string& interface, bool up) const;

  // Calls `action` on a thread inside; sockets made there stay there wherever they are used. Its result or
  // exception comes back.
  template <class Action>
  auto inside(Action&& action) const -> std::invoke_result_t<Action> {
    using Value = std::invoke_result_t<Action>;
    std::exception_ptr failure;
    if constexpr (std::is_void_v<Value>) {
      std::thread([&] { guarded(failure, action); }).join();
      if (failure) std::rethrow_exception(failure);
    } else {
      std::optional<Value> value;
      std::thread([&] { guarded(failure, [&] { value.emplace(action()); }); }).join();
      if (failure) std::rethrow_exception(failure);
      return std::move(*value);
    }
  }
  // Moves the calling thread inside, for threads of one's own.
  void enter() const;

 private:
  Namespace() = default;

  template <class Action>
  void guarded(std::exception_ptr& failure, Action&& action) const {
    try {
      enter();
      action();
    } catch (...) {
      failure = std::current_exception();
    }
  }

  std::string host_;
  std::string name_;
  Fd fd_;
  bool owned_ = true;
};

// The program `name` beside the running one: build/PRESET/bin/NAME.
[[nodiscard]] std::string program(std::string_view name);

}  // namespace hawser::lab
