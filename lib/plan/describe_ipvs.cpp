// The lines of IPVS steps; attributes are named as in the file.
#include <chrono>

#include "lib/base/duration.h"
#include "lib/plan/words.h"

namespace hawser::words {

namespace {

bool has(const Service& service, ServiceFlag flag) {
  return (service.flags & static_cast<std::uint32_t>(flag)) != 0;
}

std::string persistence(const Service& service) {
  if (!has(service, ServiceFlag::kPersistent)) return "none";
  return format_duration(std::chrono::seconds(service.persistence_timeout));
}

// IP_VS_SVC_F_SCHED1..3 mean something to a scheduler only; ipvsadm calls them so where it knows no better.
std::string scheduler_flags(const Service& service) {
  std::string text;
  const auto add = [&](ServiceFlag flag, std::string_view name) {
    if (has(service, flag)) text += fmt::format("{}{}", text.empty() ? "" : "+", name);
  };
  add(ServiceFlag::kSched1, "flag-1");
  add(ServiceFlag::kSched2, "flag-2");
  add(ServiceFlag::kSched3, "flag-3");
  return text.empty() ? "none" : text;
}

std::string netmask(const Service& service, const ServiceKey& key) {
  const auto full = key.family() == Family::kIpv4 ? 32U : 128U;
  return fmt::format("/{}", service.netmask == 0 ? full : service.netmask);
}

std::string tunnel(const Tunnel& tunnel) {
  std::string text{name_of(tunnel.type)};
  if (tunnel.port != 0) text += fmt::format(":{}", tunnel.port);
  if ((tunnel.flags & 1U) != 0) text += "+checksum";
  if ((tunnel.flags & 2U) != 0) text += "+remote-checksum";
  return text;
}

std::string changes(const Service& from, const Service& to, const ServiceKey& key) {
  List list;
  list.change("scheduler", from.scheduler, to.scheduler);
  list.change("persistence", persistence(from), persistence(to));
  list.change("persistence_netmask", netmask(from, key), netmask(to, key));
  list.change("persistence_engine", or_none(from.persistence_engine), or_none(to.persistence_engine));
  list.change("one_packet", on_off(has(from, ServiceFlag::kOnePacket)),
              on_off(has(to, ServiceFlag::kOnePacket)));
  list.change("scheduler_flags", scheduler_flags(from), scheduler_flags(to));
  return list.text();
}

std::string changes(const RealServer& from, const RealServer& to) {
  List list;
  list.change("weight", from.weight, to.weight);
  list.change("forwarding", name_of(from.forwarding), name_of(to.forwarding));
  list.change("upper_threshold", from.upper_threshold, to.upper_threshold);
  list.change("lower_threshold", from.lower_threshold, to.lower_threshold);
  list.change("tunnel", tunnel(from.tunnel), tunnel(to.tunnel));
  return list.text();
}

}  // namespace

std::string service_step(const AddService& step) {
  List list;
  const auto& service = step.service;
  list.put(fmt::format("scheduler {}", service.scheduler));
  list.unusual("persistence", persistence(service), std::string("none"));
  list.unusual("persistence_netmask", netmask(service, step.key), netmask({}, step.key));
  list.unusual("persistence_engine", service.persistence_engine, std::string());
  if (has(service, ServiceFlag::kOnePacket)) list.put("one_packet on");
  list.unusual("scheduler_flags", scheduler_flags(service), std::string("none"));
  return fmt::format("{}: add service: {}", step.key, list.text());
}

std::string service_step(const EditService& step) {
  return fmt::format("{}: edit service: {}", step.key, changes(step.from, step.to, step.key));
}

std::string service_step(const DeleteService& step) {
  return fmt::format("{}: delete service", step.key);
}

std::string service_step(const AddReal& step) {
  List list;
  const RealServer usual;
  list.put(fmt::format("weight {}", step.server.weight));
  list.put(fmt::format("forwarding {}", name_of(step.server.forwarding)));
  list.unusual("upper_threshold", step.server.upper_threshold, usual.upper_threshold);
  list.unusual("lower_threshold", step.server.lower_threshold, usual.lower_threshold);
  list.unusual("tunnel", tunnel(step.server.tunnel), tunnel(usual.tunnel));
  return fmt::format("{}: add real server {}: {}", step.key, step.real, list.text());
}

std::string service_step(const EditReal& step) {
  return fmt::format("{}: edit real server {}: {}", step.key, step.real, changes(step.from, step.to));
}

std::string service_step(const DeleteReal& step) {
  return fmt::format("{}: delete real server {}", step.key, step.real);
}

}  // namespace hawser::words
