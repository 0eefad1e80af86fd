#include "lib/plan/ipvs_unit.h"

#include "lib/base/result.h"

namespace hawser {
namespace {

constexpr std::array kServiceParts{IpvsPart::kScheduler,         IpvsPart::kSchedulerFlags,
                                   IpvsPart::kPersistence,       IpvsPart::kPersistenceNetmask,
                                   IpvsPart::kPersistenceEngine, IpvsPart::kOnePacket};
constexpr std::array kRealParts{IpvsPart::kWeight, IpvsPart::kForwarding, IpvsPart::kThresholds};

constexpr std::uint32_t bits(ServiceFlag flag) {
  return static_cast<std::uint32_t>(flag);
}
constexpr std::uint32_t kSchedulerBits =
    bits(ServiceFlag::kSched1) | bits(ServiceFlag::kSched2) | bits(ServiceFlag::kSched3);

void copy_flags(Service& to, const Service& from, std::uint32_t mask) {
  to.flags = (to.flags & ~mask) | (from.flags & mask);
}

template <class Object, class Parts>
std::vector<IpvsPart> differing(const Object& from, const Object& to, const Parts& parts) {
  std::vector<IpvsPart> result;
  for (const auto part : parts)
    if (with_part(from, part, to) != from) result.push_back(part);
  return result;
}

}  // namespace

std::string to_string(const IpvsUnit& unit) {
  if (unit.part == IpvsPart::kService) return to_string(unit.service);
  if (!unit.real) return fmt::format("{} {}", unit.service, name_of(unit.part));
  auto text = fmt::format("{} real server {}", unit.service, *unit.real);
  return unit.part == IpvsPart::kReal ? text : fmt::format("{} {}", text, name_of(unit.part));
}

Service without_reals(Service service) {
  service.reals.clear();
  return service;
}

std::vector<IpvsPart> changed_parts(const Service& from, const Service& to) {
  return differing(from, to, kServiceParts);
}

std::vector<IpvsPart> changed_parts(const RealServer& from, const RealServer& to) {
  return differing(from, to, kRealParts);
}

Service with_part(Service to, IpvsPart part, const Service& from) {
  switch (part) {
    case IpvsPart::kScheduler:
      to.scheduler = from.scheduler;
      break;
    case IpvsPart::kSchedulerFlags:
      copy_flags(to, from, kSchedulerBits);
      break;
    case IpvsPart::kPersistence:
      copy_flags(to, from, bits(ServiceFlag::kPersistent));
      to.persistence_timeout = from.persistence_timeout;
      break;
    case IpvsPart::kPersistenceNetmask:
      to.netmask = from.netmask;
      break;
    case IpvsPart::kPersistenceEngine:
      to.persistence_engine = from.persistence_engine;
      break;
    case IpvsPart::kOnePacket:
      copy_flags(to, from, bits(ServiceFlag::kOnePacket));
      break;
    default:
      break;
  }
  return to;
}

RealServer with_part(RealServer to, IpvsPart part, const RealServer& from) {
  switch (part) {
    case IpvsPart::kWeight:
      to.weight = from.weight;
      break;
    case IpvsPart::kForwarding:
      to.forwarding = from.forwarding;
      to.tunnel = from.tunnel;
      break;
    case IpvsPart::kThresholds:
      to.upper_threshold = from.upper_threshold;
      to.lower_threshold = from.lower_threshold;
      break;
    default:
      break;
  }
  return to;
}

}  // namespace hawser
