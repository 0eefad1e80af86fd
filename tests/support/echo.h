// A server that answers UDP from one address, whether or not its host holds it at the moment: "TEXT" becomes
// "TEXT HOST". Backend answers from the address of the host, which no client of a floating address takes.
#pragma once

#include <thread>

#include "lib/base/fd.h"
#include "tests/support/namespace.h"

namespace hawser::lab {

class Echo {
 public:
  // Throws Failure when the socket is refused.
  Echo(const Namespace& where, std::string_view address, std::uint16_t port);

 private:
  void answer_all(const std::stop_token& stop, const std::string& name) const;

  Fd socket_;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace hawser::lab
