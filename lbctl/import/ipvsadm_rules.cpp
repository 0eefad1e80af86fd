#include "lbctl/import/ipvsadm_rules.h"

#include <algorithm>
#include <array>
#include <map>

#include "lbctl/import/rule_line.h"
#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;
using config::Table;

struct RuleReal {
  Endpoint endpoint;
  RuleLine line;
  Origin origin;
};

struct RuleService {
  ServiceKey key;
  RuleLine line;
  Origin origin;
  std::vector<RuleReal> reals;
};

const std::string* option_in(const RuleLine& line, const std::string& name) {
  const auto found = line.options.find(name);
  return found == line.options.end() ? nullptr : &found->second;
}

// "-t 192.0.2.1:80", "-f 7 -6".
Result<ServiceKey> key_in(const RuleLine& line) {
  std::optional<ServiceKey> key;
  for (const auto& [name, transport] :
       {std::pair("tcp-service", Transport::kTcp), std::pair("udp-service", Transport::kUdp),
        std::pair("sctp-service", Transport::kSctp)}) {
    const auto* text = option_in(line, name);
    if (text == nullptr) continue;
    if (key) return fail("it names two virtual services");
    const auto endpoint = endpoint_in(*text);
    if (!endpoint) return tl::unexpected(endpoint.error());
    key = ServiceKey{transport, *endpoint, 0};
  }
  const auto* mark = option_in(line, "fwmark-service");
  if (mark != nullptr && key) return fail("it names two virtual services");
  const bool is_v6 = option_in(line, "ipv6") != nullptr;
  if (mark != nullptr) return ServiceKey::parse(fmt::format("fwmark{} {}", is_v6 ? "6" : "", *mark));
  if (!key) return fail("it names no virtual service");
  if (is_v6) return fail("-6 belongs to -f: an address says by itself of which family it is");
  return *key;
}

std::string_view forwarding_in(const RuleLine& line) {
  if (option_in(line, "masquerading") != nullptr) return "masquerade";
  return option_in(line, "ipip") != nullptr ? "tunnel" : "direct";  // ipvsadm's default
}

// Direct and tunnel cannot change a port, and ipvsadm has the service's in its place.
std::uint16_t real_port(const ServiceKey& key, const RuleLine& line, std::uint16_t written) {
  if (key.transport == Transport::kFwmark) return written;
  const bool fixed = forwarding_in(line) != "masquerade" && key.virtual_address.port != 0;
  return fixed || written == 0 ? key.virtual_address.port : written;
}

// The table that the rules make, line by line.
class RuleTable {
 public:
  RuleTable(const std::string& file, Draft& draft) : file_(file), draft_(draft) {}

  void apply(const Line& line) {
    const Origin origin{{file_, line.number}, line.text};
    auto rule = parse_rule_line(words_of(line.text));
    const auto applied = rule ? apply(std::move(*rule), origin) : Status(tl::unexpected(rule.error()));
    if (!applied) draft_.leave_out(origin, applied.error().text);
  }

  std::vector<RuleService> take() { return std::move(services_); }

 private:
  Status apply(RuleLine rule, const Origin& origin) {
    switch (rule.command) {
      case 'C':
        services_.clear();
        return {};
      case kTimeouts:
        return timeouts(rule, origin);
      case kStartDaemon:
        return fail("connection synchronisation is not there yet");
      case kOtherCommand:
        return fail("it makes nothing in the table");
      default:
        break;
    }
    const auto key = key_in(rule);
    if (!key) return tl::unexpected(key.error());
    const auto service = std::ranges::find(services_, *key, &RuleService::key);
    if (rule.command == 'A') {
      if (service != services_.end()) return fail("{} is there since line {}", *key, service->origin.at.line);
      services_.push_back({*key, std::move(rule), origin, {}});
      return {};
    }
    if (service == services_.end()) return fail("there is no virtual service {}", *key);
    if (rule.command == 'E') {
      service->line = std::move(rule);
      service->origin = origin;
    } else if (rule.command == 'D') {
      services_.erase(service);
    } else {
      return real(*service, std::move(rule), origin);
    }
    return {};
  }

  static Status real(RuleService& service, RuleLine rule, const Origin& origin) {
    const auto* text = option_in(rule, "real-server");
    if (text == nullptr) return fail("it names no real server: -r");
    const auto ways = std::ranges::count_if(std::array{"gatewaying", "ipip", "masquerading"},
                                            [&](const char* way) { return option_in(rule, way) != nullptr; });
    if (ways > 1) return fail("it names more than one of -g, -i and -m");
    auto endpoint = endpoint_in(*text);
    if (!endpoint) return tl::unexpected(endpoint.error());
    endpoint->port = real_port(service.key, rule, endpoint->port);
    const auto there = std::ranges::find(service.reals, *endpoint, &RuleReal::endpoint);
    if (rule.command == 'a') {
      if (there != service.reals.end())
        return fail("{} is there since line {}", *text, there->origin.at.line);
      service.reals.push_back({*endpoint, std::move(rule), origin});
      return {};
    }
    if (there == service.reals.end()) return fail("{} has no real server {}", service.key, *text);
    if (rule.command == 'd')
      service.reals.erase(there);
    else
      *there = {*endpoint, std::move(rule), origin};
    return {};
  }

  Status timeouts(const RuleLine& rule, const Origin& origin) {
    constexpr std::array kKinds{"tcp", "tcp_fin", "udp"};
    if (rule.words.size() != kKinds.size()) return fail("--set takes three timeouts: tcp, tcpfin, udp");
    Table table;
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      const auto time = seconds_in(rule.words[i]);
      if (!time) return fail("{} is no timeout in seconds", rule.words[i]);
      if (time->count() > 0) table.push_back({kKinds[i], {}, plain_value(format_duration(*time))});
    }
    if (!table.empty()) draft_.section("ipvs", origin).set("timeouts", plain_value(std::move(table)), origin);
    return {};
  }

  std::string file_;
  Draft& draft_;
  std::vector<RuleService> services_;
};

// One service of that table, said in our words.
class RuleWriter {
 public:
  RuleWriter(const RuleService& service, Draft& draft) : rule_(service), draft_(draft) {}

  void write() {
    if (rule_.reals.empty())
      return draft_.leave_out(rule_.origin, "it has no real server, and a service here has at least one");
    auto& section = draft_.section("service", service_name(rule_.key), rule_.origin);
    section.add_text("virtual", to_string(rule_.key), rule_.origin, Without::kGoes);
    schedule(section);
    persist(section);
    for (const auto& real : rule_.reals) write_real(section, real);
    draft_.gather_reals(section);
  }

 private:
  [[nodiscard]] const std::string* option(const std::string& name) const {
    return option_in(rule_.line, name);
  }

  void schedule(DraftSection& section) {
    const auto* scheduler = option("scheduler");
    section.set_text("scheduler", scheduler == nullptr ? "wlc" : *scheduler, rule_.origin, Without::kGoes);
    if (option("ops") != nullptr) section.set_flag("one_packet", rule_.origin);
    const auto* flags = option("sched-flags");
    if (flags == nullptr) return;
    for (std::size_t at = 0; at <= flags->size();) {
      const auto end = std::min(flags->find(',', at), flags->size());
      section.add_text("scheduler_flags", flags->substr(at, end - at), rule_.origin);
      at = end + 1;
    }
  }

  void persist(DraftSection& section) {
    constexpr std::string_view kUsual = "360";  // of Debian's ipvsadm 1.31, whatever its manual says
    if (const auto* persistent = option("persistent")) {
      const auto time = seconds_in(persistent->empty() ? kUsual : *persistent);
      if (time)
        section.set_text("persistence", format_duration(*time), rule_.origin);
      else
        draft_.leave_out(rule_.origin, fmt::format("{} is no time in seconds: no persistence", *persistent));
    }
    if (const auto* mask = option("netmask")) {
      if (const auto length = whole_number(*mask))
        section.set_number("persistence_netmask", *length, rule_.origin);
      else
        section.set_text("persistence_netmask", *mask, rule_.origin);
    }
    if (const auto* engine = option("pe")) section.set_text("persistence_engine", *engine, rule_.origin);
  }

  void write_real(DraftSection& section, const RuleReal& real) {
    if (real.endpoint.address.family() != rule_.key.family())
      return draft_.leave_out(real.origin, "its family is not the service's: no word for that");
    auto& made = section.add_real(real.origin);
    made.set_text("address", address_text(real.endpoint), real.origin, Without::kGoes);
    made.set_text("forwarding", std::string(forwarding_in(real.line)), real.origin, Without::kGoes);
    for (const auto& [name, key] :
         {std::pair("weight", "weight"), std::pair("u-threshold", "upper_threshold"),
          std::pair("l-threshold", "lower_threshold")}) {
      const auto* text = option_in(real.line, name);
      if (text == nullptr) continue;
      if (const auto number = whole_number(*text))
        made.set_number(key, *number, real.origin, Without::kGoes);
      else
        draft_.leave_out(real.origin, fmt::format("{}: {} is no number", name, *text));
    }
    write_tunnel(made, real);
  }

  void write_tunnel(DraftSection& made, const RuleReal& real) {
    const auto* type = option_in(real.line, "tun-type");
    const auto* port = option_in(real.line, "tun-port");
    Table table;
    if (type != nullptr) table.push_back({"type", {}, plain_value(*type)});
    if (port != nullptr) {
      const auto number = port_number(*port);
      if (!number) return draft_.leave_out(real.origin, fmt::format("{} is no port", *port));
      table.push_back({"port", {}, plain_value(std::int64_t{*number})});
    }
    if (option_in(real.line, "tun-csum") != nullptr) table.push_back({"checksum", {}, plain_value(true)});
    if (option_in(real.line, "tun-remcsum") != nullptr)
      draft_.leave_out(real.origin, "--tun-remcsum: no word for it");
    if (!table.empty()) made.set("tunnel", plain_value(std::move(table)), real.origin, Without::kGoes);
  }

  const RuleService& rule_;
  Draft& draft_;
};

}  // namespace

void import_ipvsadm_rules(const config::Source& source, Draft& draft) {
  RuleTable table(source.file, draft);
  for (const auto& line : lines_of(source.text, "#")) table.apply(line);
  for (const auto& service : table.take()) RuleWriter(service, draft).write();
}

}  // namespace hawser::lbctl
