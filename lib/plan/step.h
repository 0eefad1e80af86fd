// A step is one small change to the kernel, as a value: planned, printed, performed, repeated. Where
// something is changed rather than made, it carries what was there, so that the plan names exactly the
// attribute that differs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "lib/plan/address_steps.h"
#include "lib/plan/bond_steps.h"
#include "lib/plan/ipvs_host_steps.h"
#include "lib/plan/link_steps.h"
#include "lib/plan/nft_steps.h"
#include "lib/plan/route_steps.h"
#include "lib/plan/service_steps.h"

namespace hawser {

using Step = std::variant<LinkStep, BondStep, AddressStep, RouteStep, ServiceStep, IpvsHostStep, NftStep>;

// Calls `visitor` with the step as what it is: a SetMtu, an AddRoute.
template <class Visitor>
decltype(auto) visit_kind(Visitor&& visitor, const Step& step) {
  return std::visit([&](const auto& family) -> decltype(auto) { return std::visit(visitor, family); }, step);
}

// The step as a SetMtu, say; nullptr: it is something else.
template <class S>
const S* as(const Step& step) {
  return visit_kind(
      []<class Any>(const Any& one) -> const S* {
        if constexpr (std::is_same_v<Any, S>)
          return &one;
        else
          return nullptr;
      },
      step);
}
template <class S>
bool is(const Step& step) {
  return as<S>(step) != nullptr;
}

// One line per step, object first: "bond0: set miimon 100ms -> 50ms",
// "tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 100 -> 1".
std::string describe(const Step& step);

// What the step is about, for people and programs: "bond0", "tcp 192.0.2.100:80".
// A port's steps belong to its bond, a route's to its device.
std::string object_of(const Step& step);

std::string_view kind_of(const Step& step);  // "create-link", "set-bond-option", "add-real"
Act act_of(const Step& step);
Price price_of(const Step& step);

}  // namespace hawser
