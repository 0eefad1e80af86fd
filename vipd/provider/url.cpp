#include <algorithm>

#include "lib/base/address.h"
#include "vipd/provider/https.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

struct Place {
  std::string host, port;
};

// "host", "host:port", "[2001:db8::1]:port".
std::optional<Place> parse_place(std::string_view text, std::string_view usual_port) {
  std::string_view host = text, port = usual_port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    if (const auto rest = text.substr(end + 1); !rest.empty()) {
      if (rest.front() != ':') return std::nullopt;
      port = rest.substr(1);
    }
  } else if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const bool is_number =
      !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos;
  if (host.empty() || !is_number) return std::nullopt;
  return Place{std::string(host), std::string(port)};
}

// As curl reads NO_PROXY: names with all below them, addresses, "*".
bool is_listed(std::string_view host, std::string_view list) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto one = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    while (one.starts_with('.')) one.remove_prefix(1);
    if (one.empty()) continue;
    const bool is_below = host.size() > one.size() && host.ends_with(one) &&
                          host[host.size() - one.size() - 1] == '.' && !IpAddress::parse(host);
    if (one == "*" || one == host || is_below) return true;
  }
  return false;
}

}  // namespace

Result<Url> parse_url(const std::string& text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme)) return fail("{}: is no https:// URL", text);
  const auto rest = std::string_view(text).substr(kScheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return fail("the endpoint holds a user: credentials have a place of their own");
  const auto place = parse_place(authority, "443");
  if (!place || rest.find_first_of("?# \t") != std::string_view::npos)
    return fail("{}: is no URL of an API, such as https://host/v1", text);
  auto path = rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  return Url{place->host, place->port, std::string(path)};
}

std::optional<Proxy> proxy_for(const std::string& host, std::string_view https_proxy,
                               std::string_view no_proxy) {
  if (https_proxy.empty() || is_listed(host, no_proxy)) return std::nullopt;
  if (const auto scheme = https_proxy.find("://"); scheme != std::string_view::npos)
    https_proxy.remove_prefix(scheme + 3);
  https_proxy = https_proxy.substr(0, https_proxy.find('/'));
  Proxy proxy;
  if (const auto at = https_proxy.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = "Basic " + base64(https_proxy.substr(0, at));
    https_proxy.remove_prefix(at + 1);
  }
  const auto place = parse_place(https_proxy, "3128");
  if (!place) return std::nullopt;
  proxy.host = place->host;
  proxy.port = place->port;
  return proxy;
}

}  // namespace hawser::vipd::provider
