// A web server that tests play with: answers every path over HTTP with its name, echoes UDP datagrams as
// "TEXT NAME", and fails as told.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/namespace.h"

namespace hawser::lab {

class Backend {
 public:
  enum class Behaviour {
    kAnswering,  // 200 and the name
    kFailing,    // 500
    kHanging,    // accepts and reads, never answers; UDP stays silent
    kRefusing,   // nothing listens: connections are reset, as after the server was killed
  };

  // Listens on every IPv4 address of the namespace, TCP and UDP; answers under the host's name.
  Backend(const Namespace& where, std::uint16_t port);
  Backend(Backend&&) noexcept;
  Backend& operator=(Backend&&) = delete;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  ~Backend();

  // In force when this returns, also for connections that wait for an answer.
  void set(Behaviour behaviour);
  // HTTP requests answered with 200 so far.
  [[nodiscard]] std::uint64_t served() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hawser::lab
