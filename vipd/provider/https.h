// One HTTPS request and its reply, with a deadline over all of it. Certificates are always verified,
// redirects never followed (the credentials would go along), proxies taken from https_proxy and no_proxy as
// curl does.
#pragma once

#include <filesystem>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

// "https://robot-ws.your-server.de", "https://127.0.0.1:8443/v1".
struct Url {
  std::string host, port = "443", path;  // path without a slash at its end
};
Result<Url> parse_url(const std::string& text);

// What an exchange needs before its first byte, kept from one to the next: who is trusted (tens of
// milliseconds to load) and where the name leads. With a resolver that is dead the last answer goes on.
class Readiness;

struct Server {
  Url url;
  std::filesystem::path ca;   // who is trusted; empty: whom the system trusts
  std::string authorization;  // empty: none
  Milliseconds timeout{30'000};
  std::string proxy{};  // "http://HOST:PORT"; empty: as the environment has it
  std::shared_ptr<Readiness> ready{};
};
// Not to be shared between servers.
std::shared_ptr<Readiness> not_ready_yet();

// How far it came: whether something can have happened there.
enum class Reached : std::uint8_t { kNot, kSent, kAnswered };
struct Exchange {
  Reached reached = Reached::kNot;
  Reply reply;
  std::string why;  // there is no reply
};

boost::asio::awaitable<Exchange> exchange(boost::asio::any_io_executor executor, const Server& server,
                                          const Request& request);

// What a server has said so far, from its first byte; nullopt: there is more to come. `ended`: none comes.
// Throws boost::system::system_error: it is no answer, or too long a one. Read from the beginning each time:
// Beast before 1.86 ends the process where an empty answer in chunks comes in pieces (boostorg/beast#2861).
std::optional<Reply> reply_in(std::string_view so_far, bool ended);

// The proxy for a host: "http://[user:password@]proxy:3128" of the environment; nullopt: none. Pure.
struct Proxy {
  std::string host, port, authorization;
};
std::optional<Proxy> proxy_for(const std::string& host, std::string_view https_proxy,
                               std::string_view no_proxy);

}  // namespace hawser::vipd::provider
