// A client that asks all the time and remembers every request. Open loop: a request that hangs delays no
// other. Its own thread, inside the namespace, so that what else the test does neither slows it nor is
// slowed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/clock.h"
#include "tests/support/namespace.h"
#include "tests/support/samples.h"

namespace hawser::lab {

class Client {
 public:
  enum class Protocol {
    kHttp,  // each request a new TCP connection and a GET; an answer is status 200 within the timeout, its
            // server the body's first word
    kUdp,  // each request a datagram with its number to a Backend's echo; an answer is the same number within
           // the timeout
  };
  struct Options {
    Protocol protocol = Protocol::kHttp;
    std::string address;
    std::uint16_t port = 80;
    std::string path = "/";
    Duration every = 10ms;
    Duration timeout = 1s;
  };

  // Asks from now on until stop().
  Client(const Namespace& where, const Options& options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) = delete;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // Sends no more and waits until each request was answered or timed out.
  void stop();
  // The decided requests in order of sending, up to the first that is neither answered nor timed out yet.
  [[nodiscard]] std::vector<Sample> samples() const;
  // Of those sent in [begin, end).
  [[nodiscard]] Report report(TimePoint begin, TimePoint end) const;
  // Of all, up to the last one decided.
  [[nodiscard]] Report report() const;
  // True once `count` requests in a row, sent from `since` on, were answered.
  [[nodiscard]] bool answered_in_a_row(size_t count, TimePoint since) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hawser::lab
