#include "vipd/worker/worker_protocol.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/config/problem_json.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

constexpr std::size_t kPiece{32768};
constexpr std::uint8_t kMore = 'm';
constexpr std::uint8_t kLast = 'l';

json::value address_json(const config::VipAddress& address) {
  return json::object{{"prefix", to_string(address.prefix)}, {"interface", address.interface}};
}

json::value vip_json(const config::Vip& vip) {
  json::array addresses;
  for (const auto& address : vip.addresses) addresses.push_back(address_json(address));
  json::array peers;
  for (const auto& peer : vip.peers) peers.emplace_back(to_string(peer));
  json::array own;
  for (const auto& address : vip.own) own.emplace_back(to_string(address));
  json::object object{
      {"name", vip.name},
      {"interface", vip.interface},
      {"addresses", std::move(addresses)},
      {"virtual_router_id", vip.virtual_router_id.value},
      {"priority", vip.priority.value},
      {"advertisement_interval", vip.advertisement_interval.count()},
      {"unicast", vip.transport == config::Transport::kUnicast},
      {"peers", std::move(peers)},
      {"own", std::move(own)},
      {"preempt", vip.preempt},
      {"preempt_delay", vip.preempt_delay.count()},
      {"startup_delay", vip.startup_delay.count()},
      {"announce",
       json::array{vip.announce.count, vip.announce.interval.count(), vip.announce.refresh.count()}},
  };
  if (vip.checksum) object["plain_checksum"] = *vip.checksum == config::VrrpChecksum::kPlain;
  if (vip.source) object["source"] = to_string(*vip.source);
  return object;
}

// The other side is this very program: what does not fit is our own mistake and throws.
template <class Value>
Value parsed(const json::value& text) {
  const auto value = Value::parse(std::string_view(text.as_string()));
  if (!value) throw std::invalid_argument(value.error().text);
  return *value;
}

Milliseconds duration(const json::value& value) {
  return Milliseconds(json::value_to<std::int64_t>(value));
}

std::string text(const json::value& value) {
  return json::value_to<std::string>(value);
}

config::Announce announce_from(const json::array& list) {
  return {json::value_to<int>(list.at(0)), duration(list.at(1)), duration(list.at(2))};
}

config::Vip vip_from(const json::object& object) {
  config::Vip vip;
  vip.name = text(object.at("name"));
  vip.interface = text(object.at("interface"));
  for (const auto& address : object.at("addresses").as_array())
    vip.addresses.push_back(
        {parsed<Prefix>(address.as_object().at("prefix")), text(address.as_object().at("interface"))});
  vip.virtual_router_id = Vrid(json::value_to<std::uint8_t>(object.at("virtual_router_id")));
  vip.priority = Priority(json::value_to<std::uint8_t>(object.at("priority")));
  vip.advertisement_interval = duration(object.at("advertisement_interval"));
  vip.transport =
      object.at("unicast").as_bool() ? config::Transport::kUnicast : config::Transport::kMulticast;
  for (const auto& peer : object.at("peers").as_array()) vip.peers.push_back(parsed<IpAddress>(peer));
  for (const auto& address : object.at("own").as_array()) vip.own.push_back(parsed<IpAddress>(address));
  vip.preempt = object.at("preempt").as_bool();
  vip.preempt_delay = duration(object.at("preempt_delay"));
  vip.startup_delay = duration(object.at("startup_delay"));
  vip.announce = announce_from(object.at("announce").as_array());
  if (const auto* plain = object.if_contains("plain_checksum"))
    vip.checksum = plain->as_bool() ? config::VrrpChecksum::kPlain : config::VrrpChecksum::kPseudoHeader;
  if (const auto* source = object.if_contains("source")) vip.source = parsed<IpAddress>(*source);
  return vip;
}

json::value settings_json(const Settings& settings) {
  json::array vips;
  for (const auto& vip : settings.vips) vips.push_back(vip_json(vip));
  return json::object{{"node", settings.node},
                      {"vips", std::move(vips)},
                      {"realtime", settings.realtime},
                      {"lock_memory", settings.lock_memory},
                      {"log_level", settings.log_level}};
}

Settings settings_from(const json::object& object) {
  Settings settings;
  settings.node = text(object.at("node"));
  for (const auto& vip : object.at("vips").as_array()) settings.vips.push_back(vip_from(vip.as_object()));
  settings.realtime = json::value_to<int>(object.at("realtime"));
  settings.lock_memory = object.at("lock_memory").as_bool();
  settings.log_level = text(object.at("log_level"));
  return settings;
}

}  // namespace

namespace {

// Whether the peers are other nodes of the file: only then is it known from where they expect to hear this
// one.
bool among_nodes(const std::vector<IpAddress>& peers, const std::map<std::string, config::Node>& nodes) {
  return std::ranges::all_of(peers, [&](const IpAddress& peer) {
    return std::ranges::any_of(nodes, [&](const auto& node) {
      return std::ranges::find(node.second.addresses, peer) != node.second.addresses.end();
    });
  });
}

}  // namespace

Settings settings_of(const config::Config& config) {
  Settings settings{config.node, {}, config.realtime, config.lock_memory, config.log_level};
  for (const auto& [name, vip] : config.vips) {
    settings.vips.push_back(vip);
    // Advertisements show names and nothing uses what the other nodes' priorities are.
    settings.vips.back().priorities.clear();
    if (!among_nodes(vip.peers, config.nodes)) settings.vips.back().own.clear();
  }
  return settings;
}

std::string to_json(const Reading& reading) {
  auto problems = config::problems_json(reading.problems);
  json::object object{{"last_good", reading.last_good}, {"problems", std::move(problems)}};
  if (reading.settings) object["settings"] = settings_json(*reading.settings);
  return json::serialize(object);
}

Result<Reading> reading_from_json(std::string_view from) {
  try {
    const auto value = json::parse(from);
    const auto& object = value.as_object();
    Reading reading;
    reading.last_good = object.at("last_good").as_bool();
    reading.problems = config::problems_from(object.at("problems"));
    if (const auto* settings = object.if_contains("settings"))
      reading.settings = settings_from(settings->as_object());
    return reading;
  } catch (const std::exception& problem) {
    return fail("worker: answer not understood: {}", problem.what());
  }
}

std::vector<Bytes> split_message(std::string_view message) {
  std::vector<Bytes> pieces;
  do {
    const auto part = message.substr(0, kPiece);
    message.remove_prefix(part.size());
    Bytes piece{message.empty() ? kLast : kMore};
    piece.insert(piece.end(), part.begin(), part.end());
    pieces.push_back(std::move(piece));
  } while (!message.empty());
  return pieces;
}

std::optional<std::string> Assembler::add(ByteView piece) {
  if (piece.empty()) return std::nullopt;
  text_.append(piece.begin() + 1, piece.end());
  if (piece.front() != kLast) return std::nullopt;
  return std::exchange(text_, {});
}

}  // namespace hawser::vipd
