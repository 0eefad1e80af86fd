#include "lbctl/import/service_writer.h"

#include <tuple>

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;
using config::Table;

class ServiceWriter {
 public:
  ServiceWriter(const ForeignService& service, Draft& draft) : rule_(service), draft_(draft) {}

  void write() {
    if (rule_.reals.empty())
      return draft_.leave_out(rule_.origin, "it has no real server, and a service here has at least one");
    auto& section =
        draft_.section("service", rule_.name.empty() ? service_name(rule_.key) : rule_.name, rule_.origin);
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

  void write_real(DraftSection& section, const ForeignReal& real) {
    if (real.endpoint.address.family() != rule_.key.family())
      return draft_.leave_out(real.origin, "its family is not the service's: no word for that");
    const auto& server = real.server;
    auto& made = section.add_real(real.origin);
    if (!real.name.empty()) made.set_text("name", real.name, real.origin);
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

  void write_tunnel(DraftSection& made, const ForeignReal& real) {
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

  const ForeignService& rule_;
  Draft& draft_;
};

}  // namespace

void write_service(const ForeignService& service, Draft& draft) {
  ServiceWriter(service, draft).write();
}

void write_timeouts(const IpvsTimeouts& timeouts, const Origin& origin, Draft& draft) {
  Table table;
  for (const auto& [kind, time] : {std::pair("tcp", timeouts.tcp), std::pair("tcp_fin", timeouts.tcp_fin),
                                   std::pair("udp", timeouts.udp)})
    if (time > 0) table.push_back({kind, {}, plain_value(format_duration(std::chrono::seconds(time)))});
  if (!table.empty()) draft.section("ipvs", origin).set("timeouts", plain_value(std::move(table)), origin);
}

void write_sync(const SyncDaemon& daemon, const Origin& origin, Draft& draft) {
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
  draft.section("ipvs", origin).set("sync", plain_value(std::move(table)), origin);
}

}  // namespace hawser::lbctl
