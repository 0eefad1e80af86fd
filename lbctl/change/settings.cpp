#include "lbctl/change/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/base/spelling.h"
#include "lib/config/sections/pool_rows.h"
#include "lib/config/sections/service.h"

namespace hawser::lbctl {

namespace {

enum class How : std::uint8_t { kSet, kAdd, kTakeAway };

struct LbSetting {
  std::string key;
  How how{};
  std::string value;
};

constexpr std::array<std::string_view, 6> kServiceKeys{
    "scheduler", "scheduler_flags", "persistence", "persistence_netmask", "persistence_engine", "one_packet"};
constexpr std::array<std::string_view, 8> kRealKeys{
    "weight", "forwarding",  "upper_threshold", "lower_threshold",
    "tunnel", "tunnel.port", "tunnel.checksum", "tunnel.remote_checksum"};

Result<LbSetting> parse_setting(const std::string& word, std::span<const std::string_view> known) {
  const auto equals = word.find('=');
  if (equals == 0 || equals == std::string::npos)
    return fail("{}: not a setting: write KEY=VALUE, as in {}=..", word, known.front());
  const char before = word[equals - 1];
  const bool list = before == '+' || before == '-';
  LbSetting setting{word.substr(0, list ? equals - 1 : equals), How::kSet, word.substr(equals + 1)};
  if (list) setting.how = before == '+' ? How::kAdd : How::kTakeAway;
  std::ranges::replace(setting.key, '-', '_');
  if (setting.key == "tunnel.type") setting.key = "tunnel";
  if (std::ranges::find(known, setting.key) == known.end()) {
    const auto near = nearest(setting.key, {known.begin(), known.end()});
    return fail("{}: no such setting{}", setting.key,
                near.empty() ? fmt::format(": there are {}", fmt::join(known, ", "))
                             : fmt::format(": did you mean {}?", near));
  }
  if (list && setting.key != "scheduler_flags")
    return fail("{}: += and -= are for lists: write {}=..", setting.key, setting.key);
  return setting;
}

config::Value typed(const config::Setting& row, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (row.type.starts_with("int") && error == std::errc{} && end == text.data() + text.size())
    return config::plain_value(number);
  if (row.type == "bool" && (text == "on" || text == "true")) return config::plain_value(true);
  if (row.type == "bool" && (text == "off" || text == "false")) return config::plain_value(false);
  return config::plain_value(text);
}

// One setting by its row into `spec`; what is wrong with it, or nothing.
template <class Spec>
std::string read_into(const config::Rows<Spec>& rows, std::string_view key, const std::string& text,
                      Spec& spec) {
  const auto* field = config::find_field(rows.fields(), key);
  const std::vector<config::Source> no_sources;
  const config::NodeView no_nodes;
  config::Report report(no_sources, config::Part::kAll);
  config::ReadContext context{report, no_nodes, nullptr, {}, {}, config::Part::kNetd, &field->setting};
  field->read(context, typed(field->setting, text), spec);
  const auto problems = report.problems();
  return problems.empty() ? std::string{} : problems.front().what;
}

std::vector<std::string> elements(const std::string& text) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find_first_of(", ", at), text.size());
    if (end > at) list.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

constexpr std::uint32_t kBitsOfSchedulers = static_cast<std::uint32_t>(ServiceFlag::kSched1) |
                                            static_cast<std::uint32_t>(ServiceFlag::kSched2) |
                                            static_cast<std::uint32_t>(ServiceFlag::kSched3);

template <class Object>
class Editor {
 public:
  Editor(Object object, const ServiceKey& key) : object_(std::move(object)), key_(key) {}

 protected:
  void wrong(std::string_view key, const std::string& what) {
    wrong_.push_back(fmt::format("{}: {}", key, what));
  }
  [[nodiscard]] bool names(std::string_view key) const {
    return std::ranges::find(settings_, key, &LbSetting::key) != settings_.end();
  }
  void parse(Words words, std::span<const std::string_view> known) {
    for (const auto& word : words) {
      auto setting = parse_setting(word, known);
      if (!setting)
        wrong_.push_back(setting.error().text);
      else if (setting->how == How::kSet && names(setting->key))
        wrong(setting->key, "given twice");
      else
        settings_.push_back(std::move(*setting));
    }
  }

  Object object_;
  const ServiceKey& key_;
  std::vector<LbSetting> settings_;
  std::vector<std::string> wrong_;
};

class ServiceEditor : Editor<Service> {
 public:
  using Editor::Editor;

  Edited<Service> edit(Words words) {
    parse(words, kServiceKeys);
    // The scheduler first: flags are named by it.
    std::ranges::stable_partition(settings_, [](const LbSetting& one) { return one.key == "scheduler"; });
    for (const auto& setting : settings_) take(setting);
    if (wrong_.empty()) check();
    return {std::move(object_), std::move(wrong_)};
  }

 private:
  void take(const LbSetting& setting) {
    if (setting.key == "scheduler") return take_scheduler(setting);
    if (setting.key == "scheduler_flags") return take_flags(setting);
    if (setting.value == "none") return take_away(setting);
    config::ServiceSpec spec;
    if (auto what = read_into(config::service_own_rows(), setting.key, setting.value, spec); !what.empty())
      return wrong(setting.key, what);
    if (spec.persistence) set_persistence(*spec.persistence);
    if (spec.persistence_netmask) take_netmask(*spec.persistence_netmask);
    if (setting.key == "persistence_engine") object_.persistence_engine = spec.persistence_engine;
    if (setting.key == "one_packet") set_flag(ServiceFlag::kOnePacket, spec.one_packet);
  }

  // Names that no file has yet are passed on: the kernel knows which it has.
  void take_scheduler(const LbSetting& setting) {
    const auto& name = setting.value;
    const bool sound = !name.empty() && name.size() <= 15 && std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (!sound) return wrong(setting.key, fmt::format("\"{}\" is not a scheduler such as wlc", name));
    object_.scheduler = name;
  }

  void take_flags(const LbSetting& setting) {
    if (setting.how == How::kSet) object_.flags &= ~kBitsOfSchedulers;
    if (setting.value == "none") return;
    for (const auto& word : elements(setting.value)) {
      const auto flag = scheduler_flag(word);
      if (!flag)
        return wrong(setting.key,
                     fmt::format("\"{}\" is none of sh-fallback, sh-port, mh-fallback, mh-port, flag-1, "
                                 "flag-2 and flag-3",
                                 word));
      if (!is_flag_of(word, object_.scheduler))
        return wrong(setting.key, fmt::format("{} needs scheduler={}", word, word.substr(0, 2)));
      set_flag(*flag, setting.how != How::kTakeAway);
    }
  }

  void take_away(const LbSetting& setting) {
    if (setting.key == "persistence") {
      object_.persistence_timeout = 0;
      set_flag(ServiceFlag::kPersistent, false);
    } else if (setting.key == "persistence_netmask") {
      object_.netmask = full_netmask();
    } else if (setting.key == "persistence_engine") {
      object_.persistence_engine.clear();
    } else {
      set_flag(ServiceFlag::kOnePacket, false);
    }
  }

  void set_persistence(Milliseconds time) {
    object_.persistence_timeout = static_cast<std::uint32_t>(time.count() / 1000);
    set_flag(ServiceFlag::kPersistent, true);
  }

  void take_netmask(const config::Netmask& mask) {
    const auto length = static_cast<std::uint32_t>(mask.length);
    if (key_.family() == Family::kIpv6 && mask.dotted)
      return wrong("persistence_netmask", "must be a prefix length from 1 to 128 for IPv6");
    if (length > full_netmask())
      return wrong("persistence_netmask", fmt::format("must be from 1 to {} here", full_netmask()));
    object_.netmask = length;
  }

  void check() {
    const bool persistent = has_flag(object_, ServiceFlag::kPersistent);
    const bool marked = key_.transport == Transport::kFwmark;
    const bool unconnected = marked || key_.transport == Transport::kUdp;
    if (!persistent && !object_.persistence_engine.empty())
      wrong("persistence_engine", "needs persistence: write persistence_engine=none, or persistence=300s");
    else if (!object_.persistence_engine.empty() && !unconnected)
      wrong("persistence_engine", "only udp and fwmark have it");
    if (!persistent && names("persistence_netmask") && object_.netmask != full_netmask())
      wrong("persistence_netmask", "needs persistence");
    if (!marked && key_.virtual_address.port == 0 && !persistent)
      wrong("persistence", "port 0, any port, needs it: write persistence=300s");
    if (has_flag(object_, ServiceFlag::kOnePacket) && !unconnected)
      wrong("one_packet", "only udp and fwmark have it");
  }

  [[nodiscard]] std::uint32_t full_netmask() const { return key_.family() == Family::kIpv4 ? 32 : 128; }
  void set_flag(ServiceFlag flag, bool on) {
    const auto bit = static_cast<std::uint32_t>(flag);
    object_.flags = on ? object_.flags | bit : object_.flags & ~bit;
  }
};

class RealEditor : Editor<RealServer> {
 public:
  RealEditor(RealServer server, const ServiceKey& key, const Endpoint& real)
      : Editor(server, key), real_(real) {}

  Edited<RealServer> edit(Words words) {
    parse(words, kRealKeys);
    const auto was = object_.forwarding;
    for (const auto& setting : settings_) take(setting);
    // What belongs to a tunnel goes with it.
    if (was == Forwarding::kTunnel && object_.forwarding != Forwarding::kTunnel && !names_tunnel())
      object_.tunnel = {};
    if (wrong_.empty()) check();
    return {object_, std::move(wrong_)};
  }

 private:
  void take(const LbSetting& setting) {
    if (setting.key.starts_with("tunnel")) return take_tunnel(setting);
    config::RealSpec spec;
    if (auto what = read_into(config::real_rows(), setting.key, setting.value, spec); !what.empty())
      return wrong(setting.key, what);
    if (setting.key == "weight") object_.weight = spec.weight;
    if (setting.key == "upper_threshold") object_.upper_threshold = spec.upper_threshold;
    if (setting.key == "lower_threshold") object_.lower_threshold = spec.lower_threshold;
    if (spec.forwarding) object_.forwarding = *spec.forwarding;
  }

  // The file has no word for the remote checksum.
  void take_tunnel(const LbSetting& setting) {
    constexpr std::uint16_t kChecksum = 1, kRemoteChecksum = 2;  // IP_VS_TUNNEL_ENCAP_FLAG_*
    const bool remote = setting.key == "tunnel.remote_checksum";
    std::string_view key = setting.key == "tunnel" ? "type" : std::string_view(setting.key).substr(7);
    if (remote) key = "checksum";
    config::TunnelSpec spec;
    if (auto what = read_into(config::tunnel_rows(), key, setting.value, spec); !what.empty())
      return wrong(setting.key, what);
    auto& tunnel = object_.tunnel;
    if (key == "port") tunnel.port = spec.port;
    if (key == "checksum") {
      const auto bit = remote ? kRemoteChecksum : kChecksum;
      tunnel.flags = static_cast<std::uint16_t>(spec.checksum ? tunnel.flags | bit : tunnel.flags & ~bit);
    }
    if (key != "type" || spec.type == tunnel.type) return;
    tunnel.type = spec.type;
    if (spec.type != TunnelType::kGue && !names("tunnel.port")) tunnel.port = 0;
    if (spec.type == TunnelType::kIpip && !names("tunnel.checksum")) tunnel.flags = 0;
  }

  void check() {
    const auto& tunnel = object_.tunnel;
    const bool gue = tunnel.type == TunnelType::kGue;
    if (object_.forwarding != Forwarding::kTunnel && names_tunnel())
      wrong("tunnel", "needs forwarding=tunnel");
    if (gue && tunnel.port == 0) wrong("tunnel.port", "is missing: gue needs it");
    if (!gue && tunnel.port != 0) wrong("tunnel.port", "only gue has it");
    if (tunnel.type == TunnelType::kIpip && tunnel.flags != 0)
      wrong("tunnel.checksum", "only gue and gre have it");
    if (!gue && (tunnel.flags & 2U) != 0) wrong("tunnel.remote_checksum", "only gue has it");
    // No rule of ipvsadm's says both, so no saved one would.
    if (gue && tunnel.flags == 3U)
      wrong("tunnel.remote_checksum",
            "takes the place of tunnel.checksum: write tunnel.checksum=off as well");
    if (object_.lower_threshold > object_.upper_threshold)
      wrong("lower_threshold",
            fmt::format("{} is above upper_threshold {}", object_.lower_threshold, object_.upper_threshold));
    check_port();
    if (real_.address.family() != key_.family() && object_.forwarding != Forwarding::kTunnel)
      wrong("forwarding", "must be tunnel: the real server is of another family than the service");
  }

  // ipvsadm changes the port and says nothing.
  void check_port() {
    const auto port = key_.virtual_address.port;
    if (key_.transport == Transport::kFwmark || object_.forwarding == Forwarding::kMasquerade) return;
    if (real_.port != port)
      wrong("forwarding", fmt::format("{} cannot change the port: {} must be the service's, {}",
                                      name_of(object_.forwarding), real_.port, port));
  }

  [[nodiscard]] bool names_tunnel() const {
    return std::ranges::any_of(settings_, [](const LbSetting& one) { return one.key.starts_with("tunnel"); });
  }

  const Endpoint& real_;
};

}  // namespace

Edited<Service> with_settings(Service service, const ServiceKey& key, Words words) {
  return ServiceEditor(std::move(service), key).edit(words);
}

Edited<RealServer> with_settings(RealServer server, const ServiceKey& key, const Endpoint& real,
                                 Words words) {
  return RealEditor(server, key, real).edit(words);
}

}  // namespace hawser::lbctl
