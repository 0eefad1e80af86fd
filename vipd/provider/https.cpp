// The only file here that knows Beast and OpenSSL's TLS.
#include "vipd/provider/https.h"

#include <cstdlib>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace hawser::vipd::provider {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using asio::use_awaitable;
using boost::system::error_code;
using boost::system::system_error;

constexpr std::uint64_t kLargestReply = 1U << 20U;
constexpr std::size_t kPiece = 16'384;  // bytes read at once

std::string environment(const char* lower, const char* upper) {
  for (const char* name : {lower, upper})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return {};
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// OpenSSL's reason of a certificate that does not hold is not in the error code.
std::string why_of(const error_code& error, SSL* tls, const std::string& host) {
  const auto verdict = tls == nullptr ? X509_V_OK : ::SSL_get_verify_result(tls);
  if (verdict != X509_V_OK)
    return fmt::format("{}: its certificate does not hold: {}", host,
                       ::X509_verify_cert_error_string(verdict));
  if (error == beast::error::timeout) return fmt::format("{}: no answer in time", host);
  for (const error_code hung_up :
       {error_code(http::error::end_of_stream), error_code(asio::error::eof),
        error_code(ssl::error::stream_truncated), error_code(http::error::partial_message)})
    if (error == hung_up) return fmt::format("{}: hung up before its answer was whole", host);
  return fmt::format("{}: {}", host, error.message());
}

ssl::context context_for(const Server& server) {
  ssl::context context(ssl::context::tls_client);
  context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  if (server.ca.empty())
    context.set_default_verify_paths();
  else
    context.load_verify_file(server.ca.string());
  context.set_verify_mode(ssl::verify_peer);
  return context;
}

}  // namespace

class Readiness {
 public:
  using Ends = asio::ip::tcp::resolver::results_type;

  // Throws system_error where the CA's file cannot be read.
  ssl::context& context(const Server& server) {
    if (!context_) context_.emplace(context_for(server));
    return *context_;
  }
  [[nodiscard]] const Ends* ends(const std::string& name, const std::string& port) const {
    return ends_ && name_ == name && port_ == port ? &*ends_ : nullptr;
  }
  [[nodiscard]] bool is_stale(TimePoint now) const { return now - resolved_at_ > kFresh; }
  void keep(const std::string& name, const std::string& port, Ends ends, TimePoint now) {
    name_ = name;
    port_ = port;
    ends_ = std::move(ends);
    resolved_at_ = now;
  }
  // A resolver that does not answer is not asked by each exchange.
  void asked_again(TimePoint now) { resolved_at_ = now; }

 private:
  static constexpr Milliseconds kFresh{240'000};
  std::optional<ssl::context> context_;
  std::string name_, port_;
  std::optional<Ends> ends_;
  TimePoint resolved_at_;
};

std::shared_ptr<Readiness> not_ready_yet() {
  return std::make_shared<Readiness>();
}

namespace {

class Conversation {
 public:
  Conversation(const Server& server, const Request& request, const asio::any_io_executor& executor)
      : server_(server),
        request_(request),
        ready_(server.ready ? server.ready : not_ready_yet()),
        resolver_(executor),
        stream_(executor, ready_->context(server)) {}

  asio::awaitable<void> run(Exchange& result) {
    beast::get_lowest_layer(stream_).expires_after(server_.timeout);
    co_await connect();
    co_await greet();
    result.reached = Reached::kSent;  // from the first byte on
    co_await http::async_write(stream_, message(), use_awaitable);
    co_await read(result.reply);
    result.reached = Reached::kAnswered;
  }

  [[nodiscard]] std::string why(const error_code& error) {
    return why_of(error, stream_.native_handle(), server_.url.host);
  }

 private:
  asio::awaitable<void> connect() {
    const auto& host = server_.url.host;
    const auto proxy =
        proxy_for(host, server_.proxy.empty() ? environment("https_proxy", "HTTPS_PROXY") : server_.proxy,
                  environment("no_proxy", "NO_PROXY"));
    const auto name = proxy ? proxy->host : host;
    const auto port = proxy ? proxy->port : server_.url.port;
    auto& tcp = beast::get_lowest_layer(stream_);
    if (!co_await reach(name, port)) {
      const auto ends = co_await resolver_.async_resolve(name, port, use_awaitable);
      ready_->keep(name, port, ends, std::chrono::steady_clock::now());
      co_await tcp.async_connect(ends, use_awaitable);
    }
    tcp.socket().set_option(asio::ip::tcp::no_delay(true));
    if (proxy) co_await tunnel(*proxy);
  }

  // Where the name led before; false: it is not known, or nobody is there any more.
  asio::awaitable<bool> reach(const std::string& name, const std::string& port) {
    const auto* known = ready_->ends(name, port);
    if (known == nullptr) co_return false;
    if (ready_->is_stale(std::chrono::steady_clock::now())) refresh(name, port);
    const auto ends = *known;
    error_code gone;
    co_await beast::get_lowest_layer(stream_).async_connect(ends, asio::redirect_error(use_awaitable, gone));
    if (gone == beast::error::timeout) throw system_error(gone);
    co_return !gone;
  }

  // For the next one: this one does not wait for it.
  void refresh(const std::string& name, const std::string& port) {
    ready_->asked_again(std::chrono::steady_clock::now());
    const auto resolver = std::make_shared<asio::ip::tcp::resolver>(resolver_.get_executor());
    resolver->async_resolve(
        name, port, [ready = ready_, resolver, name, port](const error_code& wrong, Readiness::Ends ends) {
          if (!wrong) ready->keep(name, port, std::move(ends), std::chrono::steady_clock::now());
        });
  }

  asio::awaitable<void> tunnel(const Proxy& proxy) {
    const auto target = place();
    http::request<http::empty_body> ask{http::verb::connect, target, 11};
    ask.set(http::field::host, target);
    if (!proxy.authorization.empty()) ask.set(http::field::proxy_authorization, proxy.authorization);
    auto& tcp = beast::get_lowest_layer(stream_);
    co_await http::async_write(tcp, ask, use_awaitable);
    http::response_parser<http::empty_body> answer;
    answer.skip(true);
    beast::flat_buffer buffer;
    co_await http::async_read_header(tcp, buffer, answer, use_awaitable);
    if (answer.get().result() != http::status::ok)
      throw std::runtime_error(fmt::format("the proxy {} refuses to connect to {}: {}", proxy.host, target,
                                           answer.get().result_int()));
  }

  asio::awaitable<void> greet() {
    const auto& host = server_.url.host;
    const bool is_name = !IpAddress::parse(host);
    if (is_name && ::SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str()) != 1)
      throw std::runtime_error(fmt::format("{}: is no name of a host", host));
    stream_.set_verify_callback(ssl::host_name_verification(host));
    co_await stream_.async_handshake(ssl::stream_base::client, use_awaitable);
  }

  [[nodiscard]] std::string place() const {
    const bool is_v6 = server_.url.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", server_.url.host, is_v6 ? "]" : "", server_.url.port);
  }

  http::request<http::string_body>& message() {
    const auto target = server_.url.path + request_.path;
    message_ = {http::string_to_verb(request_.method), target.starts_with('/') ? target : "/" + target, 11};
    message_.set(http::field::host, server_.url.port == "443" ? server_.url.host : place());
    message_.set(http::field::user_agent, "hawser/" HAWSER_VERSION);
    message_.set(http::field::accept, "application/json");
    if (!server_.authorization.empty()) message_.set(http::field::authorization, server_.authorization);
    message_.set(http::field::connection, "close");
    if (!request_.content_type.empty()) message_.set(http::field::content_type, request_.content_type);
    message_.body() = request_.body;
    message_.prepare_payload();
    return message_;
  }

  asio::awaitable<void> read(Reply& reply) {
    std::string heard;
    std::optional<Reply> whole;
    while (!whole) {
      const auto before = heard.size();
      heard.resize(before + kPiece);
      error_code ended;
      const auto count = co_await stream_.async_read_some(asio::buffer(heard.data() + before, kPiece),
                                                          asio::redirect_error(use_awaitable, ended));
      heard.resize(before + count);
      if (ended && ended != asio::error::eof) throw system_error(ended);
      whole = reply_in(heard, static_cast<bool>(ended));
    }
    reply = std::move(*whole);
  }

  const Server& server_;
  const Request& request_;
  std::shared_ptr<Readiness> ready_;
  asio::ip::tcp::resolver resolver_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  http::request<http::string_body> message_;
};

asio::awaitable<Exchange> converse(asio::any_io_executor executor, const Server& server,
                                   const Request& request) {
  Exchange result;
  std::optional<Conversation> conversation;
  try {
    conversation.emplace(server, request, executor);
    co_await conversation->run(result);
  } catch (const system_error& error) {
    result.why = conversation ? conversation->why(error.code())
                              : fmt::format("{}: {}", server.ca.string(), error.code().message());
  } catch (const std::exception& error) {
    result.why = error.what();
  }
  if (!result.why.empty() && result.reached == Reached::kAnswered) result.reached = Reached::kSent;
  co_return result;
}

}  // namespace

std::optional<Reply> reply_in(std::string_view so_far, bool ended) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLargestReply);
  parser.eager(true);
  error_code wrong;
  if (so_far.size() > 2 * kLargestReply) wrong = http::error::body_limit;
  if (!wrong && !so_far.empty()) parser.put(asio::buffer(so_far), wrong);
  if (wrong == http::error::need_more) wrong = {};
  if (!wrong && ended && !parser.got_some()) wrong = http::error::end_of_stream;
  if (!wrong && ended && !parser.is_done()) parser.put_eof(wrong);
  if (wrong) throw system_error(wrong);
  if (!parser.is_done()) return std::nullopt;
  auto& got = parser.get();
  Reply reply{got.result_int(), std::string(got[http::field::content_type]), std::move(got.body())};
  for (const auto& field : got)
    reply.headers[in_lower_case(field.name_string())] = std::string(field.value());
  return reply;
}

// A function and no coroutine: a frame with a Conversation in it must have no name outside of this file.
asio::awaitable<Exchange> exchange(asio::any_io_executor executor, const Server& server,
                                   const Request& request) {
  return converse(std::move(executor), server, request);
}

}  // namespace hawser::vipd::provider
