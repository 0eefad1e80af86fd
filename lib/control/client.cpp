#include "lib/control/client.h"

#include <cerrno>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <poll.h>

#include "lib/control/exchange.h"
#include "lib/control/json.h"
#include "lib/control/socket.h"

namespace hawser::control {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

std::string name_of(const std::filesystem::path& socket) {
  return socket.stem().native();
}

tl::unexpected<Error> explain(const std::filesystem::path& socket, const Error& why) {
  const auto name = name_of(socket);
  if (not_running(why))
    return fail_with(why.code, "{} is not running: {}: {}", name, socket.native(), why.text);
  if (why.code == EACCES || why.code == EPERM)
    return fail_with(why.code, "not permitted to ask {}: add yourself to group hawser or use sudo", name);
  return fail_with(why.code, "{} does not answer: {}: {}", name, socket.native(), why.text);
}

// The parser stops behind the header: what it has read of the stream beyond that lies in `buffer`.
asio::awaitable<Response> listen(Socket& socket, const Request& request, boost::beast::flat_buffer& buffer) {
  auto message = to_http(request);
  co_await http::async_write(socket, message, asio::use_awaitable);
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestAnswer);
  co_await http::async_read_header(socket, buffer, parser, asio::use_awaitable);
  if (parser.get().result() == http::status::ok) co_return Response{};
  co_await http::async_read(socket, buffer, parser, asio::use_awaitable);
  auto answer = parser.release();
  co_return Response{static_cast<int>(answer.result_int()), std::move(answer.body())};
}

Result<Response> outcome(const std::exception_ptr& problem, Response answer) {
  if (!problem) return answer;
  try {
    std::rethrow_exception(problem);
  } catch (const boost::system::system_error& error) {
    return fail_with(EPROTO, "{}", error.code().message());
  } catch (const std::exception& error) {
    return fail_with(EPROTO, "{}", error.what());
  }
}

// What the coroutine answers, if it does in time.
Result<Response> within(asio::io_context& context, Milliseconds deadline, asio::awaitable<Response> talk) {
  Result<Response> result = fail_with(ETIMEDOUT, "no answer within {}", format_duration(deadline));
  asio::co_spawn(context, std::move(talk), [&](const std::exception_ptr& problem, Response answer) {
    result = outcome(problem, std::move(answer));
  });
  context.run_for(deadline);
  context.restart();
  return result;
}

Result<Response> talk(int descriptor, const Request& request, Milliseconds deadline) {
  asio::io_context context{1};
  Socket socket{context, asio::local::stream_protocol{}, descriptor};
  return within(context, deadline, exchange(socket, request));
}

// Something to read, its end, or nothing for too long.
Status await_bytes(Socket& socket, Milliseconds silence) {
  pollfd ready{socket.native_handle(), POLLIN, 0};
  const int count = ::poll(&ready, 1, static_cast<int>(silence.count()));
  if (count > 0 || (count < 0 && errno == EINTR)) return {};
  return fail_with(ETIMEDOUT, "nothing within {}", format_duration(silence));
}

Status read_stream(Socket& socket, boost::beast::flat_buffer& buffer,
                   const std::function<bool(const Message&)>& take, Milliseconds silence) {
  MessageReader reader;
  for (;;) {
    const auto bytes = buffer.data();
    const auto messages = reader.take({static_cast<const char*>(bytes.data()), bytes.size()});
    if (!messages) return fail_with(EPROTO, "not a stream of events");
    for (const auto& message : *messages)
      if (!take(message)) return {};
    buffer.consume(buffer.size());
    if (auto there = await_bytes(socket, silence); !there) return there;
    boost::system::error_code end;
    buffer.commit(socket.read_some(buffer.prepare(4096), end));
    if (end == asio::error::eof) return fail_with(EPIPE, "it has ended");
    if (end && end != asio::error::interrupted) return fail_with(EPROTO, "{}", end.message());
  }
}

}  // namespace

bool not_running(const Error& error) {
  return error.code == ENOENT || error.code == ECONNREFUSED;
}

Result<Response> ask(const std::filesystem::path& socket, const Request& request, Milliseconds deadline) {
  const auto descriptor = connect_to(socket, deadline);
  if (!descriptor) return explain(socket, descriptor.error());
  auto answer = talk(*descriptor, request, deadline);
  if (!answer) return explain(socket, answer.error());
  return answer;
}

Status follow(const std::filesystem::path& socket, const Request& request,
              const std::function<bool(const Message&)>& take, Milliseconds silence) {
  const auto descriptor = connect_to(socket, silence);
  if (!descriptor) return explain(socket, descriptor.error());
  asio::io_context context{1};
  Socket stream{context, asio::local::stream_protocol{}, *descriptor};
  boost::beast::flat_buffer buffer;
  const auto answer = within(context, silence, listen(stream, request, buffer));
  if (!answer) return explain(socket, answer.error());
  if (answer->status != 200) return tl::unexpected(parse_answer(name_of(socket), *answer).error());
  auto read = read_stream(stream, buffer, take, silence);
  if (!read) return explain(socket, read.error());
  return {};
}

}  // namespace hawser::control
