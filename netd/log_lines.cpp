#include "netd/log_lines.h"

#include "lib/base/result.h"

namespace hawser::netd {
namespace {

constexpr std::uint32_t kFailOverMacActive = 1;  // BOND_FOM_ACTIVE

// What somebody else must have done for this step to be necessary.
std::string_view undone(const Step& step) {
  switch (act_of(step)) {
    case Act::kMake:
      return "removed by somebody else";
    case Act::kRemove:
      return "added by somebody else";
    case Act::kChange:
      break;
  }
  return "changed by somebody else";
}

struct Place {
  const ServiceKey& key;
  const Endpoint& real;
};

const Member* find_member(const Virtual& service, const Endpoint& real) {
  for (const auto& member : service.members)
    if (member.real == real) return &member;
  return nullptr;
}

std::string reason_of(const Virtual& service, const Member* member, Why why, const HealthTable& health) {
  if (member == nullptr) return "not in the file";
  const auto judgement = judge(service, *member, health);
  if (why == Why::kReload && judgement.state == probes::HealthState::kUp) return "the file says so";
  return judgement.reason;
}

// "web: real server web1 198.51.100.21:8080: removed: REASON"
std::string tell_real(const Place& place, std::string_view what, Why why, const Layout& layout,
                      const HealthTable& health) {
  const auto found = layout.find(place.key);
  if (found == layout.end()) return fmt::format("{}: real server {}: {}", place.key, place.real, what);
  const auto& service = found->second;
  const auto* member = find_member(service, place.real);
  const auto name = member == nullptr || member->name == to_string(place.real)
                        ? to_string(place.real)
                        : fmt::format("{} {}", member->name, place.real);
  return fmt::format("{}: real server {}: {}: {}", service.service, name, what,
                     reason_of(service, member, why, health));
}

// What describe() says after the real server's address: "weight 100 -> 0".
std::string difference(const EditReal& edit) {
  const auto text = describe(edit);
  const auto mark = fmt::format("real server {}: ", edit.real);
  const auto at = text.find(mark);
  return at == std::string::npos ? text : text.substr(at + mark.size());
}

}  // namespace

std::string tell_ipvs(const Step& step, Why why, const Layout& layout, const HealthTable& health) {
  if (why == Why::kDrift) return fmt::format("{}: {}", describe(step), undone(step));
  return visit_kind(Overloaded{
                        [&](const AddReal& add) {
                          const auto* what = add.server.weight == 0 ? "added with weight 0" : "added";
                          return tell_real({add.key, add.real}, what, why, layout, health);
                        },
                        [&](const DeleteReal& gone) {
                          return tell_real({gone.key, gone.real}, "removed", why, layout, health);
                        },
                        [&](const EditReal& edit) {
                          return tell_real({edit.key, edit.real}, difference(edit), why, layout, health);
                        },
                        [&](const auto&) { return describe(step); },
                    },
                    step);
}

std::string tell_network(const Step& step, Why why, const std::set<std::string>& appeared) {
  auto text = describe(step);
  if (why == Why::kStart || why == Why::kReload) return text;
  for (const auto& name : appeared)
    if (text.find(name) != std::string::npos) return fmt::format("{}: {} appeared", text, name);
  return why == Why::kDrift ? fmt::format("{}: {}", text, undone(step)) : text;
}

std::string tell_left(const Step& step) {
  auto text = fmt::format("still to do: {}", describe(step));
  // bond_enslave() sets it by itself when the first port cannot change its MAC (IPoIB).
  if (const auto* set = as<SetBondOption>(step))
    if (set->option == BondOption::kFailOverMac && set->from == kFailOverMacActive)
      text += ": a port cannot change its MAC: write fail_over_mac = \"active\" in the file";
  return text;
}

std::string tell_missing(const config::MissingDevice& missing) {
  const auto& is = missing.another_name_of;
  if (!is.empty() && missing.link == missing.device)
    return fmt::format("{}: is another name of {}: write {} in the file", missing.link, is, is);
  if (!is.empty())
    return fmt::format("{}: {}, which it is on, is another name of {}: write {} in the file", missing.link,
                       missing.device, is, is);
  if (missing.link == missing.device) return fmt::format("{}: there is no such device", missing.link);
  return fmt::format("{}: {}, which it is on, is missing", missing.link, missing.device);
}

std::string tell_doubled(const config::DoubledPort& doubled) {
  const auto& [bond, port, device, holder] = doubled;
  if (holder == bond)
    return fmt::format("{}: port {}: it is {}, which is in its list already: remove one of the two", bond,
                       port, device);
  return fmt::format("{}: port {}: it is {}, which {} of the same file has: remove it from one of the two",
                     bond, port, device, holder);
}

}  // namespace hawser::netd
