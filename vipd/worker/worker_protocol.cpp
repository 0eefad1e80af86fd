#include "vipd/worker/worker_protocol.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/config/problem_json.h"
#include "lib/events/event_json.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

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
      {"unicast", vip.transport == config::VrrpTransport::kUnicast},
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
      object.at("unicast").as_bool() ? config::VrrpTransport::kUnicast : config::VrrpTransport::kMulticast;
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

namespace {

json::object fields(const Begin& begin) {
  const auto& [config, state_directory, node] = begin.files;
  return {{"type", "begin"},
          {"config", config.native()},
          {"state_directory", state_directory.native()},
          {"node", node}};
}
json::object fields(const ReadFile& read) {
  return {{"type", "read"}, {"allow_empty", read.emptiness == config::Emptiness::kAllowed}};
}
json::object fields(const KeepLastGood&) {
  return {{"type", "keep"}};
}
json::object fields(const Secure& secure) {
  return {{"type", "secure"},
          {"interfaces", json::array(secure.interfaces.begin(), secure.interfaces.end())}};
}
json::object fields(const Release&) {
  return {{"type", "release"}};
}

json::object fields(const Reading& reading) {
  json::object object{{"type", "reading"},
                      {"last_good", reading.last_good},
                      {"problems", config::problems_json(reading.problems)}};
  if (reading.settings) object["settings"] = settings_json(*reading.settings);
  return object;
}
json::object fields(const Event& event) {
  json::object object{{"type", "event"}};
  for (auto& [key, value] : to_json(event)) object[key] = value;
  return object;
}

Reading reading_from(const json::object& object) {
  Reading reading;
  reading.last_good = object.at("last_good").as_bool();
  reading.problems = config::problems_from(object.at("problems"));
  if (const auto* settings = object.if_contains("settings"))
    reading.settings = settings_from(settings->as_object());
  return reading;
}

std::set<std::string> names_from(const json::array& list) {
  std::set<std::string> names;
  for (const auto& name : list) names.insert(text(name));
  return names;
}

ToWorker to_worker_from(const json::object& object) {
  const auto type = text(object.at("type"));
  if (type == "begin")
    return Begin{{text(object.at("config")), text(object.at("state_directory")), text(object.at("node"))}};
  if (type == "read")
    return ReadFile{object.at("allow_empty").as_bool() ? config::Emptiness::kAllowed
                                                       : config::Emptiness::kRefused};
  if (type == "keep") return KeepLastGood{};
  if (type == "secure") return Secure{names_from(object.at("interfaces").as_array())};
  if (type == "release") return Release{};
  throw std::invalid_argument("type: " + type);
}

FromWorker from_worker_from(const json::object& object) {
  const auto type = text(object.at("type"));
  if (type == "reading") return reading_from(object);
  if (type == "event") return event_from_json(object);
  throw std::invalid_argument("type: " + type);
}

}  // namespace

json::object encode(const ToWorker& message) {
  return std::visit([](const auto& what) { return fields(what); }, message);
}

json::object encode(const FromWorker& message) {
  return std::visit([](const auto& what) { return fields(what); }, message);
}

Result<ToWorker> decode_to_worker(const json::object& from) {
  try {
    return to_worker_from(from);
  } catch (const std::exception& problem) {
    return fail("message not understood: {}", problem.what());
  }
}

Result<FromWorker> decode_from_worker(const json::object& from) {
  try {
    return from_worker_from(from);
  } catch (const std::exception& problem) {
    return fail("message not understood: {}", problem.what());
  }
}

}  // namespace hawser::vipd
