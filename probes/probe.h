// The probes of this issue, as coroutines with a hard deadline: they always end within `timeout`, whatever
// the other side does, and never fail but by a verdict.
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

// Good when a TCP connection is established.
boost::asio::awaitable<Verdict> tcp(Endpoint target, Milliseconds timeout);

// One GET or HEAD; redirects are not followed: a 301 is status 301.
boost::asio::awaitable<Verdict> http(Endpoint target, Milliseconds timeout, config::HttpCheck check);

// The one that the check's type names. The deadline and expectations are the check's.
boost::asio::awaitable<Verdict> probe(config::Check check, Endpoint target);

}  // namespace hawser::probes
