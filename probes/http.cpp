// One GET or HEAD; redirects are not followed: a 301 is status 301.
#include <array>

#include "probes/conversation.h"
#include "probes/http_reply.h"

namespace hawser::probes {

boost::asio::awaitable<Verdict> converse(Connection& connection, Endpoint target, config::HttpCheck check) {
  if (auto failure = co_await connection.connect(target)) co_return *failure;
  const auto request = http_request(check, target);
  if (auto failure = co_await connection.send(request)) co_return *failure;
  HttpReply reply(check);
  std::array<char, 4096> buffer{};
  for (;;) {
    std::size_t count = 0;
    if (auto failure = co_await connection.receive(buffer, count)) co_return *failure;
    if (count == 0) co_return reply.finish();
    if (auto verdict = reply.take({buffer.data(), count})) co_return *verdict;
  }
}

template boost::asio::awaitable<Verdict> probe_as(config::HttpCheck, Endpoint, Milliseconds);

}  // namespace hawser::probes
