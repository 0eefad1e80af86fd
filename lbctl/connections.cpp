#include "lbctl/connections.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "lib/cli/table.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;

template <class Number>
bool number_from(std::string_view text, int base, Number& number) {
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number, base);
  return problem == std::errc{} && stop == end;
}

// Eight digits, or the eight groups of IPv6 without any left out.
bool address_from(std::string_view text, IpAddress& address) {
  std::uint32_t four = 0;
  if (text.size() == 8 && number_from(text, 16, four)) {
    address = IpAddress::v4(four);
    return true;
  }
  const auto six = IpAddress::parse(text);
  if (six) address = *six;
  return six && six->is_v6();
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return fields;
    const auto end = std::min(line.find_first_of(" \t\r", start), line.size());
    fields.push_back(line.substr(start, end - start));
    line.remove_prefix(end);
  }
}

bool endpoint_from(std::string_view address, std::string_view port, Endpoint& endpoint) {
  return address_from(address, endpoint.address) && number_from(port, 16, endpoint.port);
}

std::optional<Connection> connection_from(std::string_view line) {
  const auto fields = fields_of(line);
  if (fields.size() < 9) return std::nullopt;
  Connection one;
  one.protocol = cli::printable(fields[0]);
  one.state = cli::printable(fields[7]);
  if (!endpoint_from(fields[1], fields[2], one.client) || !endpoint_from(fields[3], fields[4], one.service) ||
      !endpoint_from(fields[5], fields[6], one.real) || !number_from(fields[8], 10, one.expires))
    return std::nullopt;
  if (fields.size() > 9) one.engine = cli::printable(fields[9]);
  if (fields.size() > 10) one.engine_data = cli::printable(fields[10]);
  return one;
}

bool is_title(std::string_view line) {
  return line.starts_with("Pro FromIP");
}

}  // namespace

Connections read_connections(std::string_view text) {
  Connections result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || is_title(line)) continue;
    if (auto one = connection_from(line))
      result.list.push_back(std::move(*one));
    else
      ++result.unread;
  }
  return result;
}

bool ConnectionFilter::Side::fits(const Endpoint& endpoint) const {
  return network.address.family() == endpoint.address.family() && network.contains(endpoint.address) &&
         (!port || *port == endpoint.port);
}

Result<ConnectionFilter::Side> ConnectionFilter::parse_side(std::string_view text) {
  if (const auto prefix = Prefix::parse(text)) return Side{*prefix, {}};
  const auto endpoint = Endpoint::parse(text);
  if (!endpoint) return fail("\"{}\" is not an address, one with a port, or a network", text);
  return Side{{endpoint->address, static_cast<std::uint8_t>(endpoint->address.bits())}, endpoint->port};
}

Result<ConnectionFilter> ConnectionFilter::parse(const std::vector<std::string>& words) {
  ConnectionFilter filter;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals);
    auto* into = key == "client"    ? &filter.client_
                 : key == "service" ? &filter.service_
                 : key == "real"    ? &filter.real_
                                    : nullptr;
    if (equals == std::string::npos || into == nullptr)
      return fail("{}: write client=.., service=.. or real=..", word);
    std::string_view value = std::string_view(word).substr(equals + 1);
    if (const auto space = value.find(' '); into == &filter.service_ && space != std::string_view::npos) {
      filter.protocol_ = value.substr(0, space);
      std::ranges::transform(filter.protocol_, filter.protocol_.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      value.remove_prefix(space + 1);
    }
    const auto side = parse_side(value);
    if (!side) return fail_because(key, side.error());
    *into = *side;
  }
  return filter;
}

bool ConnectionFilter::wants(const Connection& connection) const {
  return (!client_ || client_->fits(connection.client)) &&
         (!service_ || service_->fits(connection.service)) && (!real_ || real_->fits(connection.real)) &&
         (protocol_.empty() || protocol_ == connection.protocol);
}

std::string render(const Connections& connections, std::size_t width) {
  using cli::Align;
  cli::Table table{{{"protocol"},
                    {"client"},
                    {"service"},
                    {"real server"},
                    {"state"},
                    {"expires", Align::kRight},
                    {"engine"},
                    {"data", Align::kLeft, cli::Fit::kWraps}}};
  for (const auto& one : connections.list)
    table.add({one.protocol, to_string(one.client), to_string(one.service), to_string(one.real), one.state,
               fmt::format("{:02}:{:02}", one.expires / 60, one.expires % 60), one.engine, one.engine_data});
  auto text = connections.list.empty() ? std::string("no connections\n") : table.str("", width);
  if (connections.unread > 0)
    text += fmt::format("{} lines of the kernel could not be read\n", connections.unread);
  return text;
}

json::value to_json(const Connections& connections) {
  json::array list;
  for (const auto& one : connections.list)
    list.push_back(json::object{{"protocol", one.protocol},
                                {"client", to_string(one.client)},
                                {"service", to_string(one.service)},
                                {"real", to_string(one.real)},
                                {"state", one.state},
                                {"expires", one.expires},
                                {"engine", one.engine},
                                {"engine_data", one.engine_data}});
  return {{"format", 1}, {"connections", std::move(list)}, {"unread", connections.unread}};
}

}  // namespace hawser::lbctl
