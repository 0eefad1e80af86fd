#include "vipd/provider/hetzner_robot_reset.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "lib/base/json_in.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

// The button: whatever hangs in the server does not matter to it. "sw" is a request to its kernel, and
// "power" a short press, which asks the kernel too.
constexpr const char* kButton = "hw";

bool is_at(const json::value& server, const std::string& address) {
  const auto wanted = IpAddress::parse(address);
  for (const auto* key : {"server_ip", "server_ipv6_net"})
    if (const auto own = IpAddress::parse(text_in(server, key)); wanted && own && *own == *wanted)
      return true;
  return text_in(server, "server_name") == address;
}

std::vector<std::string> ways_in(const json::value& reset) {
  std::vector<std::string> ways;
  for (const auto& way : list_in(reset, "type"))
    if (way.is_string()) ways.emplace_back(way.get_string());
  return ways;
}

}  // namespace

Turn RobotReset::begin(const Call& call) {
  call_ = call;
  if (is_number(call.target)) return ask_ways(call.target);
  stage_ = Stage::kServers;
  return Request{"GET", "/server", {}, {}};
}

Turn RobotReset::heard(const json::value& body) {
  if (stage_ == Stage::kServers) return servers(body);
  if (stage_ == Stage::kWays) return ways(body);
  return reset(body);
}

Turn RobotReset::servers(const json::value& body) {
  if (!body.is_array()) return Answer{Meaning::kUnreached, {}, "200 without a list of servers", {}};
  for (const auto& one : body.get_array()) {
    const auto& server = value_in(one, "server");
    const auto number = number_in(server, "server_number");
    if (number != 0 && is_at(server, call_.target)) return ask_ways(fmt::format("{}", number));
  }
  return Answer{
      Meaning::kRefused, {}, fmt::format("there is no server {} in this account", call_.target), {}};
}

Turn RobotReset::ask_ways(std::string number) {
  number_ = std::move(number);
  stage_ = Stage::kWays;
  return Request{"GET", fmt::format("/reset/{}", number_), {}, {}};
}

Turn RobotReset::ways(const json::value& body) {
  const auto& shown = value_in(body, "reset");
  const auto offered = ways_in(shown);
  const auto names = fmt::format("{}", fmt::join(offered, ", "));
  if (offered.empty()) return Answer{Meaning::kUnreached, {}, "200 without the ways to reset it", {}};
  if (call_.ask == Ask::kPower)
    return Answer{Meaning::kOn, number_, fmt::format("can be reset by {}", names), {}};
  how_ = call_.how.empty() ? kButton : call_.how;
  if (std::ranges::count(offered, how_) == 0)
    return Answer{Meaning::kRefused,
                  {},
                  fmt::format("server {} cannot be reset by {}: it offers {}", number_, how_, names),
                  {}};
  stage_ = Stage::kReset;
  return Request{"POST", fmt::format("/reset/{}", number_), "type=" + form_encoded(how_),
                 "application/x-www-form-urlencoded"};
}

Answer RobotReset::reset(const json::value& body) const {
  if (text_in(value_in(body, "reset"), "type") != how_)
    return {Meaning::kUnknown, {}, fmt::format("200 that does not say that it was reset by {}", how_), {}};
  return {Meaning::kDone, number_, fmt::format("reset by {}", how_), {}};
}

}  // namespace hawser::vipd::provider
