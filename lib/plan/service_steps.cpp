#include "lib/plan/service_steps.h"

#include <chrono>

#include "lib/base/duration.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "lib/plan/words.h"

namespace hawser {

namespace {

using words::List;

std::string persistence(const Service& service) {
  if (!has_flag(service, ServiceFlag::kPersistent)) return "none";
  return format_duration(std::chrono::seconds(service.persistence_timeout));
}

std::string flag_words(const Service& service) {
  const auto words = scheduler_flags(service);
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, "+"));
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
  list.change("persistence_engine", words::or_none(from.persistence_engine),
              words::or_none(to.persistence_engine));
  list.change("one_packet", words::on_off(has_flag(from, ServiceFlag::kOnePacket)),
              words::on_off(has_flag(to, ServiceFlag::kOnePacket)));
  list.change("scheduler_flags", flag_words(from), flag_words(to));
  return list.text();
}

}  // namespace

std::string changes_of(const EditReal& step) {
  const auto& [key, real, from, to] = step;
  List list;
  list.change("weight", from.weight, to.weight);
  list.change("forwarding", name_of(from.forwarding), name_of(to.forwarding));
  list.change("upper_threshold", from.upper_threshold, to.upper_threshold);
  list.change("lower_threshold", from.lower_threshold, to.lower_threshold);
  list.change("tunnel", tunnel(from.tunnel), tunnel(to.tunnel));
  return list.text();
}

namespace {

// Attributes are named as in the file.
struct DescribeService {
  std::string operator()(const AddService& step) const {
    List list;
    const auto& service = step.service;
    list.put(fmt::format("scheduler {}", service.scheduler));
    list.unusual("persistence", persistence(service), std::string("none"));
    list.unusual("persistence_netmask", netmask(service, step.key), netmask({}, step.key));
    list.unusual("persistence_engine", service.persistence_engine, std::string());
    if (has_flag(service, ServiceFlag::kOnePacket)) list.put("one_packet on");
    list.unusual("scheduler_flags", flag_words(service), std::string("none"));
    return fmt::format("{}: add service: {}", step.key, list.text());
  }
  std::string operator()(const EditService& step) const {
    return fmt::format("{}: edit service: {}", step.key, changes(step.from, step.to, step.key));
  }
  std::string operator()(const DeleteService& step) const {
    return fmt::format("{}: delete service", step.key);
  }
  std::string operator()(const AddReal& step) const {
    List list;
    const RealServer usual;
    list.put(fmt::format("weight {}", step.server.weight));
    list.put(fmt::format("forwarding {}", name_of(step.server.forwarding)));
    list.unusual("upper_threshold", step.server.upper_threshold, usual.upper_threshold);
    list.unusual("lower_threshold", step.server.lower_threshold, usual.lower_threshold);
    list.unusual("tunnel", tunnel(step.server.tunnel), tunnel(usual.tunnel));
    return fmt::format("{}: add real server {}: {}", step.key, step.real, list.text());
  }
  std::string operator()(const EditReal& step) const {
    return fmt::format("{}: edit real server {}: {}", step.key, step.real, changes_of(step));
  }
  std::string operator()(const DeleteReal& step) const {
    return fmt::format("{}: delete real server {}", step.key, step.real);
  }
};

// --- what it changes ---

template <class Edit>
std::vector<IpvsUnit> units_of_edit(const Edit& step, const std::optional<Endpoint>& real) {
  std::vector<IpvsUnit> units;
  for (const auto part : changed_parts(step.from, step.to)) units.push_back({step.key, real, part});
  return units;
}

struct UnitsOfService {
  using Units = std::vector<IpvsUnit>;

  Units operator()(const AddService& s) const { return {{s.key, {}, IpvsPart::kService}}; }
  Units operator()(const DeleteService& s) const { return {{s.key, {}, IpvsPart::kService}}; }
  Units operator()(const EditService& s) const { return units_of_edit(s, std::nullopt); }
  Units operator()(const AddReal& s) const { return {{s.key, s.real, IpvsPart::kReal}}; }
  Units operator()(const DeleteReal& s) const { return {{s.key, s.real, IpvsPart::kReal}}; }
  Units operator()(const EditReal& s) const { return units_of_edit(s, s.real); }
};

struct ChangeService {
  std::optional<Service>& service;

  void operator()(const AddService& s) const { service = s.service; }
  void operator()(const EditService& s) const {
    auto reals = std::move(there().reals);
    service = s.to;
    service->reals = std::move(reals);
  }
  void operator()(const DeleteService& /*s*/) const { service.reset(); }
  void operator()(const AddReal& s) const { there().reals.insert_or_assign(s.real, s.server); }
  void operator()(const EditReal& s) const { there().reals.insert_or_assign(s.real, s.to); }
  void operator()(const DeleteReal& s) const { there().reals.erase(s.real); }

 private:
  [[nodiscard]] Service& there() const {
    if (!service) service.emplace();
    return *service;
  }
};

const ServiceKey& key_of(const ServiceStep& step) {
  return std::visit([](const auto& s) -> const ServiceKey& { return s.key; }, step);
}

}  // namespace

std::vector<IpvsUnit> units_of(const ServiceStep& step) {
  return std::visit(UnitsOfService{}, step);
}

std::optional<Service> after(std::optional<Service> service, const ServiceStep& step) {
  std::visit(ChangeService{service}, step);
  return service;
}

std::string family::describe(const ServiceStep& step) {
  return std::visit(DescribeService{}, step);
}

std::string family::object_of(const ServiceStep& step) {
  return to_string(key_of(step));
}

std::string family::unit_of(const ServiceStep& step, const Sides& /*sides*/) {
  return object_of(step);
}

void family::touch(Touched& touched, const ServiceStep& step) {
  touched.services.insert(key_of(step));
}

void family::simulate(State& state, const ServiceStep& step) {
  auto found = state.services.extract(key_of(step));
  auto changed = after(found ? std::optional(std::move(found.mapped())) : std::nullopt, step);
  if (changed) state.services.insert_or_assign(key_of(step), std::move(*changed));
}

}  // namespace hawser
