// A TCP connection that is kept busy both ways, as a session at a prompt is: each end sends numbers, one
// after the other, and checks that every one arrives, once and in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/clock.h"
#include "tests/support/namespace.h"

namespace hawser::lab {

class Conversation {
 public:
  // `address` is the server's, or the one that clients know where somebody between translates; then
  // `server_address` is its own. Throws Failure when there is no connection to be had.
  Conversation(const Namespace& client, const Namespace& server, std::string_view address,
               std::uint16_t port = 2222, std::string_view server_address = {});
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  struct Heard {
    std::uint64_t sent_to_server = 0, heard_by_server = 0, sent_to_client = 0, heard_by_client = 0;
    Duration longest_silence{};  // of the client's ear
    std::string fault;           // a number that was wrong, a connection that broke; empty: none
  };
  // How many numbers the client has heard up to now.
  [[nodiscard]] std::uint64_t heard() const;
  // Of the client's ear, since the last call.
  Duration take_longest_silence();
  // Both stop sending, and what is on its way arrives.
  Heard end();

 private:
  struct Ends;
  std::unique_ptr<Ends> ends_;
};

}  // namespace hawser::lab
