// IPVS services and their real servers. What ends with one that goes is what its line says, and no price.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/plan/family.h"
#include "lib/plan/ipvs_unit.h"
#include "lib/state/state.h"

namespace hawser {

struct AddService {  // without its real servers: each is a step of its own
  static constexpr Kind kKind{"add-service", Act::kMake};
  ServiceKey key;
  Service service;
  bool operator==(const AddService&) const = default;
};
struct EditService {
  static constexpr Kind kKind{"edit-service"};
  ServiceKey key;
  Service from, to;  // reals are not looked at
  bool operator==(const EditService&) const = default;
};
struct DeleteService {
  static constexpr Kind kKind{"delete-service", Act::kRemove};
  ServiceKey key;
  bool operator==(const DeleteService&) const = default;
};
struct AddReal {
  static constexpr Kind kKind{"add-real", Act::kMake};
  ServiceKey key;
  Endpoint real;
  RealServer server;
  bool operator==(const AddReal&) const = default;
};
struct EditReal {  // the kernel replaces the whole entry: `to` is complete
  static constexpr Kind kKind{"edit-real"};
  ServiceKey key;
  Endpoint real;
  RealServer from, to;
  bool operator==(const EditReal&) const = default;
};
struct DeleteReal {
  static constexpr Kind kKind{"delete-real", Act::kRemove};
  ServiceKey key;
  Endpoint real;
  bool operator==(const DeleteReal&) const = default;
};

using ServiceStep = std::variant<AddService, EditService, DeleteService, AddReal, EditReal, DeleteReal>;

// "weight 100 -> 0": what becomes of a real server, without its name.
std::string changes_of(const EditReal& step);
// The parts of the service that it changes.
std::vector<IpvsUnit> units_of(const ServiceStep& step);
// What it leaves of its service; nullopt: no service.
std::optional<Service> after(std::optional<Service> service, const ServiceStep& step);

namespace family {
std::string describe(const ServiceStep& step);
std::string object_of(const ServiceStep& step);
std::string unit_of(const ServiceStep& step, const Sides& sides);
void touch(Touched& touched, const ServiceStep& step);
void simulate(State& state, const ServiceStep& step);
}  // namespace family

}  // namespace hawser
