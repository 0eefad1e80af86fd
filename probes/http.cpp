#include <array>

#include "probes/connection.h"
#include "probes/http_reply.h"
#include "probes/probe.h"

namespace hawser::probes {
namespace {

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

}  // namespace

boost::asio::awaitable<Verdict> http(Endpoint target, Milliseconds timeout, config::HttpCheck check) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto connection = Connection::begin(executor, timeout);
  auto verdict = co_await converse(*connection, target, std::move(check));
  connection->reset();
  co_return verdict;
}

boost::asio::awaitable<Verdict> probe(config::Check check, Endpoint target) {
  switch (check.type) {
    case config::CheckType::kTcp:
      return probes::tcp(target, check.timeout);
    case config::CheckType::kHttp:
      return http(target, check.timeout, std::move(check.http));
  }
  return probes::tcp(target, check.timeout);
}

}  // namespace hawser::probes
