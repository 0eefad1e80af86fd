// Good when a TCP connection is established.
#include "probes/conversation.h"

namespace hawser::probes {

boost::asio::awaitable<Verdict> converse(Connection& connection, Endpoint target, config::TcpCheck /*kind*/) {
  if (auto failure = co_await connection.connect(target)) co_return *failure;
  co_return Verdict{Outcome::kGood, "connected"};
}

template boost::asio::awaitable<Verdict> probe_as(config::TcpCheck, Endpoint, Milliseconds);

}  // namespace hawser::probes
