// Probes are coroutines: each ends within `timeout`, whatever the peer does, and reports failure only as a
// Verdict.
#pragma once

#include <compare>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "lib/base/address.h"
#include "lib/config/config.h"
#include "probes/health.h"

namespace hawser::probes {

// What makes two probes one: the same check asking the same target, however many services use its answer.
struct ProbeKey {
  std::string check;  // its name in the file
  Endpoint target;

  auto operator<=>(const ProbeKey&) const = default;
};

// One probe of that kind: defined in the file of the kind (tcp.cpp, http.cpp).
template <class Kind>
boost::asio::awaitable<Verdict> probe_as(Kind kind, Endpoint target, Milliseconds timeout);

// One probe of the kind that the check is of.
boost::asio::awaitable<Verdict> probe(config::Check check, Endpoint target);

}  // namespace hawser::probes
