// The smallest parts of an IPVS service that the kernel can refuse while the rest stands without them: a real
// server, an attribute of one, an attribute of the service. One message often carries several of them;
// units_of() in service_steps.h says which.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "lib/state/ipvs.h"

namespace hawser {

enum class IpvsPart : std::uint8_t {
  kService,  // that it is there at all
  kScheduler,
  kSchedulerFlags,
  kPersistence,
  kPersistenceNetmask,
  kPersistenceEngine,
  kOnePacket,
  kReal,  // that it is in the service at all
  kWeight,
  kForwarding,  // with the tunnel: the one means nothing without the other
  kThresholds,
};

template <>
inline constexpr std::array<Name<IpvsPart>, 11> kNames<IpvsPart>{{
    {IpvsPart::kService, "service"},
    {IpvsPart::kScheduler, "scheduler"},
    {IpvsPart::kSchedulerFlags, "scheduler flags"},
    {IpvsPart::kPersistence, "persistence"},
    {IpvsPart::kPersistenceNetmask, "persistence_netmask"},
    {IpvsPart::kPersistenceEngine, "persistence_engine"},
    {IpvsPart::kOnePacket, "one_packet"},
    {IpvsPart::kReal, "real server"},
    {IpvsPart::kWeight, "weight"},
    {IpvsPart::kForwarding, "forwarding"},
    {IpvsPart::kThresholds, "thresholds"},
}};

struct IpvsUnit {
  ServiceKey service;
  std::optional<Endpoint> real;  // of kReal and what follows it
  IpvsPart part = IpvsPart::kService;

  auto operator<=>(const IpvsUnit&) const = default;
};

// "tcp 192.0.2.100:80", "tcp 192.0.2.100:80 scheduler", "tcp 192.0.2.100:80 real server 198.51.100.21:80",
// "tcp 192.0.2.100:80 real server 198.51.100.21:80 weight".
std::string to_string(const IpvsUnit& unit);

// A service as it is when it is made: its real servers come one by one.
Service without_reals(Service service);

// The parts in which the two differ; of real servers the weight first.
std::vector<IpvsPart> changed_parts(const Service& from, const Service& to);
std::vector<IpvsPart> changed_parts(const RealServer& from, const RealServer& to);
// `to` with that part as in `from`.
Service with_part(Service to, IpvsPart part, const Service& from);
RealServer with_part(RealServer to, IpvsPart part, const RealServer& from);

}  // namespace hawser

template <>
struct fmt::formatter<hawser::IpvsUnit> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const hawser::IpvsUnit& value, Context& context) const {
    return fmt::formatter<std::string>::format(hawser::to_string(value), context);
  }
};
