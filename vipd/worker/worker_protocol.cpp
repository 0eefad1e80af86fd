#include "vipd/worker/worker_protocol.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/config/json.h"
#include "lib/config/problem_json.h"
#include "lib/events/event_json.h"
#include "vipd/addresses/store.h"
#include "vipd/addresses/virtual_link.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

std::string text(const json::value& value) {
  return json::value_to<std::string>(value);
}

json::value settings_json(const Settings& settings) {
  json::array vips;
  json::array own;
  for (const auto& address : settings.own) own.emplace_back(to_string(address));
  json::object passwords;  // no rows have them: what is made of rows is printed
  json::object secrets;
  for (const auto& vip : settings.vips) {
    vips.push_back(config::to_json(config::vip_rows(), config::spec_of(vip)));
    if (!vip.manner->password_text.empty()) passwords[vip.name] = vip.manner->password_text;
    json::array lines;  // in the order of the keys
    for (const auto& key : vip.manner->hmac) lines.emplace_back(config::hmac_line(key.secret));
    if (!lines.empty()) secrets[vip.name] = std::move(lines);
  }
  return json::object{{"node", settings.node},
                      {"vips", std::move(vips)},
                      {"own", std::move(own)},
                      {"passwords", std::move(passwords)},
                      {"secrets", std::move(secrets)},
                      {"vipd", config::to_json<config::VipdSpec>(config::vipd_rows(), settings)},
                      {"log", config::to_json<config::LogSpec>(config::log_rows(), settings)}};
}

Bytes secret_from(const json::value& value) {
  auto secret = config::hmac_secret(text(value));
  if (!secret) throw std::invalid_argument("a key " + secret.error().text);
  return std::move(*secret);
}

// The other side is of this very release: what does not fit is our own mistake and throws.
template <class S>
S section_from(const config::Rows<S>& rows, const json::value& value) {
  auto section = config::from_json(rows, value.as_object());
  if (!section) throw std::invalid_argument(section.error().text);
  return std::move(*section);
}

// With its secrets, which stand beside all vips.
config::Vip vip_from(const json::object& rows, const json::object& settings) {
  auto vip = section_from(config::vip_rows(), rows);
  if (const auto* password = settings.at("passwords").as_object().if_contains(vip.name))
    vip.password_text = text(*password);
  for (std::size_t i = 0; i < vip.hmac.size(); ++i)
    vip.hmac[i].secret = secret_from(settings.at("secrets").at(vip.name).at(i));
  return config::vip_of(std::move(vip));
}

Settings settings_from(const json::object& object) {
  Settings settings;
  settings.node = text(object.at("node"));
  for (const auto& vip : object.at("vips").as_array())
    settings.vips.push_back(vip_from(vip.as_object(), object));
  config::share_manners(settings.vips);
  for (const auto& address : object.at("own").as_array())
    settings.own.push_back(IpAddress::parse(text(address)).value());
  static_cast<config::VipdSpec&>(settings) = section_from(config::vipd_rows(), object.at("vipd"));
  static_cast<config::LogSpec&>(settings) = section_from(config::log_rows(), object.at("log"));
  return settings;
}

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

// None of them is known where the file speaks of no host but vips.
std::vector<IpAddress> own_addresses(const config::Config& config) {
  std::vector<IpAddress> own;
  if (const auto node = config.nodes.find(config.node); node != config.nodes.end())
    own = node->second.addresses;
  for (const auto& [name, link] : config.network.links)
    for (const auto& [prefix, address] : link.addresses) own.push_back(prefix.address);
  return own;
}

Settings settings_of(const config::Config& config) {
  Settings settings{config, config, config.node, {}, own_addresses(config)};
  for (const auto& [name, vip] : config.vips) {
    for (auto& election : config::by_election(vip)) {
      auto one = in_its_store(on_its_virtual_link(std::move(election)));
      // Advertisements show names and nothing uses what the other nodes' priorities are.
      one.priorities.clear();
      if (!among_nodes(one.manner->peers, config.nodes)) one.manner.change().own.clear();
      settings.vips.push_back(std::move(one));
    }
  }
  return settings;
}

namespace {

json::object fields(const Begin& begin) {
  const auto& [config, state_directory, node, runtime_directory, only_reads] = begin.files;
  return {{"type", "begin"},
          {"config", config.native()},
          {"state_directory", state_directory.native()},
          {"runtime_directory", runtime_directory.native()},
          {"only_reads", only_reads},
          {"node", node}};
}
json::object fields(const ReadFile& read) {
  return {{"type", "read"}, {"allow_empty", read.emptiness == config::Emptiness::kAllowed}};
}
json::object fields(const KeepLastGood&) {
  return {{"type", "keep"}};
}
json::object fields(const EndConnections& end) {
  json::array addresses;
  for (const auto& address : end.addresses) addresses.emplace_back(to_string(address));
  return {{"type", "end"}, {"addresses", std::move(addresses)}};
}
json::object fields(const Remember& remember) {
  return {{"type", "remember"}, {"text", remember.text}};
}
json::object fields(const Secure& secure) {
  return {{"type", "secure"},
          {"interfaces", json::array(secure.interfaces.begin(), secure.interfaces.end())}};
}
json::object fields(const Quiet& quiet) {
  return {{"type", "quiet"}, {"interfaces", json::array(quiet.interfaces.begin(), quiet.interfaces.end())}};
}
json::object fields(const DropFor& drop) {
  json::array addresses;
  for (const auto& address : drop.addresses.addresses) addresses.emplace_back(to_string(address));
  json::array on_links;
  for (const auto& [interface, address] : drop.addresses.on_links)
    on_links.push_back(json::array{interface, to_string(address)});
  return {{"type", "drop"}, {"addresses", std::move(addresses)}, {"on_links", std::move(on_links)}};
}
json::object fields(const Release&) {
  return {{"type", "release"}};
}

json::object fields(const Follow&) {
  return {{"type", "follow"}};
}
json::value time_json(const std::optional<provider::WallTime>& time) {
  if (!time) return nullptr;
  return std::chrono::duration_cast<Milliseconds>(time->time_since_epoch()).count();
}

json::object fields(const Lead& lead) {
  return {{"type", "lead"},
          {"vip", lead.vip},
          {"side", name_of(lead.side)},
          {"begin", name_of(lead.begin)},
          {"before", lead.before ? json::value(to_string(*lead.before)) : json::value()},
          {"fence", lead.fence},
          {"heard_at", time_json(lead.heard_at)}};
}
json::object fields(const LeadAgain& again) {
  return {{"type", "again"}, {"vip", again.vip}};
}

json::object fields(const RouteReport& route) {
  return {{"type", "route"},
          {"vip", route.vip},
          {"address", to_string(route.address)},
          {"provider", route.provider},
          {"standing", name_of(route.standing)},
          {"target", route.target},
          {"node", route.node},
          {"read_at", time_json(route.read_at)},
          {"since", time_json(route.since)},
          {"trouble", route.trouble},
          {"next", time_json(route.next)},
          {"asking", route.asking ? json::value(name_of(*route.asking)) : json::value()},
          {"confirmed", route.confirmed},
          {"lost", route.lost},
          {"left_behind", route.left_behind},
          {"reads_left", route.reads_left},
          {"switches_left", route.switches_left}};
}

json::object fields(const FenceReport& fence) {
  return {{"type", "fence"}, {"vip", fence.vip}, {"done", fence.done}, {"text", fence.text}};
}

json::object fields(const DropReport& report) {
  return {{"type", "dropping"}, {"trouble", report.trouble}};
}

json::object fields(const Reading& reading) {
  json::object object{{"type", "reading"},
                      {"last_good", reading.last_good},
                      {"remembered", reading.remembered},
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
  reading.remembered = text(object.at("remembered"));
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

IpAddress address_from(const json::value& value) {
  const auto address = IpAddress::parse(text(value));
  if (!address) throw std::invalid_argument(address.error().text);
  return *address;
}

template <class E>
E word_from(const json::value& value) {
  const auto word = from_name<E>(text(value));
  if (!word) throw std::invalid_argument(text(value));
  return *word;
}

std::optional<provider::WallTime> time_from(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return provider::WallTime(Milliseconds(value.to_number<std::int64_t>()));
}

Lead lead_from(const json::object& object) {
  Lead lead{text(object.at("vip")),
            word_from<Side>(object.at("side")),
            word_from<provider::Begin>(object.at("begin")),
            std::nullopt,
            object.at("fence").as_bool(),
            time_from(object.at("heard_at"))};
  if (!object.at("before").is_null()) lead.before = address_from(object.at("before"));
  return lead;
}

RouteReport route_from(const json::object& object) {
  RouteReport route;
  route.vip = text(object.at("vip"));
  route.address = address_from(object.at("address"));
  route.provider = text(object.at("provider"));
  route.standing = word_from<provider::Standing>(object.at("standing"));
  route.target = text(object.at("target"));
  route.node = text(object.at("node"));
  route.read_at = time_from(object.at("read_at"));
  route.since = time_from(object.at("since"));
  route.trouble = text(object.at("trouble"));
  route.next = time_from(object.at("next"));
  if (!object.at("asking").is_null()) route.asking = word_from<provider::Ask>(object.at("asking"));
  route.confirmed = object.at("confirmed").as_bool();
  route.lost = object.at("lost").as_bool();
  route.left_behind = object.at("left_behind").as_bool();
  route.reads_left = object.at("reads_left").to_number<unsigned>();
  route.switches_left = object.at("switches_left").to_number<unsigned>();
  return route;
}

DropFor drop_from(const json::object& object) {
  DropFor drop;
  for (const auto& address : object.at("addresses").as_array())
    drop.addresses.addresses.insert(address_from(address));
  for (const auto& one : object.at("on_links").as_array())
    drop.addresses.on_links.emplace(text(one.as_array().at(0)), address_from(one.as_array().at(1)));
  return drop;
}

ToWorker to_worker_from(const json::object& object) {
  const auto type = text(object.at("type"));
  if (type == "begin")
    return Begin{{text(object.at("config")), text(object.at("state_directory")), text(object.at("node")),
                  text(object.at("runtime_directory")), object.at("only_reads").as_bool()}};
  if (type == "read")
    return ReadFile{object.at("allow_empty").as_bool() ? config::Emptiness::kAllowed
                                                       : config::Emptiness::kRefused};
  if (type == "keep") return KeepLastGood{};
  if (type == "end") {
    EndConnections end;
    for (const auto& address : object.at("addresses").as_array())
      end.addresses.push_back(IpAddress::parse(text(address)).value());
    return end;
  }
  if (type == "remember") return Remember{text(object.at("text"))};
  if (type == "secure") return Secure{names_from(object.at("interfaces").as_array())};
  if (type == "quiet") return Quiet{names_from(object.at("interfaces").as_array())};
  if (type == "drop") return drop_from(object);
  if (type == "release") return Release{};
  if (type == "follow") return Follow{};
  if (type == "lead") return lead_from(object);
  if (type == "again") return LeadAgain{text(object.at("vip"))};
  throw std::invalid_argument("type: " + type);
}

FromWorker from_worker_from(const json::object& object) {
  const auto type = text(object.at("type"));
  if (type == "reading") return reading_from(object);
  if (type == "event") return event_from_json(object);
  if (type == "route") return route_from(object);
  if (type == "dropping") return DropReport{text(object.at("trouble"))};
  if (type == "fence")
    return FenceReport{text(object.at("vip")), object.at("done").as_bool(), text(object.at("text"))};
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
