// What the file of a kind of probe includes. It defines
//   boost::asio::awaitable<Verdict> converse(Connection& connection, Endpoint target, KIND kind);
// and ends with
//   template boost::asio::awaitable<Verdict> probe_as(KIND, Endpoint, Milliseconds);
#pragma once

#include "probes/connection.h"
#include "probes/probe.h"

namespace hawser::probes {

template <class Kind>
boost::asio::awaitable<Verdict> probe_as(Kind kind, Endpoint target, Milliseconds timeout) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto connection = Connection::begin(executor, timeout);
  auto verdict = co_await converse(*connection, target, std::move(kind));
  connection->reset();
  co_return verdict;
}

}  // namespace hawser::probes
