#include "lib/config/sections/service.h"

#include <bit>

#include "lib/config/sections/make_section.h"
#include "lib/config/sections/pool_rows.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kServiceExample = R"([service.web]
virtual = ["tcp @web:80"]                   # every address of [vip.web]
pool = "web"
scheduler = "wlc"
only = ["lb1", "lb2"]                       # like the vip

[service.dns]                               # with its pool in it
virtual = ["udp 192.0.2.101:53", "tcp 192.0.2.101:53"]
forwarding = "direct"
checks = ["port"]
[[service.dns.real]]
address = "192.0.2.31"
[[service.dns.real]]
address = "192.0.2.32"
)";

std::optional<Netmask> parse_netmask(const Value& value) {
  if (const auto* number = value.as<std::int64_t>())
    return *number >= 1 && *number <= 128 ? std::optional(Netmask{static_cast<int>(*number), false})
                                          : std::nullopt;
  const auto* text = value.as<std::string>();
  const auto mask = text == nullptr ? fail("") : IpAddress::parse(*text);
  if (!mask || !mask->is_v4()) return std::nullopt;
  const auto bits = mask->v4_host_order();
  const int length = std::countl_one(bits);
  if (length == 0 || std::popcount(bits) != length) return std::nullopt;
  return Netmask{length, true};
}

// The form tells for which family it is: one with dots is for IPv4 alone.
Value write_netmask(const Netmask& mask) {
  if (!mask.dotted) return plain_value(std::int64_t{mask.length});
  const auto bits = mask.length == 0 ? 0U : ~0U << static_cast<unsigned>(32 - mask.length);
  return plain_value(to_string(IpAddress::v4(bits)));
}

void read_netmask(const ReadContext& scope, const Value& value, ServiceSpec& service) {
  service.persistence_netmask = parse_netmask(value);
  if (!service.persistence_netmask)
    scope.problem(
        value.place, "persistence_netmask",
        fmt::format("must be a prefix length such as 24 or a mask such as \"255.255.255.0\", not {}",
                    in_words(value)));
}

void add_service_rows(Rows<ServiceSpec>& rows) {
  rows.add("virtual", &ServiceSpec::virtuals, SomeOf<NonEmpty>{},
           "\"tcp ADDRESS:PORT\", \"udp ..\", \"sctp ..\", \"tcp @VIP:PORT\", \"tcp @VIP:FIRST-LAST\", "
           "\"fwmark N\", \"fwmark6 N\"")
      .like("[\"tcp 192.0.2.100:80\"]")
      .required()
      .add("protocol", &ServiceSpec::protocol, OneOf{{"tcp", "udp", "sctp"}},
           "for virtual addresses without one")
      .add("pool", &ServiceSpec::pool, NonEmpty{},
           "the real servers, a [pool.NAME]; required, unless the service has [[service.NAME.real]]")
      .add("scheduler", &ServiceSpec::scheduler,
           OneOf{{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
                  "twos"}},
           "how connections are spread")
      .like("\"wrr\"")
      .add("scheduler_flags", &ServiceSpec::scheduler_flags,
           ListOf{OneOf{{"sh-fallback", "sh-port", "mh-fallback", "mh-port", "flag-1", "flag-2", "flag-3"}}},
           "of the schedulers sh and mh")
      .add("persistence", &ServiceSpec::persistence, Span{1s, 31 * 24h, 1s},
           "how long a client stays with its real server")
      .like("\"300s\"");
  rows.custom(setting("persistence_netmask", "int or text", "1 to 128",
                      "clients that stay together: prefix length or mask"),
              read_netmask,
              [](const ServiceSpec& service) {
                return service.persistence_netmask
                           ? std::optional(write_netmask(*service.persistence_netmask))
                           : std::nullopt;
              })
      .like("24");
  rows.add("persistence_engine", &ServiceSpec::persistence_engine, OneOf{{"sip"}}, "what tells clients apart")
      .add("one_packet", &ServiceSpec::one_packet, Flag{}, "udp: schedule each packet by itself")
      .unsupported({"probe_source"});
}

// A service with `pool` leaves the pool's keys to that.
const Rows<ServiceSpec>& service_rows() {
  static const auto rows = [] {
    Rows<ServiceSpec> made;
    add_service_rows(made);
    add_pool_rows<ServiceSpec>(made, [](const ServiceSpec& service) { return service.pool.empty(); });
    return made;
  }();
  return rows;
}

std::uint32_t flags_of(const ServiceSpec& spec) {
  const auto bit = [](ServiceFlag flag) { return static_cast<std::uint32_t>(flag); };
  std::uint32_t flags = 0;
  if (spec.persistence) flags |= bit(ServiceFlag::kPersistent);
  if (spec.one_packet) flags |= bit(ServiceFlag::kOnePacket);
  for (const auto& word : spec.scheduler_flags)
    if (const auto flag = scheduler_flag(word)) flags |= bit(*flag);
  return flags;
}

void build_service(const File& file, const std::string& name, const Section<ServiceSpec>& section,
                   Config& config) {
  const auto& spec = section.spec;
  VirtualService service;
  service.name = name;
  for (auto& key : keys_of(file, section, nullptr)) {
    service.keys.push_back(key.key);
    if (!key.marked.empty()) service.marked[key.key] = {std::move(key.marked), key.port};
  }
  service.pool = spec.pool;
  if (spec.pool.empty() || !spec.reals.empty()) {
    service.pool = section.path;
    build_pool(service.pool, section.path, spec, config);
  }
  service.service.scheduler = spec.scheduler;
  service.service.flags = flags_of(spec);
  if (spec.persistence)
    service.service.persistence_timeout = static_cast<std::uint32_t>(spec.persistence->count() / 1000);
  service.service.persistence_engine = spec.persistence_engine;
  if (spec.persistence_netmask) {
    const auto length = static_cast<std::uint32_t>(spec.persistence_netmask->length);
    service.netmask4 = std::min(length, 32U);
    service.netmask6 = length;
  }
  const bool only6 = !service.keys.empty() && service.keys.front().family() == Family::kIpv6;
  service.service.netmask = only6 ? service.netmask6 : service.netmask4;
  config.services.emplace(name, std::move(service));
}

void build_services(const File& file, Config& config) {
  for (const auto& [name, service] : file.services) build_service(file, name, service, config);
}

}  // namespace

const Rows<ServiceSpec>& service_own_rows() {
  static const auto rows = [] {
    Rows<ServiceSpec> made;
    add_service_rows(made);
    return made;
  }();
  return rows;
}

Service service_for(const VirtualService& service, const ServiceKey& key) {
  auto result = service.service;
  result.netmask = key.family() == Family::kIpv4 ? service.netmask4 : service.netmask6;
  return result;
}

SectionType Services::type() {
  auto type = named_section("service", "[service.NAME]", Part::kNetd, service_rows(), &File::services,
                            kServiceExample);
  take_defaults(type.info, service_own_rows());
  // A service with its own [[service.NAME.real]] is a pool as well.
  type.info.also_filled = {"pool", "real"};
  type.rules.emplace_back(check_services);
  type.notes = {note_services};
  type.build = build_services;
  return type;
}

}  // namespace hawser::config
