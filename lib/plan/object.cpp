#include "lib/plan/object.h"

#include <algorithm>

namespace hawser {

std::string bond_of(const State& state, const std::string& device) {
  for (const auto& [name, link] : state.links)
    if (link.bond && link.bond->ports.contains(device)) return name;
  return {};
}

std::string Sides::joins(const std::string& device) const {
  auto bond = bond_of(wanted, device);
  return bond == bond_of(before, device) ? std::string{} : bond;
}

bool Sides::is_bond(const std::string& name) const {
  const auto is_one = [&](const State& state) {
    const auto found = state.links.find(name);
    return found != state.links.end() && found->second.bond.has_value();
  };
  return is_one(wanted) || is_one(before);
}

std::string unit_of(const Step& step, const State& wanted, const State& before) {
  const Sides sides{wanted, before};
  return std::visit([&](const auto& one) { return family::unit_of(one, sides); }, step);
}

std::string port_unit(const std::string& bond, const std::string& port) {
  return bond + " port " + port;
}

bool is_ipvs_step(const Step& step) {
  return std::holds_alternative<ServiceStep>(step) || std::holds_alternative<IpvsHostStep>(step) ||
         std::holds_alternative<NftStep>(step);
}

void Touched::add(const Step& step) {
  std::visit([this](const auto& one) { family::touch(*this, one); }, step);
}

}  // namespace hawser
