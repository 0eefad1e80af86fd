#include "lbctl/import/ipvsadm_rules.h"

#include <algorithm>
#include <tuple>

#include "lbctl/import/words.h"
#include "lbctl/rules/parse.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;
using config::Table;

struct RuleReal {
  Endpoint endpoint;
  RealServer server;
  Origin origin;
};

struct RuleService {
  ServiceKey key;
  Service service;
  Origin origin;
  std::vector<RuleReal> reals;
};

// The table that the rules make, line by line.
class RuleTable {
 public:
  RuleTable(std::string file, Draft& draft) : file_(std::move(file)), draft_(draft) {}

  void apply(const Line& line) {
    const Origin origin{{file_, line.number}, line.text};
    const auto rule = parse_rule(line.text, no_names());
    Status applied;
    if (!rule)
      applied = tl::unexpected(rule.error());
    else if (*rule)
      applied = std::visit([&](const auto& action) { return apply(action, origin); }, **rule);
    if (!applied) draft_.leave_out(origin, applied.error().text);
  }

  std::vector<RuleService> take() { return std::move(services_); }

 private:
  Status apply(const ClearTable& /*all*/, const Origin& /*origin*/) {
    services_.clear();
    return {};
  }
  Status apply(const AddService& add, const Origin& origin) {
    if (const auto* there = find(add.key))
      return fail("{} is there since line {}", add.key, there->origin.at.line);
    services_.push_back({add.key, add.service, origin, {}});
    return {};
  }
  Status apply(const EditService& edit, const Origin& origin) {
    auto* service = find(edit.key);
    if (service == nullptr) return no_service(edit.key);
    service->service = edit.to;
    service->origin = origin;
    return {};
  }
  Status apply(const DeleteService& gone, const Origin& /*origin*/) {
    if (find(gone.key) == nullptr) return no_service(gone.key);
    std::erase_if(services_, [&](const auto& service) { return service.key == gone.key; });
    return {};
  }
  Status apply(const AddReal& add, const Origin& origin) {
    auto* service = find(add.key);
    if (service == nullptr) return no_service(add.key);
    if (const auto* there = find(*service, add.real))
      return fail("{} is there since line {}", add.real, there->origin.at.line);
    service->reals.push_back({add.real, add.server, origin});
    return {};
  }
  Status apply(const EditReal& edit, const Origin& origin) {
    auto* service = find(edit.key);
    if (service == nullptr) return no_service(edit.key);
    auto* there = find(*service, edit.real);
    if (there == nullptr) return fail("{} has no real server {}", edit.key, edit.real);
    *there = {edit.real, edit.to, origin};
    return {};
  }
  Status apply(const DeleteReal& gone, const Origin& /*origin*/) {
    auto* service = find(gone.key);
    if (service == nullptr) return no_service(gone.key);
    if (find(*service, gone.real) == nullptr) return fail("{} has no real server {}", gone.key, gone.real);
    std::erase_if(service->reals, [&](const auto& real) { return real.endpoint == gone.real; });
    return {};
  }
  Status apply(const SetIpvsTimeouts& set, const Origin& origin) {
    Table table;
    for (const auto& [kind, time] :
         {std::pair("tcp", set.to.tcp), std::pair("tcp_fin", set.to.tcp_fin), std::pair("udp", set.to.udp)})
      if (time > 0) table.push_back({kind, {}, plain_value(format_duration(std::chrono::seconds(time)))});
    if (!table.empty()) draft_.section("ipvs", origin).set("timeouts", plain_value(std::move(table)), origin);
    return {};
  }
  // [ipvs] sync starts both, and only one table stands there.
  Status apply(const StartSync& start, const Origin& origin) {
    const auto& daemon = start.daemon;
    const SyncDaemon usual;
    Table table{{"interface", {}, plain_value(daemon.interface)}};
    const auto put = [&](const char* key, std::int64_t value, std::int64_t otherwise) {
      if (value != otherwise) table.push_back({key, {}, plain_value(value)});
    };
    if (daemon.group != usual.group) table.push_back({"group", {}, plain_value(to_string(daemon.group))});
    put("port", daemon.port, usual.port);
    put("ttl", daemon.ttl, usual.ttl);
    put("id", daemon.id, usual.id);
    put("max_length", daemon.maxlen, usual.maxlen);
    if (sync_ && *sync_ != daemon)
      return fail("it differs from the other daemon, and [ipvs] sync is for both");
    if (!sync_) draft_.section("ipvs", origin).set("sync", plain_value(std::move(table)), origin);
    sync_ = daemon;
    return {};
  }
  Status apply(const StopSync& /*stop*/, const Origin& /*origin*/) {
    return fail("it makes nothing in the table");
  }
  Status apply(const ZeroCounters& /*zero*/, const Origin& /*origin*/) {
    return fail("it makes nothing in the table");
  }

  static Status no_service(const ServiceKey& key) { return fail("there is no virtual service {}", key); }
  RuleService* find(const ServiceKey& key) {
    const auto found = std::ranges::find(services_, key, &RuleService::key);
    return found == services_.end() ? nullptr : &*found;
  }
  static RuleReal* find(RuleService& service, const Endpoint& real) {
    const auto found = std::ranges::find(service.reals, real, &RuleReal::endpoint);
    return found == service.reals.end() ? nullptr : &*found;
  }

  std::string file_;
  Draft& draft_;
  std::vector<RuleService> services_;
  std::optional<SyncDaemon> sync_;
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
  void schedule(DraftSection& section) {
    section.set_text("scheduler", rule_.service.scheduler, rule_.origin, Without::kGoes);
    if (has_flag(rule_.service, ServiceFlag::kOnePacket)) section.set_flag("one_packet", rule_.origin);
    for (const auto& flag : scheduler_flags(rule_.service))
      section.add_text("scheduler_flags", flag, rule_.origin);
  }

  void persist(DraftSection& section) {
    const auto& service = rule_.service;
    if (has_flag(service, ServiceFlag::kPersistent))
      section.set_text("persistence", format_duration(std::chrono::seconds(service.persistence_timeout)),
                       rule_.origin);
    const auto whole = rule_.key.family() == Family::kIpv4 ? 32U : 128U;
    if (service.netmask != 0 && service.netmask != whole)
      section.set_number("persistence_netmask", service.netmask, rule_.origin);
    if (!service.persistence_engine.empty())
      section.set_text("persistence_engine", service.persistence_engine, rule_.origin);
  }

  void write_real(DraftSection& section, const RuleReal& real) {
    if (real.endpoint.address.family() != rule_.key.family())
      return draft_.leave_out(real.origin, "its family is not the service's: no word for that");
    const auto& server = real.server;
    auto& made = section.add_real(real.origin);
    made.set_text("address", address_text(real.endpoint), real.origin, Without::kGoes);
    made.set_text("forwarding", std::string(name_of(server.forwarding)), real.origin, Without::kGoes);
    const RealServer usual;
    for (const auto& [key, value, otherwise] :
         {std::tuple("weight", server.weight, usual.weight),
          std::tuple("upper_threshold", server.upper_threshold, usual.upper_threshold),
          std::tuple("lower_threshold", server.lower_threshold, usual.lower_threshold)})
      if (value != otherwise) made.set_number(key, value, real.origin, Without::kGoes);
    write_tunnel(made, real);
  }

  void write_tunnel(DraftSection& made, const RuleReal& real) {
    constexpr std::uint16_t kChecksum = 1;
    constexpr std::uint16_t kRemoteChecksum = 2;  // IP_VS_TUNNEL_ENCAP_FLAG_*
    const auto& tunnel = real.server.tunnel;
    if (tunnel == Tunnel{}) return;
    Table table{{"type", {}, plain_value(std::string(name_of(tunnel.type)))}};
    if (tunnel.port != 0) table.push_back({"port", {}, plain_value(std::int64_t{tunnel.port})});
    if ((tunnel.flags & kChecksum) != 0) table.push_back({"checksum", {}, plain_value(true)});
    if ((tunnel.flags & kRemoteChecksum) != 0) draft_.leave_out(real.origin, "--tun-remcsum: no word for it");
    made.set("tunnel", plain_value(std::move(table)), real.origin, Without::kGoes);
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
