#include "probes/connection.h"
#include "probes/probe.h"

namespace hawser::probes {

boost::asio::awaitable<Verdict> tcp(Endpoint target, Milliseconds timeout) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto connection = Connection::begin(executor, timeout);
  const auto failure = co_await connection->connect(target);
  connection->reset();
  if (failure) co_return *failure;
  co_return Verdict{Outcome::kGood, "connected"};
}

}  // namespace hawser::probes
